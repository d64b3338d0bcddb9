/** The `markdown` block: the common part of Markdown as DOM nodes, without raw HTML. */
import { h, fragment } from "../core/dom.js";
import { emoji } from "./emoji.js";
import { link } from "./links.js";

const inline = new RegExp(
  [
    "`(?<code>[^`]+)`",
    "!?\\[(?<label>[^\\]\\n]*)\\]\\((?<address>[^()\\s]+)\\)",
    "\\*\\*(?<bold>.+?)\\*\\*",
    "~~(?<strike>.+?)~~",
    "(?<![\\p{L}\\p{N}*])\\*(?<star>[^*\\s][^*]*)\\*",
    "(?<![\\p{L}\\p{N}_])_(?<under>[^_\\s][^_]*)_(?![\\p{L}\\p{N}_])",
    ":(?<emoji>[a-z0-9_+-]+):",
    "<(?<auto>https?://[^<>\\s]+)>",
    "\\\\(?<escaped>[\\\\`*_{}\\[\\]()#+.!|>~-])",
  ].join("|"),
  "gu",
);

/**
 * @param {string} text
 * @returns {DocumentFragment}
 */
export function markdown(text) {
  const lines = text.split("\n");
  /** @type {Node[]} */
  const nodes = [];
  while (lines.length > 0) nodes.push(...takeBlock(lines));
  return fragment(nodes);
}

/**
 * Takes one block off the front.
 * @param {string[]} lines
 * @returns {Node[]}
 */
function takeBlock(lines) {
  const line = lines[0] ?? "";
  if (line.trim() === "" || /^\s*(?:---+|\*\*\*+)\s*$/.test(line)) {
    lines.shift();
    return line.trim() === "" ? [] : [h("hr")];
  }
  if (/^\s*```/.test(line)) return [takeFence(lines)];
  const heading = /^(#{1,6})\s+(.*)$/.exec(line);
  if (heading) {
    lines.shift();
    return [
      h("p", { class: "md-heading", role: "heading", "aria-level": heading[1]?.length }, ...spans(heading[2] ?? "")),
    ];
  }
  if (/^\s*>/.test(line)) {
    const quoted = takeWhile(lines, (next) => /^\s*>/.test(next)).map((next) => next.replace(/^\s*>\s?/, ""));
    return [h("blockquote", {}, markdown(quoted.join("\n")))];
  }
  if (/^\s*(?:[-*+]|\d+[.)])\s+/.test(line)) return [takeList(lines)];
  if (line.includes("|") && /^\s*\|?\s*:?-+/.test(lines[1] ?? "")) return [takeTable(lines)];
  lines.shift();
  return [h("p", {}, ...joinLines([line, ...takeWhile(lines, isPlain)]))];
}

/** @param {string} line continues a paragraph */
function isPlain(line) {
  return line.trim() !== "" && !/^\s*(?:```|>|#{1,6}\s|[-*+]\s|\d+[.)]\s)/.test(line);
}

/**
 * @param {string[]} lines
 * @param {(line: string) => boolean} wanted
 */
function takeWhile(lines, wanted) {
  const end = lines.findIndex((line) => !wanted(line));
  return lines.splice(0, end < 0 ? lines.length : end);
}

/** @param {string[]} lines */
function takeFence(lines) {
  lines.shift();
  const code = takeWhile(lines, (line) => !/^\s*```\s*$/.test(line));
  lines.shift();
  return h("pre", { class: "code-block" }, code.join("\n"));
}

/** @param {string[]} lines */
function takeList(lines) {
  const ordered = /^\s*\d/.test(lines[0] ?? "");
  const items = takeWhile(lines, (line) => /^\s*(?:[-*+]|\d+[.)])\s+/.test(line) || /^\s{2,}\S/.test(line));
  const list = h(ordered ? "ol" : "ul");
  for (const item of items) {
    const [, indent = "", text = ""] = /^(\s*)(?:[-*+]|\d+[.)])?\s*(.*)$/.exec(item) ?? [];
    const entry = h("li", {}, ...spans(text));
    entry.style.marginInlineStart = `${Math.floor(indent.length / 2)}em`;
    list.append(entry);
  }
  return list;
}

/** @param {string[]} lines */
function takeTable(lines) {
  const rows = takeWhile(lines, (line) => line.includes("|")).map((line) =>
    line
      .trim()
      .replace(/^\||\|$/g, "")
      .split("|")
      .map((cell) => spans(cell.trim())),
  );
  const [head = [], , ...body] = rows;
  return h(
    "div",
    { class: "table-frame" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, ...head.map((cell) => h("th", { scope: "col" }, ...cell)))),
      h("tbody", {}, ...body.map((row) => h("tr", {}, ...row.map((cell) => h("td", {}, ...cell))))),
    ),
  );
}

/**
 * @param {string[]} lines
 * @returns {Node[]}
 */
function joinLines(lines) {
  return lines.flatMap((line, index) => [...(index === 0 ? [] : [h("br")]), ...spans(line)]);
}

/**
 * @param {string} text
 * @returns {Node[]}
 */
function spans(text) {
  /** @type {Node[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(inline)) {
    nodes.push(document.createTextNode(text.slice(from, match.index)), span(match.groups ?? {}));
    from = match.index + match[0].length;
  }
  nodes.push(document.createTextNode(text.slice(from)));
  return nodes;
}

/**
 * @param {Readonly<Record<string, string | undefined>>} groups
 * @returns {Node}
 */
function span(groups) {
  const { code, label, address, bold, strike, star, under, emoji: name, auto, escaped } = groups;
  if (code !== undefined) return h("code", {}, code);
  if (address !== undefined) return link(address, label || address);
  if (bold !== undefined) return h("b", {}, ...spans(bold));
  if (strike !== undefined) return h("s", {}, ...spans(strike));
  if (auto !== undefined) return link(auto, auto);
  if (name !== undefined) return document.createTextNode(emoji(name));
  if (escaped !== undefined) return document.createTextNode(escaped);
  return h("i", {}, ...spans(star ?? under ?? ""));
}
