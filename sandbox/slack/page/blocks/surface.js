/**
 * What a block needs to know of the place it is drawn in (a message, a modal, the Home). Blocks come from the bot as
 * JSON whose shape the server has checked against Slack's limits, hence the loose type.
 *
 * @typedef {{ readonly type: string, readonly block_id?: string, readonly [key: string]: any }} Block
 * @typedef {{ readonly type: string, readonly action_id?: string, readonly [key: string]: any }} Element
 * @typedef {{ readonly key: string, readonly label: string, readonly description?: string, readonly option?: any }} Choice
 * @typedef {{ readonly label: string, readonly choices: readonly Choice[] }} ChoiceGroup
 * @typedef {import("../core/form.js").Form} Form
 * @typedef {import("../core/form.js").ElementState} ElementState
 * @typedef {import("../text/mentions.js").Names} Names
 *
 * @typedef {object} Surface
 * @property {Names} names
 * @property {Form} form
 * @property {Readonly<Record<string, string>>} errors by block_id
 * @property {(blockId: string, actionId: string, value: string | undefined) => Promise<void>} act resolves when the
 *   app has acknowledged; a failure is shown by the surface
 * @property {(blockId: string, actionId: string, value: string) => Promise<readonly ChoiceGroup[]>} suggest
 * @property {() => readonly Choice[]} people
 * @property {(includeDirect: boolean) => readonly Choice[]} channels
 */

/**
 * An element in its place.
 * @typedef {object} Slot
 * @property {Element} element
 * @property {string} blockId
 * @property {string} actionId
 * @property {Surface} surface
 * @property {string} label what the element is about, for its accessible name
 * @property {boolean} dispatches does a change tell the app at once?
 * @property {string | undefined} describedBy id of the element with the hint or error
 */

/**
 * Keeps the new state of an element and, where it dispatches, tells the app.
 * @param {Slot} slot
 * @param {ElementState} state
 * @param {string} [value]
 * @returns {Promise<void>}
 */
export async function changed(slot, state, value) {
  slot.surface.form.set(slot.blockId, slot.actionId, { type: slot.element.type, ...state });
  if (slot.dispatches) await slot.surface.act(slot.blockId, slot.actionId, value);
}

/**
 * The state to draw an element with: what the person chose before, else the app's initial one.
 * @param {Slot} slot
 * @param {ElementState} initial
 * @returns {Readonly<Record<string, any>>}
 */
export function started(slot, initial) {
  return slot.surface.form.start(slot.blockId, slot.actionId, { type: slot.element.type, ...initial });
}

/**
 * Names an element on the page, so that focus can come back to it after redrawing.
 * @param {Slot} slot
 */
export function focusKey(slot) {
  return `${slot.blockId}/${slot.actionId}`;
}
