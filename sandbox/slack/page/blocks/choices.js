import { h } from "../core/dom.js";
import { confirmed } from "./confirm.js";
import { changed, focusKey, started } from "./surface.js";
import { textObject } from "./text-object.js";

/** @typedef {import("./surface.js").Slot} Slot */

/** Makes the names of radio groups unique. */
let groups = 0;

/** @param {Slot} slot */
export function checkboxes(slot) {
  /** @type {readonly any[]} */
  const before = started(slot, { selected_options: slot.element["initial_options"] ?? [] })["selected_options"];
  let values = new Set(before.map((option) => option.value));
  return group(
    slot,
    "checkbox",
    (option) => values.has(option.value),
    (option, on) => {
      if (on) values.add(option.value);
      else values.delete(option.value);
      const selected = slot.element["options"].filter((/** @type {any} */ other) => values.has(other.value));
      return { state: { selected_options: selected }, value: undefined };
    },
  );
}

/** @param {Slot} slot */
export function radioButtons(slot) {
  const before = started(slot, { selected_option: slot.element["initial_option"] ?? null })["selected_option"];
  return group(
    slot,
    "radio",
    (option) => option.value === before?.value,
    (option) => ({
      state: { selected_option: option },
      value: option.value,
    }),
  );
}

/**
 * @param {Slot} slot
 * @param {"checkbox" | "radio"} type
 * @param {(option: any) => boolean} isOn
 * @param {(option: any, on: boolean) => { state: Record<string, unknown>, value: string | undefined }} next
 */
function group(slot, type, isOn, next) {
  const name = `group-${++groups}`;
  const options = slot.element["options"].map((/** @type {any} */ option, /** @type {number} */ index) => {
    const input = h("input", {
      type,
      name,
      checked: isOn(option),
      "data-focus": `${focusKey(slot)}/${index}`,
      onchange: () => void choose(),
    });
    const choose = async () => {
      const on = input.checked;
      if (!(await confirmed(slot.element["confirm"], slot.surface.names))) {
        input.checked = !on;
        return;
      }
      const { state, value } = next(option, on);
      await changed(slot, state, value);
    };
    return h(
      "label",
      { class: "choice" },
      input,
      h(
        "span",
        {},
        textObject(option.text, slot.surface.names),
        option.description && h("small", {}, textObject(option.description, slot.surface.names)),
      ),
    );
  });
  return h(
    "div",
    {
      class: "choices",
      role: type === "radio" ? "radiogroup" : "group",
      "aria-label": slot.label || undefined,
      "aria-describedby": slot.describedBy,
    },
    ...options,
  );
}
