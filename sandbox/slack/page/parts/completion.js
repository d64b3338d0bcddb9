import { h } from "../core/dom.js";
import { avatar } from "./avatar.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * @typedef {object} Proposal
 * @property {string} label
 * @property {string} detail
 * @property {Node | string} sign
 * @property {string} text what the field holds after it was taken
 * @property {boolean} eager Enter takes it at once (else only after an arrow key)
 */

/** More than these would hide the messages. */
const mostProposals = 8;

/**
 * What can be completed at the end of a text: slash commands, known lines, people, channels.
 * @param {Desk} desk
 * @param {string} text up to the caret
 * @param {boolean} inThread slash commands do not exist there
 * @returns {readonly Proposal[]}
 */
export function proposals(desk, text, inThread) {
  const all = text.startsWith("/") ? (inThread ? [] : slash(desk, text)) : mentions(desk, text);
  return all.slice(0, mostProposals);
}

/**
 * @param {Desk} desk
 * @param {string} text
 * @returns {Proposal[]}
 */
function slash(desk, text) {
  const { commands = [], suggestions = [] } = desk.store.state ?? {};
  const typed = text.toLowerCase();
  const named = text.includes(" ")
    ? []
    : commands
        .filter(({ command }) => command.toLowerCase().startsWith(typed))
        .map(({ command, description, usage_hint: hint }) => ({
          label: `${command} ${hint}`.trim(),
          detail: description,
          sign: "/",
          text: `${command} `,
          eager: true,
        }));
  const lines = suggestions
    .filter((line) => line.toLowerCase().startsWith(typed) && line.toLowerCase() !== typed.trimEnd())
    .map((line) => ({ label: line, detail: "", sign: "↵", text: line, eager: false }));
  return [...named, ...lines];
}

/**
 * @param {Desk} desk
 * @param {string} text
 * @returns {Proposal[]}
 */
function mentions(desk, text) {
  const match = /(?:^|\s)([@#])([\p{L}\p{N}._-]*)$/u.exec(text);
  const { state } = desk.store;
  if (!match || !state) return [];
  const [, kind, typed = ""] = match;
  const start = text.slice(0, text.length - typed.length);
  const fits = (/** @type {string} */ name) => name.toLowerCase().startsWith(typed.toLowerCase());
  if (kind === "#") {
    return state.channels
      .filter((channel) => channel.kind !== "im" && fits(channel.name))
      .map(({ name, topic }) => ({
        label: `#${name}`,
        detail: topic,
        sign: "#",
        text: `${start}${name} `,
        eager: true,
      }));
  }
  const bot = { id: state.bot.user_id, name: state.bot.name, title: "App" };
  const people = state.people.filter((person) => person.id !== bot.id && !person.deleted);
  return [bot, ...people]
    .filter((person) => fits(person.name))
    .map(({ id, name, title }) => ({
      label: `@${name}`,
      detail: title,
      sign: avatar(desk.store, id),
      text: `${start}${name} `,
      eager: true,
    }));
}

/** Makes ids unique. */
let lists = 0;

/**
 * The list above the composer.
 * @param {HTMLTextAreaElement} field
 * @param {(proposal: Proposal) => void} take
 */
export function completionList(field, take) {
  const id = `completion-${++lists}`;
  const node = h("div", { id, class: "completion", role: "listbox", "aria-label": "Suggestions", hidden: true });
  /** @type {readonly Proposal[]} */
  let shown = [];
  let active = -1;
  field.setAttribute("aria-controls", id);
  field.setAttribute("aria-autocomplete", "list");

  const activate = (/** @type {number} */ index) => {
    active = index;
    for (const [at, row] of [...node.children].entries()) row.setAttribute("aria-selected", String(at === index));
    field.setAttribute("aria-activedescendant", index < 0 ? "" : `${id}-${index}`);
  };

  return {
    node,
    get isOpen() {
      return shown.length > 0;
    },
    /** @returns {Proposal | undefined} what Enter would take */
    get active() {
      return shown[active];
    },
    /** @returns {Proposal | undefined} what Tab would take */
    get first() {
      return shown[active] ?? shown[0];
    },
    /** @param {1 | -1} step */
    move(step) {
      const last = shown.length - 1;
      activate(active < 0 && step < 0 ? last : (active + step + shown.length) % shown.length);
    },
    /** @param {readonly Proposal[]} proposals */
    show(proposals) {
      shown = proposals;
      node.hidden = proposals.length === 0;
      node.replaceChildren(
        ...proposals.map((proposal, index) =>
          h(
            "div",
            {
              id: `${id}-${index}`,
              class: "completion-row",
              role: "option",
              // the field keeps the focus
              onmousedown: (/** @type {Event} */ event) => event.preventDefault(),
              onclick: () => take(proposal),
            },
            h("span", { class: "completion-sign" }, proposal.sign),
            h("b", {}, proposal.label),
            h("small", {}, proposal.detail),
          ),
        ),
      );
      activate(proposals[0]?.eager ? 0 : -1);
    },
  };
}
