import type { Store, StoredChannel } from "../state/store.ts";
import { ApiError, missingScope, type Caller } from "./call.ts";

const suffix = { public: "channels", private: "groups", im: "im" } as const;

/** The channel when the bot may know of it: a private one without the bot does not exist for it. */
export function visibleChannel(store: Store, id: string | undefined): StoredChannel {
  const channel = store.channel(id ?? "");
  if (channel === undefined || (channel.kind !== "public" && !channel.members.includes(store.botUser)))
    throw new ApiError("channel_not_found");
  return channel;
}

/** …and is in it. */
export function joinedChannel(store: Store, id: string | undefined): StoredChannel {
  const channel = visibleChannel(store, id);
  if (!channel.members.includes(store.botUser)) throw new ApiError("not_in_channel");
  return channel;
}

/** `channels:read`, `groups:history` …: the scope that goes with the kind of conversation. */
export function needChannelScope(caller: Caller, channel: StoredChannel, action: "read" | "history"): void {
  const scope = `${suffix[channel.kind]}:${action}`;
  if (!caller.scopes.includes(scope)) throw missingScope(caller, scope);
}

/** Where a message may be posted: a channel by id or `#name`, or a person's direct messages by user id. */
export function postableChannel(
  store: Store,
  options: { readonly to: string | undefined; readonly caller: Caller; readonly messagesTab: boolean },
): StoredChannel {
  const { to = "", caller } = options;
  const channel = /^[UW][A-Z0-9]+$/.test(to) ? directMessages(store, to) : (byName(store, to) ?? store.channel(to));
  const member = channel?.members.includes(store.botUser) ?? false;
  if (channel === undefined || (channel.kind !== "public" && !member)) throw new ApiError("channel_not_found");
  if (channel.is_archived) throw new ApiError("is_archived");
  if (channel.kind === "im" && !options.messagesTab) throw new ApiError("messages_tab_disabled");
  if (!member && !caller.scopes.includes("chat:write.public")) throw new ApiError("not_in_channel");
  return channel;
}

function directMessages(store: Store, user: string): StoredChannel | undefined {
  const person = store.person(user);
  return person === undefined || person.deleted || person.is_bot ? undefined : store.openIm(user);
}

function byName(store: Store, name: string): StoredChannel | undefined {
  const wanted = name.replace(/^#/u, "");
  return store.channels.find((channel) => channel.kind !== "im" && channel.name === wanted);
}
