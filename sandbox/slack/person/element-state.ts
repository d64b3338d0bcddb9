import { elementsOf } from "../block-kit/blocks.ts";
import { isObject, listOf, objectsOf, textOf, type Json } from "../json.ts";

/** block_id → action_id → what stands in the element, as in `state.values` of Slack's payloads. */
export type StateValues = Readonly<Record<string, Readonly<Record<string, unknown>>>>;

/** For each kind of element with a state: the key of its value, the key of its initial value, and how it looks empty. */
const stateful: Readonly<Record<string, { readonly key: string; readonly initial: string; readonly empty: unknown }>> =
  {
    static_select: { key: "selected_option", initial: "initial_option", empty: null },
    external_select: { key: "selected_option", initial: "initial_option", empty: null },
    radio_buttons: { key: "selected_option", initial: "initial_option", empty: null },
    users_select: { key: "selected_user", initial: "initial_user", empty: null },
    conversations_select: { key: "selected_conversation", initial: "initial_conversation", empty: null },
    channels_select: { key: "selected_channel", initial: "initial_channel", empty: null },
    multi_static_select: { key: "selected_options", initial: "initial_options", empty: [] },
    multi_external_select: { key: "selected_options", initial: "initial_options", empty: [] },
    checkboxes: { key: "selected_options", initial: "initial_options", empty: [] },
    multi_users_select: { key: "selected_users", initial: "initial_users", empty: [] },
    multi_conversations_select: { key: "selected_conversations", initial: "initial_conversations", empty: [] },
    multi_channels_select: { key: "selected_channels", initial: "initial_channels", empty: [] },
    datepicker: { key: "selected_date", initial: "initial_date", empty: null },
    timepicker: { key: "selected_time", initial: "initial_time", empty: null },
    datetimepicker: { key: "selected_date_time", initial: "initial_date_time", empty: null },
    plain_text_input: { key: "value", initial: "initial_value", empty: null },
    email_text_input: { key: "value", initial: "initial_value", empty: null },
    url_text_input: { key: "value", initial: "initial_value", empty: null },
    number_input: { key: "value", initial: "initial_value", empty: null },
    rich_text_input: { key: "rich_text_value", initial: "initial_value", empty: null },
    file_input: { key: "files", initial: "files", empty: [] },
  };

/** What all elements of these blocks hold: what the page sent, else what they began with. */
export function stateValues(blocks: readonly Json[], given: StateValues): StateValues {
  const values: Record<string, Record<string, unknown>> = {};
  for (const block of blocks) {
    const blockId = textOf(block, "block_id") ?? "";
    for (const { element } of elementsOf(block)) {
      const kind = stateful[textOf(element, "type") ?? ""];
      const actionId = textOf(element, "action_id") ?? "";
      if (kind === undefined) continue;
      const sent = given[blockId]?.[actionId];
      const value =
        isObject(sent) && sent[kind.key] !== undefined ? sent[kind.key] : (element[kind.initial] ?? kind.empty);
      values[blockId] = { ...values[blockId], [actionId]: { type: element["type"], [kind.key]: value } };
    }
  }
  return values;
}

/** What the acted element says in `actions[0]`: its value, and how a select names what was chosen. */
export function actedValue(
  element: Json,
  options: { readonly value: string | undefined; readonly state: unknown },
): Json {
  const type = textOf(element, "type") ?? "";
  if (type === "button" || type === "icon_button" || type === "workflow_button") {
    const { text, value, style, url } = element;
    return Object.fromEntries(Object.entries({ text, value, style, url }).filter(([, one]) => one !== undefined));
  }
  if (type === "overflow") return { selected_option: chosen(element, options.value) };
  const kind = stateful[type];
  if (kind === undefined) return options.value === undefined ? {} : { value: options.value };
  if (isObject(options.state) && options.state[kind.key] !== undefined) return { [kind.key]: options.state[kind.key] };
  if (options.value === undefined) return { [kind.key]: kind.empty };
  if (kind.key === "selected_option") return { [kind.key]: chosen(element, options.value) };
  if (kind.key === "selected_date_time") return { [kind.key]: Number(options.value) };
  return { [kind.key]: Array.isArray(kind.empty) ? [options.value] : options.value };
}

/** The option with this value; for an external select, whose options are not here, one made of it. */
function chosen(element: Json, value: string | undefined): Json | null {
  const all = [
    ...objectsOf(element, "options"),
    ...objectsOf(element, "option_groups").flatMap((group) => objectsOf(group, "options")),
  ];
  const found = all.find((option) => option["value"] === value);
  if (found !== undefined) return found;
  if (element["type"] !== "external_select" || value === undefined) return null;
  return { text: { type: "plain_text", text: value, emoji: true }, value };
}

/** Something was put in. */
export function isFilled(value: unknown): boolean {
  if (!isObject(value)) return false;
  return Object.entries(value).some(([key, one]) => {
    if (key === "type" || one === null || one === undefined || one === "") return false;
    return !Array.isArray(one) || listOf({ one }, "one").length > 0;
  });
}
