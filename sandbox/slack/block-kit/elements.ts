import { confirm, id, option, optionGroups, plainText, slackFile, url } from "./objects.ts";
import { richTextElements } from "./rich-text.ts";
import { boolean, integer, list, oneOf, shape, string, type Check, type Problem, type Shape } from "./schema.ts";
import type { Json } from "../json.ts";

/* Block elements and their limits: https://docs.slack.dev/reference/block-kit/block-elements */
const selectOptions = { min: 1, max: 100 };
const choiceOptions = { min: 1, max: 10 };
const overflowOptions = { min: 1, max: 5 };
const userId = string({ min: 1, pattern: /^[UW][A-Z0-9]+$/ });
const channelId = string({ min: 1, pattern: /^[CGD][A-Z0-9]+$/ });
const date = string({ pattern: /^\d{4}-\d{2}-\d{2}$/ });
const time = string({ pattern: /^\d{2}:\d{2}$/ });

const image = shape({
  required: { alt_text: string({ min: 1, max: 2000 }) },
  optional: { image_url: url, slack_file: slackFile },
  also: needsImage,
});

/** Exactly one source. */
export function needsImage(value: Json, at: string, problems: Problem[]): void {
  if ((value["image_url"] === undefined) === (value["slack_file"] === undefined))
    problems.push({ message: "must provide either `image_url` or `slack_file`", at });
}

/** An element that people act on: all have `action_id`. */
function interactive(fields: Shape): Check {
  return shape({ ...fields, optional: { action_id: id, ...fields.optional } });
}

const focus = { focus_on_load: boolean };
const placeholder = { placeholder: plainText(150) };
const dispatch = {
  dispatch_action_config: shape({
    optional: { trigger_actions_on: list(oneOf("on_enter_pressed", "on_character_entered"), { min: 1, max: 2 }) },
  }),
};

function select(own: Shape, many: boolean): Check {
  const common = { confirm, ...focus, ...placeholder, ...(many ? { max_selected_items: integer({ min: 1 }) } : {}) };
  return interactive({ ...own, optional: { ...common, ...own.optional } });
}

function optionsOrGroups(value: Json, at: string, problems: Problem[]): void {
  if (value["options"] === undefined && value["option_groups"] === undefined)
    problems.push({ message: "missing required field: options", at });
  if (value["options"] !== undefined && value["option_groups"] !== undefined)
    problems.push({ message: "must provide either `options` or `option_groups`", at });
}

const selectOption = option("select");
const staticOptions = { options: list(selectOption, selectOptions), option_groups: optionGroups };
const responseUrl = { response_url_enabled: boolean };
const filter = shape({
  optional: {
    include: list(oneOf("im", "mpim", "private", "public"), { min: 1 }),
    exclude_external_shared_channels: boolean,
    exclude_bot_users: boolean,
  },
});
const queryLength = { min_query_length: integer({ min: 0 }) };
const conversations = { default_to_current_conversation: boolean, filter };

const selects = {
  static_select: select({ optional: { ...staticOptions, initial_option: selectOption }, also: optionsOrGroups }, false),
  external_select: select({ optional: { initial_option: selectOption, ...queryLength } }, false),
  users_select: select({ optional: { initial_user: userId } }, false),
  conversations_select: select(
    { optional: { initial_conversation: channelId, ...conversations, ...responseUrl } },
    false,
  ),
  channels_select: select({ optional: { initial_channel: channelId, ...responseUrl } }, false),
  multi_static_select: select(
    { optional: { ...staticOptions, initial_options: list(selectOption) }, also: optionsOrGroups },
    true,
  ),
  multi_external_select: select({ optional: { initial_options: list(selectOption), ...queryLength } }, true),
  multi_users_select: select({ optional: { initial_users: list(userId) } }, true),
  multi_conversations_select: select({ optional: { initial_conversations: list(channelId), ...conversations } }, true),
  multi_channels_select: select({ optional: { initial_channels: list(channelId) } }, true),
} as const;

const choices = {
  checkboxes: interactive({
    required: { options: list(option("choice"), choiceOptions) },
    optional: { initial_options: list(option("choice"), { min: 1 }), confirm, ...focus },
  }),
  radio_buttons: interactive({
    required: { options: list(option("choice"), choiceOptions) },
    optional: { initial_option: option("choice"), confirm, ...focus },
  }),
};

const pickers = {
  datepicker: interactive({ optional: { initial_date: date, confirm, ...focus, ...placeholder } }),
  timepicker: interactive({
    optional: { initial_time: time, timezone: string({ min: 1 }), confirm, ...focus, ...placeholder },
  }),
};

const datetimepicker = interactive({
  optional: { initial_date_time: integer({ min: 1_000_000_000, max: 9_999_999_999 }), confirm, ...focus },
});

const button = interactive({
  required: { text: plainText(75) },
  optional: {
    value: string({ max: 2000 }),
    url,
    style: oneOf("primary", "danger"),
    confirm,
    accessibility_label: string({ min: 1, max: 75 }),
  },
});

const overflow = interactive({
  required: { options: list(option("overflow"), overflowOptions) },
  optional: { confirm },
});

const richTextInput = interactive({
  optional: {
    initial_value: shape({ required: { elements: richTextElements } }),
    min_lines: integer({ min: 1 }),
    max_lines: integer({ min: 1 }),
    ...focus,
    ...placeholder,
    ...dispatch,
  },
});

const textInputLimits = {
  initial_value: string({ max: 3000 }),
  min_length: integer({ min: 0, max: 3000 }),
  max_length: integer({ min: 1, max: 3000 }),
};

const inputs = {
  plain_text_input: interactive({
    optional: { multiline: boolean, ...textInputLimits, ...focus, ...placeholder, ...dispatch },
  }),
  email_text_input: interactive({ optional: { initial_value: string(), ...focus, ...placeholder, ...dispatch } }),
  url_text_input: interactive({ optional: { initial_value: string(), ...focus, ...placeholder, ...dispatch } }),
  number_input: interactive({
    required: { is_decimal_allowed: boolean },
    optional: {
      initial_value: string(),
      min_value: string(),
      max_value: string(),
      ...focus,
      ...placeholder,
      ...dispatch,
    },
  }),
  file_input: interactive({
    optional: { filetypes: list(string({ min: 1 })), max_files: integer({ min: 1, max: 10 }) },
  }),
  rich_text_input: richTextInput,
};

/** Which element may stand in which place of which block. */
export const accessories = { button, overflow, image, ...selects, ...choices, ...pickers };
export const actionElements = {
  button,
  overflow,
  datetimepicker,
  rich_text_input: richTextInput,
  ...selects,
  ...choices,
  ...pickers,
};
export const inputElements = { datetimepicker, ...selects, ...choices, ...pickers, ...inputs };
export const imageElement = { image };

const feedbackButton = shape({
  required: { text: plainText(75), value: string({ min: 1, max: 2000 }) },
  optional: { accessibility_label: string({ min: 1, max: 75 }) },
});
export const contextActionElements = {
  feedback_buttons: interactive({ required: { positive_button: feedbackButton, negative_button: feedbackButton } }),
  icon_button: interactive({
    required: { icon: string({ min: 1 }), text: plainText(75) },
    optional: {
      value: string({ max: 2000 }),
      confirm,
      accessibility_label: string({ min: 1, max: 75 }),
      visible_to_user_ids: list(userId),
    },
  }),
};
