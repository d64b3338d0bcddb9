import { h } from "../core/dom.js";
import { safeAddress } from "../text/links.js";
import { confirmed } from "./confirm.js";
import { focusKey } from "./surface.js";
import { plain } from "./text-object.js";

/** @typedef {import("./surface.js").Slot} Slot */

/**
 * @param {Slot} slot
 * @returns {HTMLElement}
 */
export function button(slot) {
  const { element, surface } = slot;
  const node = h(
    "button",
    {
      type: "button",
      class: `button ${styleClass(element["style"])}`,
      "aria-label": element["accessibility_label"],
      "data-focus": focusKey(slot),
    },
    h("span", { class: "button-label" }, plain(element["text"])),
  );
  node.addEventListener("click", () => {
    void (async () => {
      if (node.ariaBusy === "true" || !(await confirmed(element["confirm"], surface.names))) return;
      const address = safeAddress(element["url"] ?? "");
      if (element["url"] && address) window.open(address, "_blank", "noopener,noreferrer");
      await whileBusy(node, () => surface.act(slot.blockId, slot.actionId, undefined));
    })();
  });
  return node;
}

/** @param {unknown} style */
export function styleClass(style) {
  if (style === "primary") return "button-primary";
  return style === "danger" ? "button-danger" : "";
}

/**
 * Shows that something is on its way. The button keeps the focus, so it is not disabled; whoever handles its click
 * looks at `ariaBusy`.
 * @param {HTMLElement} node
 * @param {() => Promise<unknown>} work
 */
export async function whileBusy(node, work) {
  node.ariaBusy = "true";
  try {
    await work();
  } finally {
    node.ariaBusy = null;
  }
}
