import { confirmed } from "./confirm.js";
import { picker } from "./picker.js";
import { changed, focusKey, started } from "./surface.js";
import { plain } from "./text-object.js";

/** @typedef {import("./surface.js").Slot} Slot */
/** @typedef {import("./surface.js").Choice} Choice */
/** @typedef {import("./surface.js").ChoiceGroup} ChoiceGroup */

/**
 * Which field of Slack's state a kind of select fills, in its single and its multiple form, and the app's initial one.
 * docs.slack.dev, "Block elements".
 * @type {Readonly<Record<string, { one: string, many: string }>>}
 */
const fields = {
  static: { one: "selected_option", many: "selected_options" },
  external: { one: "selected_option", many: "selected_options" },
  users: { one: "selected_user", many: "selected_users" },
  channels: { one: "selected_channel", many: "selected_channels" },
  conversations: { one: "selected_conversation", many: "selected_conversations" },
};

/** @param {Slot} slot any of the `…_select` elements */
export function select(slot) {
  const { element, surface } = slot;
  const multiple = element.type.startsWith("multi_");
  const kind = element.type.replace("multi_", "").replace("_select", "");
  const { one, many } = fields[kind] ?? { one: "selected_option", many: "selected_options" };
  const field = multiple ? many : one;
  const state = started(slot, { [field]: element[field.replace("selected", "initial")] ?? (multiple ? [] : null) });
  const before = multiple ? state[field] : [state[field]].filter((part) => part !== null);
  const all = () => local(slot, kind);
  return picker({
    label: slot.label,
    placeholder: plain(element["placeholder"]) || "Choose…",
    focusKey: focusKey(slot),
    describedBy: slot.describedBy,
    invalid: Boolean(surface.errors[slot.blockId]),
    multiple,
    most: element["max_selected_items"] ?? Number.POSITIVE_INFINITY,
    selected: before.map((/** @type {any} */ part) =>
      typeof part === "string"
        ? (all()
            .flatMap((group) => group.choices)
            .find((choice) => choice.key === part) ?? { key: part, label: part })
        : optionChoice(part),
    ),
    load: (query) => load(slot, kind, query),
    choose: async (chosen) => {
      if (!(await confirmed(element["confirm"], surface.names))) return false;
      const values = chosen.map((choice) => choice.option ?? choice.key);
      const only = multiple ? undefined : chosen[0]?.key;
      await changed(slot, { [field]: multiple ? values : (values[0] ?? null) }, only);
      return true;
    },
  });
}

/**
 * @param {Slot} slot
 * @param {string} kind
 * @param {string} query
 * @returns {Promise<readonly ChoiceGroup[]>}
 */
async function load(slot, kind, query) {
  if (kind === "external") {
    // Slack's default is 3 typed characters; docs.slack.dev, "External data select"
    if (query.length < (slot.element["min_query_length"] ?? 3)) return [];
    return slot.surface.suggest(slot.blockId, slot.actionId, query);
  }
  const wanted = query.toLowerCase();
  return local(slot, kind)
    .map((group) => ({
      ...group,
      choices: group.choices.filter((choice) => choice.label.toLowerCase().includes(wanted)),
    }))
    .filter((group) => group.choices.length > 0);
}

/**
 * @param {Slot} slot
 * @param {string} kind
 * @returns {readonly ChoiceGroup[]}
 */
function local({ element, surface }, kind) {
  if (kind === "users") return [{ label: "", choices: surface.people() }];
  if (kind === "channels") return [{ label: "", choices: surface.channels(false) }];
  if (kind === "conversations") return [{ label: "", choices: surface.channels(true) }];
  return optionGroups(element);
}

/**
 * @param {{ readonly [key: string]: any }} from an element, or the answer to a suggestion
 * @returns {readonly ChoiceGroup[]}
 */
export function optionGroups(from) {
  const groups = from["option_groups"] ?? [{ options: from["options"] ?? [] }];
  return groups.map((/** @type {any} */ group) => ({
    label: plain(group.label),
    choices: group.options.map(optionChoice),
  }));
}

/**
 * @param {any} option
 * @returns {Choice}
 */
function optionChoice(option) {
  return { key: option.value, label: plain(option.text), description: plain(option.description), option };
}
