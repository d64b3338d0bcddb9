import { h } from "../core/dom.js";
import { button } from "./button.js";
import { checkboxes, radioButtons } from "./choices.js";
import { image } from "./image.js";
import { dateInput, textInput } from "./inputs.js";
import { overflow } from "./overflow.js";
import { select } from "./selects.js";

/** @typedef {import("./surface.js").Slot} Slot */

/** @type {ReadonlyMap<string, (slot: Slot) => HTMLElement>} */
const elements = new Map(
  Object.entries({
    button,
    workflow_button: button,
    overflow,
    checkboxes,
    radio_buttons: radioButtons,
    static_select: select,
    external_select: select,
    users_select: select,
    channels_select: select,
    conversations_select: select,
    multi_static_select: select,
    multi_external_select: select,
    multi_users_select: select,
    multi_channels_select: select,
    multi_conversations_select: select,
    datepicker: dateInput,
    timepicker: dateInput,
    datetimepicker: dateInput,
    plain_text_input: textInput,
    number_input: textInput,
    email_text_input: textInput,
    url_text_input: textInput,
    image: (/** @type {Slot} */ { element }) => image(element, "bk-thumbnail"),
  }),
);

/**
 * Draws an interactive element (or an accessory image).
 * @param {Omit<Slot, "actionId" | "describedBy"> & { describedBy?: string | undefined }} where
 * @returns {HTMLElement}
 */
export function element(where) {
  const { type, action_id: actionId = type } = where.element;
  const draw = elements.get(type);
  if (!draw) return h("span", { class: "bk-unknown" }, `The local Slack does not draw elements of the type “${type}”.`);
  return draw({ describedBy: undefined, ...where, actionId });
}
