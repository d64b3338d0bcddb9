import { h } from "../core/dom.js";
import { element } from "./elements.js";
import { plain } from "./text-object.js";

/** @typedef {import("./surface.js").Block} Block */
/** @typedef {import("./surface.js").Surface} Surface */

/** Makes the ids of hints unique. */
let hints = 0;

/**
 * @param {Block} block
 * @param {Surface} surface
 * @param {string} blockId
 */
export function inputBlock(block, surface, blockId) {
  const label = plain(block["label"]);
  const error = surface.errors[blockId];
  const describedBy = error || block["hint"] ? `hint-${++hints}` : undefined;
  return h(
    "div",
    { class: error ? "bk-input bk-input-wrong" : "bk-input", "data-block": blockId },
    h(
      "div",
      { class: "bk-label" },
      h("span", {}, label),
      block["optional"] && h("span", { class: "bk-optional" }, "(optional)"),
    ),
    element({
      element: block["element"],
      blockId,
      surface,
      label,
      dispatches: block["dispatch_action"] === true,
      describedBy,
    }),
    error && h("p", { class: "bk-error", role: "alert", id: describedBy }, error),
    !error && block["hint"] && h("p", { class: "bk-hint", id: describedBy }, plain(block["hint"])),
  );
}

/** Slack's sentence for a required input that is empty. */
const missing = "This can’t be left blank.";

/**
 * What Slack checks before the app hears of a submission: required inputs, and lengths.
 * @param {readonly unknown[]} blocks
 * @param {Surface["form"]} form
 * @returns {Record<string, string>} errors by block_id
 */
export function missingInputs(blocks, form) {
  /** @type {Record<string, string>} */
  const errors = {};
  for (const [index, value] of blocks.entries()) {
    const block = /** @type {Block} */ (value);
    if (block.type !== "input") continue;
    const blockId = block.block_id ?? `block-${index}`;
    const { type, action_id: actionId = type, min_length: least = 0 } = block["element"];
    const { type: _, ...state } = form.get(blockId, actionId) ?? {};
    const entered = Object.values(state).find((part) => part !== null && !(Array.isArray(part) && part.length === 0));
    if (entered === undefined && !block["optional"]) errors[blockId] = missing;
    else if (typeof entered === "string" && entered.length < least) {
      errors[blockId] = `This needs at least ${least} characters.`;
    }
  }
  return errors;
}
