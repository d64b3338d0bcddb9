import type { Json } from "../json.ts";
import { channelShape, messageShape } from "../state/shapes.ts";
import type { Store, StoredChannel, StoredMessage } from "../state/store.ts";
import type { Events } from "../delivery/events.ts";
import { ApiError, missingScope, needScope, type Args, type Caller, type Method } from "./call.ts";
import { joinedChannel, needChannelScope, visibleChannel } from "./channels.ts";
import { cursorMetadata, pageOf } from "./pages.ts";

const historyPage = { preset: 100, max: 999 };
const repliesPage = { preset: 1000, max: 1000 };
const listPage = { preset: 100, max: 1000 };
const typeNames = { public: "public_channel", private: "private_channel", im: "im" } as const;
const tsPattern = /^\d+(\.\d+)?$/;

/** conversations.* that the bot may need. */
export function conversationMethods(options: {
  readonly store: Store;
  readonly events: Events;
}): Readonly<Record<string, Method>> {
  const { store } = options;
  return {
    "conversations.info": (args, caller) => {
      const channel = visibleChannel(store, args.text("channel"));
      needChannelScope(caller, channel, "read");
      const counted = args.flag("include_num_members") ? { num_members: channel.members.length } : {};
      return { channel: { ...channelShape(store, channel), ...counted } };
    },
    "conversations.list": (args, caller) => listed(store, args, caller, (channel) => channel.kind === "public"),
    "users.conversations": (args, caller) => listed(store, args, caller, () => false),
    "conversations.members": (args, caller) => {
      const channel = visibleChannel(store, args.text("channel"));
      needChannelScope(caller, channel, "read");
      const page = pageOf(channel.members, args, listPage);
      return { members: page.items, ...cursorMetadata(page.nextCursor) };
    },
    "conversations.history": (args, caller) => {
      const channel = joinedChannel(store, args.text("channel"));
      needChannelScope(caller, channel, "history");
      const roots = store.messages(channel.id).filter((message) => message.thread_ts === undefined);
      const page = pageOf(within(roots, args).reverse(), args, historyPage);
      const metadata = args.flag("include_all_metadata");
      return {
        messages: page.items.map((message) => messageShape(store, message, { metadata })),
        has_more: page.nextCursor !== "",
        pin_count: 0,
        ...(page.nextCursor === "" ? {} : cursorMetadata(page.nextCursor)),
      };
    },
    "conversations.replies": (args, caller) => {
      const channel = joinedChannel(store, args.text("channel"));
      needChannelScope(caller, channel, "history");
      const given = store.message(channel.id, args.text("ts") ?? "");
      const root = given?.thread_ts === undefined ? given : store.message(channel.id, given.thread_ts);
      if (root === undefined) throw new ApiError("thread_not_found");
      // the root always leads the page, whatever the limits of time are
      const page = pageOf([root, ...within(store.replies(channel.id, root.ts), args)], args, repliesPage);
      const metadata = args.flag("include_all_metadata");
      return {
        messages: page.items.map((message) => messageShape(store, message, { metadata })),
        has_more: page.nextCursor !== "",
        ...(page.nextCursor === "" ? {} : cursorMetadata(page.nextCursor)),
      };
    },
    "conversations.open": (args, caller) => opened(store, args, caller),
    "conversations.join": (args) => {
      const channel = visibleChannel(store, args.text("channel"));
      if (channel.kind !== "public") throw new ApiError("method_not_supported_for_channel_type");
      if (channel.is_archived) throw new ApiError("is_archived");
      const already = channel.members.includes(store.botUser);
      const joined = already ? channel : store.putChannel({ ...channel, members: [...channel.members, store.botUser] });
      if (!already) options.events.joined(store.botUser, joined);
      return { channel: channelShape(store, joined), ...(already ? { warning: "already_in_channel" } : {}) };
    },
  };
}

function listed(store: Store, args: Args, caller: Caller, alsoWithoutBot: (channel: StoredChannel) => boolean): Json {
  const types = (args.text("types") ?? "public_channel").split(",").map((type) => type.trim());
  for (const type of types) {
    if (!["public_channel", "private_channel", "im", "mpim"].includes(type)) throw new ApiError("invalid_types");
  }
  if (types.includes("public_channel")) needScope(caller, "channels:read");
  if (types.includes("private_channel")) needScope(caller, "groups:read");
  if (types.includes("im")) needScope(caller, "im:read");
  const channels = store.channels.filter(
    (channel) =>
      types.includes(typeNames[channel.kind]) &&
      (channel.members.includes(store.botUser) || alsoWithoutBot(channel)) &&
      !(channel.is_archived && args.flag("exclude_archived")),
  );
  const page = pageOf(channels, args, listPage);
  return { channels: page.items.map((channel) => channelShape(store, channel)), ...cursorMetadata(page.nextCursor) };
}

function opened(store: Store, args: Args, caller: Caller): Json {
  const byId = args.text("channel");
  if (byId !== undefined) {
    const channel = visibleChannel(store, byId);
    if (channel.kind !== "im") throw new ApiError("method_not_supported_for_channel_type");
    return { channel: channelShape(store, channel) };
  }
  const users = (args.text("users") ?? "").split(",").filter((user) => user !== "");
  const [first] = users;
  if (first === undefined) throw new ApiError("users_list_not_supplied");
  // group direct messages are not here
  if (users.length > 1) throw missingScope(caller, "mpim:write");
  needScope(caller, "im:write");
  const person = store.person(first);
  if (person === undefined || person.is_bot) throw new ApiError("user_not_found");
  if (person.deleted) throw new ApiError("user_disabled");
  const channel = store.openIm(first);
  return { channel: args.flag("return_im") ? channelShape(store, channel) : { id: channel.id } };
}

/** `oldest` and `latest` are exclusive unless `inclusive` is set. */
function within(messages: readonly StoredMessage[], args: Args): StoredMessage[] {
  const oldest = args.text("oldest") ?? "0";
  const latest = args.text("latest") ?? "";
  if (!tsPattern.test(oldest)) throw new ApiError("invalid_ts_oldest");
  if (latest !== "" && !tsPattern.test(latest)) throw new ApiError("invalid_ts_latest");
  const [low, high] = [Number(oldest), latest === "" ? Infinity : Number(latest)];
  const inclusive = args.flag("inclusive");
  return messages.filter(({ ts }) => {
    const at = Number(ts);
    return inclusive ? at >= low && at <= high : at > low && at < high;
  });
}
