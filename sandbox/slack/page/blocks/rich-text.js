import { h, fragment } from "../core/dom.js";
import { formatDate } from "../text/dates.js";
import { emoji } from "../text/emoji.js";
import { link } from "../text/links.js";
import { channelMention, userMention, wordMention } from "../text/mentions.js";

/** @typedef {import("./surface.js").Block} Block */
/** @typedef {import("./surface.js").Names} Names */
/** @typedef {{ readonly type: string, readonly [key: string]: any }} Part */

/**
 * A `rich_text` block (or one in a table's cell).
 * @param {Block} block
 * @param {Names} names
 */
export function richText(block, names) {
  return h("div", { class: "bk-rich" }, ...block["elements"].map((/** @type {Part} */ part) => piece(part, names)));
}

/**
 * @param {Part} part
 * @param {Names} names
 * @returns {Node}
 */
function piece(part, names) {
  const inside = () => part["elements"].map((/** @type {Part} */ child) => span(child, names));
  switch (part.type) {
    case "rich_text_section":
      return h("div", { class: "rich-section" }, ...inside());
    case "rich_text_preformatted":
      return h("pre", { class: "code-block" }, ...inside());
    case "rich_text_quote":
      return h("blockquote", {}, ...inside());
    case "rich_text_list":
      return list(part, names);
    default:
      return span(part, names);
  }
}

/**
 * @param {Part} part
 * @param {Names} names
 */
function list(part, names) {
  const items = part["elements"].map((/** @type {Part} */ item) => h("li", {}, piece(item, names)));
  const node =
    part["style"] === "ordered" ? h("ol", { start: Number(part["offset"] ?? 0) + 1 }, ...items) : h("ul", {}, ...items);
  node.classList.add("rich-list");
  node.style.marginInlineStart = `${Number(part["indent"] ?? 0) * 1.5}em`;
  return node;
}

/**
 * @param {Part} part
 * @param {Names} names
 * @returns {Node}
 */
function span(part, names) {
  return styled(bare(part, names), part["style"] ?? {});
}

/**
 * @param {Part} part
 * @param {Names} names
 * @returns {Node}
 */
function bare(part, names) {
  switch (part.type) {
    case "text":
      return document.createTextNode(part["text"] ?? "");
    case "link":
      return link(part["url"] ?? "", part["text"] ?? part["url"] ?? "");
    case "user":
      return userMention(part["user_id"] ?? "", names);
    case "channel":
      return channelMention(part["channel_id"] ?? "", names);
    case "usergroup":
      return wordMention(part["usergroup_id"] ?? "group");
    case "broadcast":
      return wordMention(part["range"] ?? "channel");
    case "emoji":
      return document.createTextNode(emoji(part["name"] ?? ""));
    case "date":
      return h("time", {}, formatDate(part["timestamp"], part["format"] ?? "{date}", part["fallback"] ?? ""));
    case "color":
      return h("code", {}, part["value"] ?? "");
    default:
      return fragment([part["text"]]);
  }
}

/** @type {readonly (readonly [string, "b" | "i" | "s" | "u" | "code"])[]} innermost first */
const styleTags = [
  ["code", "code"],
  ["strike", "s"],
  ["underline", "u"],
  ["italic", "i"],
  ["bold", "b"],
];

/**
 * @param {Node} node
 * @param {Readonly<Record<string, unknown>>} style
 */
function styled(node, style) {
  return styleTags.reduce((inner, [name, tag]) => (style[name] ? h(tag, {}, inner) : inner), node);
}
