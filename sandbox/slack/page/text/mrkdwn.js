/** Slack's mrkdwn as DOM nodes. Text of others is only ever put into text nodes; only web and mail links become links. */
import { h, fragment } from "../core/dom.js";
import { formatDate } from "./dates.js";
import { emoji } from "./emoji.js";
import { link } from "./links.js";
import { channelMention, userMention, wordMention } from "./mentions.js";

/** @typedef {import("./mentions.js").Names} Names */

/** A code fence, which may run over lines. */
const fence = /```\n?([\s\S]*?)\n?```/g;

/** One thing inside a line: code, `<…>`, an emoji, or a styled span (which begins and ends at a word's edge). */
const inline = new RegExp(
  [
    "`(?<code>[^`\\n]+)`",
    "<(?<angle>[^<>\\n]+)>",
    ":(?<emoji>[a-z0-9_+'-]+(?:::skin-tone-\\d)?):",
    "(?<![\\p{L}\\p{N}_])(?<mark>[*_~])(?=\\S)(?<styled>(?:(?!\\k<mark>)[^\\n])+?)(?<=\\S)\\k<mark>(?![\\p{L}\\p{N}_])",
  ].join("|"),
  "gu",
);

/** @type {Readonly<Record<string, "b" | "i" | "s">>} */
const styleTags = { "*": "b", _: "i", "~": "s" };

/**
 * @param {string} text
 * @param {Names} names
 * @returns {DocumentFragment}
 */
export function mrkdwn(text, names) {
  /** @type {Node[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(fence)) {
    nodes.push(...paragraphs(text.slice(from, match.index).replace(/\n$/, ""), names));
    nodes.push(h("pre", { class: "code-block" }, ...angles(match[1] ?? "", names)));
    from = match.index + match[0].length;
    if (text[from] === "\n") from += 1;
  }
  nodes.push(...paragraphs(text.slice(from), names));
  return fragment(nodes);
}

/**
 * Quotes stand for themselves, the other lines stay together.
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
function paragraphs(text, names) {
  if (text === "") return [];
  /** @type {{ quote: boolean, lines: string[] }[]} */
  const groups = [];
  for (const line of text.split("\n")) {
    const quoted = /^(?:&gt;|>)\s?(.*)$/.exec(line);
    const last = groups.at(-1);
    if (last && last.quote === Boolean(quoted)) last.lines.push(quoted?.[1] ?? line);
    else groups.push({ quote: Boolean(quoted), lines: [quoted?.[1] ?? line] });
  }
  return groups.flatMap(({ quote, lines }) => {
    const nodes = lines.flatMap((line, index) => [...(index === 0 ? [] : [h("br")]), ...spans(line, names)]);
    return quote ? [h("blockquote", {}, ...nodes)] : nodes;
  });
}

/**
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
function spans(text, names) {
  return pieces(text, inline, (match) => {
    const { code, angle: inside, emoji: name, mark = "", styled } = match.groups ?? {};
    if (code !== undefined) return h("code", {}, ...angles(code, names));
    if (inside !== undefined) return angle(inside, names);
    if (name !== undefined) return document.createTextNode(emoji(name));
    return h(styleTags[mark] ?? "span", {}, ...spans(styled ?? "", names));
  });
}

/**
 * Code: no styles, but links and mentions are resolved there too.
 * @param {string} text
 * @param {Names} names
 * @returns {Node[]}
 */
function angles(text, names) {
  return pieces(text, /<([^<>\n]+)>/g, (match) => angle(match[1] ?? "", names));
}

/**
 * @param {string} text
 * @param {RegExp} pattern
 * @param {(match: RegExpMatchArray) => Node} make
 * @returns {Node[]}
 */
function pieces(text, pattern, make) {
  /** @type {Node[]} */
  const nodes = [];
  let from = 0;
  for (const match of text.matchAll(pattern)) {
    if (match.index > from) nodes.push(document.createTextNode(unescapeEntities(text.slice(from, match.index))));
    nodes.push(make(match));
    from = match.index + match[0].length;
  }
  if (from < text.length) nodes.push(document.createTextNode(unescapeEntities(text.slice(from))));
  return nodes;
}

/**
 * The inside of `<…>`: a mention, a date or a link.
 * @param {string} inside
 * @param {Names} names
 * @returns {Node}
 */
function angle(inside, names) {
  const bar = inside.indexOf("|");
  const target = bar < 0 ? inside : inside.slice(0, bar);
  const label = bar < 0 ? "" : unescapeEntities(inside.slice(bar + 1));
  if (target.startsWith("@")) return userMention(target.slice(1), names);
  if (target.startsWith("#")) return channelMention(target.slice(1), names);
  if (target.startsWith("!date^")) return date(target, label);
  if (target.startsWith("!subteam^")) return wordMention(label || "group");
  if (target.startsWith("!")) return wordMention(target.slice(1));
  const address = unescapeEntities(target);
  return link(address, label || address);
}

/**
 * @param {string} target `!date^1700000000^{date} at {time}^https://…`
 * @param {string} fallback
 */
function date(target, fallback) {
  const [, seconds = "", format = "", address] = target.split("^");
  const text = formatDate(Number(seconds), unescapeEntities(format), fallback);
  return address ? link(unescapeEntities(address), text) : h("time", { title: fallback }, text);
}

/** @param {string} text */
export function unescapeEntities(text) {
  return text.replaceAll("&lt;", "<").replaceAll("&gt;", ">").replaceAll("&amp;", "&");
}

/**
 * @param {string} text plain text with emoji names
 * @returns {string}
 */
export function withEmoji(text) {
  return text.replaceAll(/:([a-z0-9_+'-]+):/g, (_, name) => emoji(name));
}
