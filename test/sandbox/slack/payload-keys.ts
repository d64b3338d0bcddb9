/**
 * The keys (with the kind of their values) that Slack's real payloads have been seen with, taken from the masked samples
 * of slackapi/java-slack-sdk (json-logs/samples, MIT). What is inside blocks, files and attachments is left out (`any`).
 */
const user = "user.id:string user.name:string user.team_id:string user.username:string";
const team = "team.domain:string team.id:string enterprise.id:string enterprise.name:string";
const base = `type:string api_app_id:string token:string is_enterprise_install:boolean ${user} ${team}`;

const viewKeys = [
  ..."id team_id type hash callback_id external_id private_metadata app_id app_installed_team_id bot_id".split(" "),
  ..."root_view_id previous_view_id".split(" "),
].map((key) => `${key}:string`);
const view = (at: string): string =>
  [
    ...viewKeys,
    ..."clear_on_close notify_on_close submit_disabled".split(" ").map((key) => `${key}:boolean`),
    ...["title", "submit", "close"].flatMap((key) => [
      `${key}.type:string`,
      `${key}.text:string`,
      `${key}.emoji:boolean`,
    ]),
    "state:any",
    "blocks:any",
  ]
    .map((key) => `${at}${key}`)
    .join(" ");

const profile =
  "id:string app_id:string name:string deleted:boolean updated:number team_id:string icons.image_36:string icons.image_48:string icons.image_72:string";
const eventBase = [
  "token:string team_id:string enterprise_id:string api_app_id:string type:string event_id:string event_time:number event_context:string",
  "is_ext_shared_channel:boolean context_team_id:string context_enterprise_id:string",
  "authorizations[].enterprise_id:string authorizations[].team_id:string authorizations[].user_id:string",
  "authorizations[].is_bot:boolean authorizations[].is_enterprise_install:boolean",
].join(" ");
const messageEvent = [
  "client_msg_id:string type:string team:string channel:string user:string bot_id:string app_id:string text:string ts:string thread_ts:string",
  "parent_user_id:string event_ts:string channel_type:string subtype:string user_team:string source_team:string upload:boolean",
  "edited.user:string edited.ts:string blocks:any attachments:any files:any metadata:any",
]
  .join(" ")
  .split(" ");
const withProfile = [...messageEvent, ...profile.split(" ").map((key) => `bot_profile.${key}`)]
  .map((key) => `event.${key}`)
  .join(" ");

function keys(...lists: readonly string[]): ReadonlySet<string> {
  return new Set(lists.join(" ").split(" "));
}

export const payloadKeys = {
  slash_command: keys(
    "token:string api_app_id:string team_id:string team_domain:string enterprise_id:string enterprise_name:string channel_id:string",
    "channel_name:string user_id:string user_name:string command:string text:string response_url:string trigger_id:string",
    // over HTTP and in envelopes it is the text "false"
    "is_enterprise_install:string",
  ),
  block_actions: keys(
    base,
    "trigger_id:string response_url:string channel.id:string channel.name:string state:any message:any",
    "container.type:string container.message_ts:string container.channel_id:string container.view_id:string",
    "container.is_ephemeral:boolean container.thread_ts:string",
    "actions[].type:string actions[].block_id:string actions[].action_id:string actions[].action_ts:string actions[].value:string",
    "actions[].text.type:string actions[].text.text:string actions[].text.emoji:boolean actions[].style:string actions[].url:string",
    "actions[].placeholder.type:string actions[].placeholder.text:string actions[].placeholder.emoji:boolean",
    "actions[].selected_option.value:string actions[].selected_option.text.type:string actions[].selected_option.text.text:string",
    "actions[].selected_option.text.emoji:boolean actions[].selected_user:string actions[].selected_channel:string",
    "actions[].selected_conversation:string actions[].selected_date:string actions[].selected_time:string",
    view("view."),
  ),
  view_submission: keys(base, "trigger_id:string response_urls[]", view("view.")),
  view_closed: keys(base, "is_cleared:boolean", view("view.")),
  message: keys(eventBase, withProfile),
  app_mention: keys(eventBase, withProfile),
  app_home_opened: keys(
    eventBase,
    "event.type:string event.user:string event.channel:string event.tab:string event.event_ts:string",
    view("event.view."),
  ),
  member_joined_channel: keys(
    eventBase,
    "event.type:string event.user:string event.channel:string event.channel_type:string event.team:string event.inviter:string event.event_ts:string",
  ),
} as const;

/** The keys of a payload in the same form. Below a key that the set knows as `any` nothing is looked at. */
export function keysOf(value: unknown, known: ReadonlySet<string>, at = ""): readonly string[] {
  if (known.has(`${at}:any`)) return [];
  if (Array.isArray(value)) {
    if (value.length === 0) return [`${at}[]`];
    return value.flatMap((one: unknown) => keysOf(one, known, `${at}[]`));
  }
  // Slack writes null for an enterprise or a parent view that is not there
  if (value === null) return [];
  if (typeof value === "object")
    return Object.entries(value).flatMap(([key, one]) => keysOf(one, known, at === "" ? key : `${at}.${key}`));
  return [`${at}:${typeof value}`];
}
