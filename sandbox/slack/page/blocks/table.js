import { h } from "../core/dom.js";
import { withEmoji } from "../text/mrkdwn.js";
import { richText } from "./rich-text.js";

/** @typedef {import("./surface.js").Block} Block */
/** @typedef {import("./surface.js").Names} Names */

/**
 * A `table` block; its first row is the head.
 * @param {Block} block
 * @param {Names} names
 */
export function table(block, names) {
  const settings = block["column_settings"] ?? [];
  const row = (/** @type {any[]} */ cells, /** @type {"th" | "td"} */ tag) =>
    h(
      "tr",
      {},
      ...cells.map((cell, column) => {
        const node = h(tag, tag === "th" ? { scope: "col" } : {}, content(cell, names));
        node.style.textAlign = settings[column]?.align ?? "";
        if (settings[column]?.is_wrapped) node.classList.add("is-wrapped");
        return node;
      }),
    );
  const [head = [], ...body] = block["rows"] ?? [];
  return h(
    "div",
    { class: "table-frame", tabindex: "0", role: "region", "aria-label": "Table" },
    h(
      "table",
      {},
      h("thead", {}, row(head, "th")),
      h("tbody", {}, ...body.map((/** @type {any[]} */ cells) => row(cells, "td"))),
    ),
  );
}

/**
 * @param {any} cell
 * @param {Names} names
 * @returns {Node}
 */
function content(cell, names) {
  if (cell?.type === "rich_text") return richText(cell, names);
  return document.createTextNode(withEmoji(String(cell?.text ?? cell?.value ?? "")));
}
