import { h, icon, icons } from "../core/dom.js";
import { move, place } from "./popup.js";

/** @typedef {import("./surface.js").Choice} Choice */
/** @typedef {import("./surface.js").ChoiceGroup} ChoiceGroup */

/**
 * @typedef {object} PickerOptions
 * @property {string} label accessible name
 * @property {string} placeholder shown while nothing is chosen
 * @property {string} focusKey
 * @property {string | undefined} describedBy
 * @property {boolean} invalid
 * @property {readonly Choice[]} selected
 * @property {number} most how many may be chosen; 1 makes it a single select, which closes at once
 * @property {boolean} multiple
 * @property {(query: string) => Promise<readonly ChoiceGroup[]>} load
 * @property {(chosen: readonly Choice[]) => Promise<boolean>} choose false takes the choice back
 */

/** Makes ids unique. */
let pickers = 0;

/**
 * One control for all of Slack's selects: a button that opens a list with a search field.
 * @param {PickerOptions} options
 */
export function picker(options) {
  const id = `picker-${++pickers}`;
  let chosen = [...options.selected];
  let active = -1;
  let query = 0;

  const value = h("span", { class: "picker-value" });
  const opener = h(
    "button",
    {
      type: "button",
      class: "field picker-opener",
      "aria-haspopup": "listbox",
      "aria-describedby": options.describedBy,
      "data-focus": options.focusKey,
    },
    value,
    icon(icons.down),
  );
  const list = h("div", {
    id,
    class: "picker-list",
    role: "listbox",
    "aria-label": options.label || options.placeholder,
    "aria-multiselectable": options.multiple ? "true" : undefined,
  });
  const search = h("input", {
    type: "text",
    class: "field picker-search",
    role: "combobox",
    // takes the focus in the same moment as the list opens, so that no typed letter is lost
    autofocus: true,
    "aria-expanded": "true",
    "aria-controls": id,
    "aria-label": `Search ${options.label || options.placeholder}`,
    placeholder: "Search",
    autocomplete: "off",
    spellcheck: "false",
    oninput: () => void fill(),
  });
  const popup = h("div", { class: "popup picker-popup", popover: "auto" }, search, list);

  // by the browser's own means a click on the opener of an open list closes it, and does not open it again
  opener.popoverTargetElement = popup;

  const showValue = () => {
    const labels = chosen.map((choice) => choice.label);
    value.replaceChildren(
      ...(labels.length === 0
        ? [h("span", { class: "picker-placeholder" }, options.placeholder)]
        : labels.map((label) => h("span", { class: options.multiple ? "token" : "" }, label))),
    );
    const current = labels.length === 0 ? "" : `: ${labels.join(", ")}`;
    opener.setAttribute("aria-label", `${options.label || options.placeholder}${current}`);
    if (options.invalid) opener.setAttribute("aria-invalid", "true");
  };

  const rows = () => [.../** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll("[role=option]"))];

  const activate = (/** @type {number} */ index) => {
    active = index;
    for (const [at, row] of rows().entries()) row.classList.toggle("is-active", at === index);
    const row = rows()[index];
    row?.scrollIntoView({ block: "nearest" });
    search.setAttribute("aria-activedescendant", row?.id ?? "");
  };

  const fill = async () => {
    const turn = ++query;
    list.ariaBusy = "true";
    const groups = await options.load(search.value);
    if (turn !== query) return;
    list.ariaBusy = null;
    list.replaceChildren(...groups.flatMap(drawGroup));
    if (list.childElementCount === 0) list.append(h("p", { class: "picker-empty" }, "Nothing found"));
    activate(rows().length > 0 ? 0 : -1);
    place(popup, opener);
  };

  let drawn = 0;
  /** @param {ChoiceGroup} group */
  const drawGroup = (group) => {
    const options = group.choices.map((choice) => {
      const isChosen = chosen.some((other) => other.key === choice.key);
      return h(
        "div",
        {
          id: `${id}-${++drawn}`,
          class: "picker-option",
          role: "option",
          "aria-selected": String(isChosen),
          onclick: () => void pick(choice),
        },
        h("span", {}, choice.label, choice.description && h("small", {}, choice.description)),
        isChosen && icon(icons.check),
      );
    });
    return group.label ? [h("p", { class: "picker-group" }, group.label), ...options] : options;
  };

  /** @param {Choice} choice */
  const pick = async (choice) => {
    const before = chosen;
    const isChosen = chosen.some((other) => other.key === choice.key);
    if (!options.multiple) chosen = [choice];
    else if (isChosen) chosen = chosen.filter((other) => other.key !== choice.key);
    else if (chosen.length < options.most) chosen = [...chosen, choice];
    if (chosen === before) return;
    if (options.multiple) {
      const at = active;
      void fill().then(() => activate(at));
    } else {
      popup.hidePopover();
      opener.focus();
    }
    showValue();
    opener.ariaBusy = "true";
    if (await options.choose(chosen)) opener.removeAttribute("aria-invalid");
    else {
      chosen = before;
      showValue();
    }
    opener.ariaBusy = null;
  };

  // "toggle" comes later than the first letter of a fast typist, "beforetoggle" does not
  popup.addEventListener("beforetoggle", () => (search.value = ""));
  popup.addEventListener("toggle", (event) => {
    const isOpen = event.newState === "open";
    opener.setAttribute("aria-expanded", String(isOpen));
    if (!isOpen) return;
    place(popup, opener);
    void fill();
  });
  search.addEventListener("keydown", (event) => {
    if (event.key === "Enter") {
      event.preventDefault();
      // while the app is asked, what stands there answers an earlier question
      if (list.ariaBusy !== "true") rows()[active]?.click();
      return;
    }
    const next = event.key === "Home" || event.key === "End" ? undefined : move(event.key, active, rows().length);
    if (next === undefined) return;
    event.preventDefault();
    activate(next);
  });

  showValue();
  return h("span", { class: "popup-anchor" }, opener, popup);
}
