import { createHash } from "node:crypto";
import { z } from "zod";
import type { IncomingClick, IncomingCommand, IncomingMention, IncomingSubmission } from "../../pipeline/intake.ts";
import { buttonActions, type ButtonAction } from "../../pipeline/reply.ts";

/*
 * Slack's payloads, parsed once (https://docs.slack.dev/interactivity, https://docs.slack.dev/reference/events).
 * Fields that stand-ins or older workspaces leave out are empty.
 */

const text = z.string().default("");
/** In a real HTTP command an absent enterprise is an empty string, elsewhere null. */
const maybe = z
  .string()
  .nullish()
  .transform((value) => (value === null || value === "" ? undefined : value));

const SlashCommand = z.object({
  team_id: z.string(),
  enterprise_id: maybe,
  channel_id: z.string(),
  user_id: z.string(),
  user_name: text,
  command: text,
  text,
  response_url: z.string(),
  trigger_id: text,
});

const User = z.object({ id: z.string(), name: text, username: text, team_id: maybe });
const Team = z.object({ id: z.string(), enterprise_id: maybe }).nullish();

const BlockActions = z.object({
  user: User,
  team: Team,
  trigger_id: text,
  response_url: maybe,
  channel: z.object({ id: z.string() }).nullish(),
  container: z.object({ message_ts: maybe, channel_id: maybe, is_ephemeral: z.boolean().default(false) }).nullish(),
  actions: z.array(z.object({ action_id: z.string(), value: text, action_ts: text })).min(1),
});

const ViewSubmission = z.object({
  user: User,
  team: Team,
  trigger_id: text,
  view: z.object({
    id: text,
    hash: text,
    callback_id: z.string(),
    private_metadata: text,
    state: z.object({ values: z.record(z.string(), z.record(z.string(), z.object({ value: z.string().nullish() }))) }),
  }),
});

const MessageEvent = z.object({
  team_id: text,
  enterprise_id: maybe,
  event_id: text,
  event: z.object({
    user: maybe,
    text,
    ts: z.string(),
    thread_ts: maybe,
    channel: z.string(),
    channel_type: maybe,
    bot_id: maybe,
    subtype: maybe,
    edited: z.unknown().optional(),
    user_team: maybe,
    team: maybe,
  }),
});

export function readCommand(body: unknown): IncomingCommand {
  const payload = SlashCommand.parse(body);
  return {
    kind: "command",
    id: idOf("command", payload.trigger_id, [payload.user_id, payload.channel_id, payload.text, payload.response_url]),
    teamId: payload.team_id,
    ...(payload.enterprise_id === undefined ? {} : { enterpriseId: payload.enterprise_id }),
    userId: payload.user_id,
    userName: payload.user_name,
    channelId: payload.channel_id,
    text: payload.text,
    responseUrl: payload.response_url,
  };
}

/** Null when the button is none of ours. */
export function readClick(body: unknown): IncomingClick | null {
  const payload = BlockActions.parse(body);
  const [clicked] = payload.actions;
  const action = actionOf(clicked?.action_id ?? "");
  if (clicked === undefined || action === null) return null;
  const channel = payload.channel?.id ?? payload.container?.channel_id ?? "";
  const ts = payload.container?.message_ts;
  return {
    kind: "click",
    // one trigger per click; its time tells two clicks apart where a stand-in has no triggers
    id: idOf("click", payload.trigger_id, [
      payload.user.id,
      channel,
      clicked.action_id,
      clicked.value,
      clicked.action_ts,
    ]),
    ...whoOf(payload),
    channelId: channel,
    action,
    value: clicked.value,
    triggerId: payload.trigger_id,
    ...(payload.response_url === undefined ? {} : { responseUrl: payload.response_url }),
    ...(ts === undefined ? {} : { message: { channel, ts, ephemeral: payload.container?.is_ephemeral ?? false } }),
  };
}

export function readSubmission(body: unknown): IncomingSubmission {
  const payload = ViewSubmission.parse(body);
  const { view } = payload;
  const secrets: Record<string, string> = {};
  for (const [block, elements] of Object.entries(view.state.values)) {
    for (const element of Object.values(elements)) secrets[block] = element.value ?? "";
  }
  return {
    kind: "submission",
    id: idOf("submission", payload.trigger_id, [view.id, view.hash]),
    ...whoOf(payload),
    // a modal knows no channel
    channelId: "",
    view: view.callback_id,
    value: view.private_metadata,
    secrets,
  };
}

/** Null for what a bot wrote, what was edited, joins and the like, and messages that Slack delivers otherwise. */
export function readMention(body: unknown, botUserId: string): IncomingMention | null {
  const payload = MessageEvent.parse(body);
  const { event } = payload;
  if (event.user === undefined || event.bot_id !== undefined || event.subtype !== undefined) return null;
  if (event.user === botUserId || (event.edited !== undefined && event.edited !== null)) return null;
  return {
    kind: "mention",
    id: idOf("event", payload.event_id, [event.channel, event.ts]),
    // in a shared channel the event is delivered to our team, and the person belongs to theirs
    teamId: event.user_team ?? event.team ?? payload.team_id,
    ...(payload.enterprise_id === undefined ? {} : { enterpriseId: payload.enterprise_id }),
    userId: event.user,
    userName: "",
    channelId: event.channel,
    text: withoutMention(event.text, botUserId),
    ts: event.ts,
    ...(event.thread_ts === undefined ? {} : { threadTs: event.thread_ts }),
  };
}

function withoutMention(said: string, botUserId: string): string {
  const mention = new RegExp(`^\\s*<@${botUserId}(\\|[^>]*)?>[\\s:,]*`);
  return said.replace(mention, "").trim();
}

function whoOf(payload: { readonly user: z.infer<typeof User>; readonly team?: z.infer<typeof Team> }) {
  const enterpriseId = payload.team?.enterprise_id;
  return {
    teamId: payload.user.team_id ?? payload.team?.id ?? "",
    ...(enterpriseId === undefined ? {} : { enterpriseId }),
    userId: payload.user.id,
    userName: payload.user.username === "" ? payload.user.name : payload.user.username,
  };
}

/** `question.confirm:2` is the second of its kind in a message: Slack wants every id in a message once. */
function actionOf(actionId: string): ButtonAction | null {
  const [name = ""] = actionId.split(":");
  return buttonActions.find((action) => action === name) ?? null;
}

function idOf(kind: string, given: string, otherwise: readonly string[]): string {
  if (given !== "") return `${kind}:${given}`;
  return `${kind}:${createHash("sha256").update(JSON.stringify(otherwise)).digest("hex").slice(0, 32)}`;
}
