import { newId, timestampPattern } from "../ids.ts";
import { present, type Json } from "../json.ts";
import { messageShape } from "../state/shapes.ts";
import type { Store, StoredChannel, StoredMessage } from "../state/store.ts";
import type { Events } from "../delivery/events.ts";
import { ApiError, missingArgument, type Args, type Method } from "./call.ts";
import { joinedChannel, postableChannel, visibleChannel } from "./channels.ts";
import { readContent, readMetadata, type Content } from "./content.ts";

export interface ChatOptions {
  readonly store: Store;
  readonly events: Events;
  readonly messagesTab: boolean;
  readonly baseUrl: () => string;
}

/** chat.postMessage, postEphemeral, update, delete, getPermalink. */
export function chatMethods(options: ChatOptions): Readonly<Record<string, Method>> {
  const { store, events } = options;
  return {
    "chat.postMessage": (args, caller) => {
      const channel = postableChannel(store, { to: args.text("channel"), caller, messagesTab: options.messagesTab });
      const content = readContent(args, { tooLong: "cut" });
      const metadata = readMetadata(args);
      const message = store.put(
        newMessage(store, { channel, content, ...threadOf(store, channel, args), ...present({ metadata }) }),
      );
      events.messagePosted(message, channel);
      return { channel: channel.id, ts: message.ts, message: messageShape(store, message, { metadata: true }) };
    },
    "chat.postEphemeral": (args, caller) => {
      const channel = postableChannel(store, { to: args.text("channel"), caller, messagesTab: options.messagesTab });
      const user = args.text("user") ?? "";
      if (!channel.members.includes(user)) throw new ApiError("user_not_in_channel");
      const content = readContent(args, { tooLong: "refuse" });
      const message = store.put(
        newMessage(store, { channel, content, ephemeral_for: user, ...threadOf(store, channel, args) }),
      );
      return { message_ts: message.ts };
    },
    "chat.update": (args) => {
      const channel = visibleChannel(store, args.text("channel"));
      const old = store.message(channel.id, args.text("ts") ?? "");
      if (old === undefined || old.tombstone) throw new ApiError("message_not_found");
      if (old.user !== store.botUser) throw new ApiError("cant_update_message");
      if (channel.is_archived) throw new ApiError("is_inactive");
      const message = store.put(
        edited(store, { old, content: readContent(args, { tooLong: "refuse" }), metadata: readMetadata(args) }),
      );
      events.messageChanged(message, old, channel);
      const shape = messageShape(store, message, { metadata: true });
      return { channel: channel.id, ts: message.ts, text: message.text, message: shape };
    },
    "chat.delete": (args) => {
      const channel = visibleChannel(store, args.text("channel"));
      const old = store.message(channel.id, args.text("ts") ?? "");
      if (old === undefined || old.tombstone) throw new ApiError("message_not_found");
      if (old.user !== store.botUser) throw new ApiError("cant_delete_message");
      store.remove(old);
      events.messageDeleted(old, channel);
      return { channel: channel.id, ts: old.ts };
    },
    "chat.getPermalink": (args) => {
      const channel = visibleChannel(store, args.text("channel"));
      const message = store.message(channel.id, args.text("message_ts") ?? "");
      if (message === undefined) throw new ApiError("message_not_found");
      return { channel: channel.id, permalink: permalink(options.baseUrl(), message) };
    },
    "reactions.add": (args) => react(store, args, "add"),
    "reactions.remove": (args) => react(store, args, "remove"),
  };
}

function threadOf(store: Store, channel: StoredChannel, args: Args): { readonly thread_ts?: string } {
  const given = args.text("thread_ts");
  if (given === undefined || given === "") return {};
  if (!timestampPattern.test(given)) throw new ApiError("invalid_thread_ts");
  // a reply's ts leads to its thread; one that does not exist is taken, as by Slack
  return { thread_ts: store.message(channel.id, given)?.thread_ts ?? given };
}

/** A message of the bot's, ready to be stored. */
export function newMessage(
  store: Store,
  options: {
    readonly channel: StoredChannel;
    readonly content: Content;
    readonly thread_ts?: string;
    readonly metadata?: Json;
    readonly ephemeral_for?: string;
  },
): StoredMessage {
  const { channel, content, ...rest } = options;
  return {
    channel: channel.id,
    ts: store.nextTs(),
    user: store.botUser,
    text: content.text ?? "",
    blocks: content.blocks ?? [],
    attachments: content.attachments ?? [],
    files: [],
    editShown: false,
    reactions: {},
    tombstone: false,
    ...rest,
  };
}

/** What an update leaves: blocks stay only when neither text nor blocks are given; metadata stays unless given. */
export function edited(
  store: Store,
  options: { readonly old: StoredMessage; readonly content: Content; readonly metadata: Json | undefined },
): StoredMessage {
  const { old, content } = options;
  const { metadata: oldMetadata, ...rest } = old;
  const metadata = options.metadata ?? oldMetadata;
  const kept = metadata === undefined || Object.keys(metadata).length === 0 ? {} : { metadata };
  return {
    ...rest,
    ...kept,
    text: content.text ?? old.text,
    blocks: content.blocks ?? (content.text === undefined ? old.blocks : []),
    attachments: content.attachments ?? old.attachments,
    edited: { user: store.botUser, ts: store.nextTs() },
    editShown: content.blocks === undefined,
  };
}

function permalink(base: string, message: StoredMessage): string {
  const thread = message.thread_ts === undefined ? "" : `?thread_ts=${message.thread_ts}&cid=${message.channel}`;
  return `${base}archives/${message.channel}/p${message.ts.replace(".", "")}${thread}`;
}

function react(store: Store, args: Args, what: "add" | "remove"): Json {
  const channel = joinedChannel(store, args.text("channel"));
  const timestamp = args.text("timestamp");
  if (timestamp === undefined) throw what === "add" ? missingArgument("timestamp") : new ApiError("no_item_specified");
  if (!timestampPattern.test(timestamp)) throw new ApiError("bad_timestamp");
  const name = args.text("name") ?? "";
  if (!/^[a-z0-9_+'-]+$/.test(name)) throw new ApiError("invalid_name");
  const message = store.message(channel.id, timestamp);
  if (message === undefined) throw new ApiError("message_not_found");
  const users = message.reactions[name] ?? [];
  const there = users.includes(store.botUser);
  if (what === "add" && there) throw new ApiError("already_reacted");
  if (what === "remove" && !there) throw new ApiError("no_reaction");
  const next = what === "add" ? [...users, store.botUser] : users.filter((user) => user !== store.botUser);
  store.put({ ...message, reactions: { ...message.reactions, [name]: next } });
  return {};
}

/** A message that a person typed. */
export function typedMessage(
  store: Store,
  options: {
    readonly channel: StoredChannel;
    readonly user: string;
    readonly text: string;
    readonly thread_ts?: string;
  },
): StoredMessage {
  const { channel, user, text, ...thread } = options;
  const content = { text, blocks: undefined, attachments: undefined };
  return { ...newMessage(store, { channel, content, ...thread }), user, client_msg_id: newId("m").toLowerCase() };
}
