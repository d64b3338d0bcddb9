import { h, fragment } from "../core/dom.js";
import { markdown } from "../text/markdown.js";
import { element } from "./elements.js";
import { image } from "./image.js";
import { inputBlock } from "./input-block.js";
import { richText } from "./rich-text.js";
import { table } from "./table.js";
import { plain, textObject } from "./text-object.js";

/** @typedef {import("./surface.js").Block} Block */
/** @typedef {import("./surface.js").Surface} Surface */

/** @type {ReadonlyMap<string, (block: Block, surface: Surface, blockId: string) => Node>} */
const renderers = new Map(
  Object.entries({
    section,
    header: (/** @type {Block} */ block) => h("h3", { class: "bk-header" }, plain(block["text"])),
    divider: () => h("hr", { class: "bk-divider" }),
    context,
    actions,
    image: imageBlock,
    input: inputBlock,
    rich_text: (/** @type {Block} */ block, /** @type {Surface} */ surface) => richText(block, surface.names),
    table: (/** @type {Block} */ block, /** @type {Surface} */ surface) => table(block, surface.names),
    markdown: (/** @type {Block} */ block) => h("div", { class: "bk-markdown" }, markdown(block["text"] ?? "")),
    file: (/** @type {Block} */ block) => h("p", { class: "bk-context" }, `File ${block["external_id"] ?? ""}`),
  }),
);

/**
 * @param {readonly unknown[]} blocks as the bot sent them
 * @param {Surface} surface
 * @returns {DocumentFragment}
 */
export function renderBlocks(blocks, surface) {
  surface.form.redraw();
  return fragment(
    blocks.map((value, index) => {
      const block = /** @type {Block} */ (value);
      const draw = renderers.get(block.type) ?? unknownBlock;
      return h("div", { class: `bk bk-${block.type}` }, draw(block, surface, block.block_id ?? `block-${index}`));
    }),
  );
}

/** @param {Block} block says so, instead of leaving a hole */
function unknownBlock(block) {
  return h("p", { class: "bk-unknown" }, `The local Slack does not draw blocks of the type “${block.type}”.`);
}

/**
 * @param {Block} block
 * @param {Surface} surface
 * @param {string} blockId
 */
function section(block, surface, blockId) {
  const { text, fields, accessory } = block;
  return h(
    "div",
    { class: accessory ? "bk-section-row bk-with-accessory" : "bk-section-row" },
    h(
      "div",
      { class: "bk-section-text" },
      text && h("div", { class: "bk-text" }, textObject(text, surface.names)),
      fields &&
        h(
          "div",
          { class: "bk-fields" },
          ...fields.map((/** @type {any} */ field) => h("div", { class: "bk-text" }, textObject(field, surface.names))),
        ),
    ),
    accessory &&
      h(
        "div",
        { class: "bk-accessory" },
        element({ element: accessory, blockId, surface, label: plain(text), dispatches: true }),
      ),
  );
}

/**
 * @param {Block} block
 * @param {Surface} surface
 */
function context(block, surface) {
  const parts = block["elements"].map((/** @type {any} */ part) =>
    part.type === "image"
      ? image(part, "bk-context-image")
      : h("span", { class: "bk-text" }, textObject(part, surface.names)),
  );
  return h("div", { class: "bk-context" }, ...parts);
}

/**
 * @param {Block} block
 * @param {Surface} surface
 * @param {string} blockId
 */
function actions(block, surface, blockId) {
  const parts = block["elements"].map((/** @type {any} */ part) =>
    element({ element: part, blockId, surface, label: "", dispatches: true }),
  );
  return h("div", { class: "bk-actions" }, ...parts);
}

/** @param {Block} block */
function imageBlock(block) {
  return h(
    "figure",
    { class: "bk-figure" },
    block["title"] && h("figcaption", {}, plain(block["title"])),
    image(block, "bk-picture"),
  );
}
