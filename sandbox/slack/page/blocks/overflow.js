import { h, icon, icons } from "../core/dom.js";
import { safeAddress } from "../text/links.js";
import { whileBusy } from "./button.js";
import { confirmed } from "./confirm.js";
import { move, place } from "./popup.js";
import { changed, focusKey } from "./surface.js";
import { plain } from "./text-object.js";

/** @typedef {import("./surface.js").Slot} Slot */

/**
 * The “…” menu.
 * @param {Slot} slot
 */
export function overflow(slot) {
  const menu = h("div", { class: "popup menu", role: "menu", popover: "auto" });
  const opener = h(
    "button",
    {
      type: "button",
      class: "button button-icon",
      "aria-label": "More actions",
      "aria-haspopup": "menu",
      "data-focus": focusKey(slot),
    },
    icon(icons.more),
  );
  /** @type {HTMLElement[]} */
  const items = slot.element["options"].map((/** @type {any} */ option) =>
    h(
      "button",
      { type: "button", class: "menu-item", role: "menuitem", tabindex: "-1", onclick: () => void choose(option) },
      plain(option.text),
      option.description && h("small", {}, plain(option.description)),
    ),
  );
  menu.append(...items);
  items[0]?.setAttribute("autofocus", "");
  opener.popoverTargetElement = menu;
  const choose = async (/** @type {any} */ option) => {
    menu.hidePopover();
    opener.focus();
    if (!(await confirmed(slot.element["confirm"], slot.surface.names))) return;
    const address = safeAddress(option.url ?? "");
    if (option.url && address) window.open(address, "_blank", "noopener,noreferrer");
    slot.surface.form.start(slot.blockId, slot.actionId, { type: slot.element.type, selected_option: null });
    await whileBusy(opener, () => changed(slot, { selected_option: option }, option.value));
  };
  menu.addEventListener("toggle", (event) => {
    if (event.newState === "open") place(menu, opener);
  });
  menu.addEventListener("keydown", (event) => {
    const next = move(
      event.key,
      items.findIndex((item) => item === document.activeElement),
      items.length,
    );
    if (next === undefined) return;
    event.preventDefault();
    items[next]?.focus();
  });
  return h("span", { class: "popup-anchor" }, opener, menu);
}
