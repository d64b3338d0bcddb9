import { send } from "../core/api.js";
import { h, icon, icons } from "../core/dom.js";
import { completionList, proposals } from "./completion.js";
import { history } from "./history.js";

/** @typedef {import("./desk.js").Desk} Desk */

/** Slack's own limit for a message that a person types. Characters. */
const mostCharacters = 12_000;
/** A command that is acknowledged faster than this needs no “sending”. Milliseconds. */
const patienceMs = 250;

/**
 * The field in which a person types, with its list of proposals, suggestions and the line that tells what became of
 * the last sending.
 * @param {Desk} desk
 * @param {() => { channel: string, thread_ts?: string }} target where it is sent to
 */
export function composer(desk, target) {
  const past = history(() => desk.store.as);
  const inThread = () => target().thread_ts !== undefined;
  const field = h("textarea", {
    class: "composer-field",
    rows: 1,
    maxlength: mostCharacters,
    autocomplete: "off",
    spellcheck: "false",
  });
  const outcome = h("p", { class: "composer-outcome", role: "status" });
  const chips = h("div", { class: "chips", role: "group", "aria-label": "Things to try" });
  const warning = h("p", { class: "composer-warning", role: "status", hidden: true });
  const completion = completionList(field, (proposal) => put(proposal.text));
  const submit = h(
    "button",
    { type: "button", class: "composer-send", "aria-label": "Send", onclick: () => void say() },
    icon(icons.send),
  );
  const node = h(
    "div",
    { class: "composer" },
    warning,
    chips,
    h("div", { class: "composer-box" }, completion.node, field, submit),
    h("div", { class: "composer-foot" }, outcome, h("p", { class: "composer-hint" }, hint())),
  );

  const put = (/** @type {string} */ text) => {
    field.value = text;
    field.focus();
    field.setSelectionRange(text.length, text.length);
    typed();
  };
  const typed = () => {
    field.style.height = "auto";
    field.style.height = `${field.scrollHeight}px`;
    submit.disabled = field.value.trim() === "";
    const caret = field.selectionStart;
    const atEnd = caret === field.value.length;
    completion.show(atEnd && !past.isBrowsing ? proposals(desk, field.value, inThread()) : []);
  };
  const tell = (/** @type {string} */ words, /** @type {"" | "wrong"} */ kind) => {
    outcome.textContent = words;
    outcome.className = kind === "wrong" ? "composer-outcome composer-wrong" : "composer-outcome";
  };
  const say = async () => {
    const text = field.value.trim();
    if (text === "") return;
    const where = target();
    past.add(text);
    put("");
    tell("", "");
    const waiting = setTimeout(() => tell(`Sending ${shorten(text)}…`, ""), patienceMs);
    const delivered = await send("say", { as: desk.store.as, ...where, text });
    clearTimeout(waiting);
    if (!delivered.ok) tell(delivered.shown ?? "", "wrong");
    else if (!text.startsWith("/")) tell("", "");
    else tell(acknowledged(text, delivered.ack_ms), "");
    if (delivered.error === "unreachable" && field.value === "") put(text);
  };

  field.addEventListener("input", () => {
    past.reset();
    typed();
  });
  field.addEventListener("blur", () => completion.show([]));
  field.addEventListener("keydown", (event) => {
    // Enter during an IME composition chooses a character
    if (event.isComposing) return;
    if (handleKey(event)) event.preventDefault();
  });

  /**
   * @param {KeyboardEvent} event
   * @returns {boolean} true when the key was for us
   */
  const handleKey = (event) => {
    const arrow = event.key === "ArrowUp" ? 1 : event.key === "ArrowDown" ? -1 : undefined;
    if (completion.isOpen) {
      if (event.key === "Escape") {
        completion.show([]);
        return true;
      }
      if (arrow) {
        completion.move(arrow === 1 ? -1 : 1);
        return true;
      }
      const taken = event.key === "Tab" && !event.shiftKey ? completion.first : undefined;
      const entered = event.key === "Enter" && !event.shiftKey ? completion.active : undefined;
      const proposal = taken ?? entered;
      // a command that stands there already is sent, not completed again
      if (proposal && proposal.text.trim() !== field.value.trim()) {
        put(proposal.text);
        return true;
      }
    }
    if (event.key === "Enter" && !event.shiftKey) {
      void say();
      return true;
    }
    if (arrow && (past.isBrowsing || (arrow === 1 && field.value === ""))) {
      const line = past.go(arrow, field.value);
      if (line !== undefined) put(line);
      return line !== undefined;
    }
    return false;
  };

  let shown = "";
  let drawnChips = "";
  return {
    node,
    /** @param {FocusOptions} [options] */
    focus: (options) => field.focus(options),
    /** @param {{ place: string, placeholder: string }} options another place starts with an empty field */
    update({ place, placeholder }) {
      field.placeholder = placeholder;
      field.setAttribute("aria-label", placeholder);
      const lines = inThread() ? [] : (desk.store.state?.suggestions ?? []);
      if (drawnChips !== JSON.stringify(lines)) {
        drawnChips = JSON.stringify(lines);
        chips.replaceChildren(...suggestionChips(lines, put));
        chips.hidden = lines.length === 0;
      }
      const { bot } = desk.store.state ?? {};
      warning.hidden = bot?.connected !== false;
      warning.textContent = `${bot?.name} is not connected: it hears nothing of what you send now.`;
      const here = `${desk.store.as} ${place}`;
      if (here === shown) return;
      shown = here;
      tell("", "");
      field.value = "";
      field.style.height = "auto";
      submit.disabled = true;
      completion.show([]);
    },
  };
}

/**
 * @param {readonly string[]} lines
 * @param {(text: string) => void} put
 */
function suggestionChips(lines, put) {
  const chips = lines.map((line) => h("button", { type: "button", class: "chip", onclick: () => put(line) }, line));
  return [h("span", { class: "chips-title", "aria-hidden": "true" }, "Try"), ...chips];
}

/** @param {string} name */
function key(name) {
  return h("kbd", {}, name);
}

function hint() {
  const parts = [
    key("Enter"),
    " sends  ",
    key("Shift Enter"),
    " new line  ",
    key("↑"),
    " earlier  ",
    key("/"),
    " commands",
  ];
  return h("span", {}, ...parts);
}

/**
 * @param {string} text
 * @param {number | undefined} ms
 */
function acknowledged(text, ms) {
  return `✓ ${shorten(text)} acknowledged${ms === undefined ? "" : ` in ${Math.round(ms)} ms`}`;
}

/** @param {string} text */
function shorten(text) {
  const line = text.split("\n")[0] ?? "";
  return line.length > 48 ? `${line.slice(0, 47)}…` : line;
}
