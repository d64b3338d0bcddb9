import { h } from "../core/dom.js";
import { changed, focusKey, started } from "./surface.js";
import { plain } from "./text-object.js";

/** @typedef {import("./surface.js").Slot} Slot */

/** @type {Readonly<Record<string, string>>} the browser's own input for Slack's element */
const inputTypes = {
  plain_text_input: "text",
  number_input: "text",
  email_text_input: "email",
  url_text_input: "url",
  datepicker: "date",
  timepicker: "time",
  datetimepicker: "datetime-local",
};

/**
 * `plain_text_input`, `number_input` and their kin. A number stays text: Slack hands it to the app as text too.
 * @param {Slot} slot
 */
export function textInput(slot) {
  const { element } = slot;
  const { type } = element;
  const state = started(slot, { value: element["initial_value"] ?? null });
  const node = h(element["multiline"] ? "textarea" : "input", {
    ...common(slot),
    type: element["multiline"] ? undefined : inputTypes[type],
    rows: element["multiline"] ? 4 : undefined,
    inputmode: type === "number_input" ? (element["is_decimal_allowed"] ? "decimal" : "numeric") : undefined,
    maxlength: element["max_length"],
    placeholder: plain(element["placeholder"]) || undefined,
    autofocus: element["focus_on_load"] === true,
    autocomplete: "off",
    spellcheck: "false",
    value: state["value"] ?? "",
  });
  /** @type {readonly string[]} */
  const triggers = element["dispatch_action_config"]?.trigger_actions_on ?? ["on_enter_pressed"];
  const quiet = { ...slot, dispatches: false };
  const tell = (/** @type {Slot} */ how) => changed(how, { value: node.value === "" ? null : node.value }, node.value);
  node.addEventListener("input", () => void tell(triggers.includes("on_character_entered") ? slot : quiet));
  node.addEventListener("keydown", (event) => {
    const isEnter = /** @type {KeyboardEvent} */ (event).key === "Enter";
    if (!slot.dispatches || !isEnter || element["multiline"] || !triggers.includes("on_enter_pressed")) return;
    event.preventDefault();
    void tell(slot);
  });
  return node;
}

/**
 * `datepicker`, `timepicker`, `datetimepicker`.
 * @param {Slot} slot
 */
export function dateInput(slot) {
  const { element } = slot;
  const field = dateFields[element.type] ?? "selected_date";
  const state = started(slot, { [field]: element[field.replace("selected", "initial")] ?? null });
  const node = h("input", {
    ...common(slot),
    class: "field field-date",
    type: inputTypes[element.type],
    "aria-label": slot.label || plain(element["placeholder"]) || undefined,
    value: field === "selected_date_time" ? localMinute(state[field]) : (state[field] ?? ""),
  });
  node.addEventListener("change", () => {
    const chosen = field === "selected_date_time" ? Math.floor(new Date(node.value).getTime() / 1000) : node.value;
    void changed(slot, { [field]: chosen || null }, node.value === "" ? undefined : String(chosen));
  });
  return node;
}

/** @type {Readonly<Record<string, string>>} */
const dateFields = {
  datepicker: "selected_date",
  timepicker: "selected_time",
  datetimepicker: "selected_date_time",
};

/** @param {Slot} slot */
function common(slot) {
  return {
    class: "field",
    "aria-label": slot.label || undefined,
    "aria-describedby": slot.describedBy,
    "aria-invalid": slot.surface.errors[slot.blockId] ? "true" : undefined,
    "data-focus": focusKey(slot),
  };
}

/** @param {number | null | undefined} seconds as `datetime-local` wants it */
function localMinute(seconds) {
  if (!seconds) return "";
  const date = new Date(seconds * 1000);
  return new Date(date.getTime() - date.getTimezoneOffset() * 60_000).toISOString().slice(0, 16);
}
