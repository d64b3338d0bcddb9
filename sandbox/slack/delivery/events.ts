import { newId, newSecret } from "../ids.ts";
import type { Json } from "../json.ts";
import type { App } from "../manifest.ts";
import { messageShape, userShape } from "../state/shapes.ts";
import type { Store, StoredChannel, StoredMessage, StoredPerson } from "../state/store.ts";
import type { Clock } from "../clock.ts";
import type { Deliveries, Delivery } from "./deliveries.ts";

/** Which scope an event needs beside its subscription (https://docs.slack.dev/reference/events). */
const scopeOf: Readonly<Record<string, string>> = {
  app_mention: "app_mentions:read",
  "message.channels": "channels:history",
  "message.groups": "groups:history",
  "message.im": "im:history",
  member_joined_channel: "channels:read",
  user_change: "users:read",
};

const messageEventOf = { public: "message.channels", private: "message.groups", im: "message.im" } as const;
const channelTypeOf = { public: "channel", private: "group", im: "im" } as const;

export interface EventsOptions {
  readonly store: Store;
  readonly app: App;
  readonly scopes: readonly string[];
  readonly deliveries: Deliveries;
  readonly clock: Clock;
  /** The old verification token, which every payload still carries. */
  readonly token: string;
}

/** The Events API: wraps what happened and sends it when the app has subscribed to it and may see it. */
export class Events {
  readonly #options: EventsOptions;

  constructor(options: EventsOptions) {
    this.#options = options;
  }

  /** A message that somebody (or the bot) wrote; with a mention of the bot there is a second event. */
  messagePosted(message: StoredMessage, channel: StoredChannel): readonly Delivery[] {
    const { store } = this.#options;
    if (!channel.members.includes(store.botUser)) return [];
    const event = this.#messageEvent(message, channel);
    const sent = [this.#send(messageEventOf[channel.kind], event, channel)];
    const mentioned = message.text.includes(`<@${store.botUser}>`) && message.user !== store.botUser;
    if (mentioned && channel.kind !== "im") {
      const { channel_type: _, subtype: __, ...rest } = event;
      sent.push(this.#send("app_mention", { ...rest, type: "app_mention" }, channel));
    }
    return sent.filter((one) => one !== undefined);
  }

  messageChanged(message: StoredMessage, previous: StoredMessage, channel: StoredChannel): void {
    const { store } = this.#options;
    this.#send(
      messageEventOf[channel.kind],
      {
        ...this.#hidden(message, channel),
        subtype: "message_changed",
        message: messageShape(store, message, { metadata: true }),
        previous_message: messageShape(store, previous, { metadata: true }),
      },
      channel,
    );
  }

  messageDeleted(message: StoredMessage, channel: StoredChannel): void {
    const previous = messageShape(this.#options.store, message, { metadata: true });
    const event = {
      ...this.#hidden(message, channel),
      subtype: "message_deleted",
      deleted_ts: message.ts,
      previous_message: previous,
    };
    this.#send(messageEventOf[channel.kind], event, channel);
  }

  homeOpened(
    user: string,
    options: { readonly channel: StoredChannel; readonly tab: "home" | "messages"; readonly view?: Json },
  ): Delivery | undefined {
    const view = options.view === undefined ? {} : { view: options.view };
    const event = {
      type: "app_home_opened",
      user,
      channel: options.channel.id,
      tab: options.tab,
      ...view,
      event_ts: this.#options.store.nextTs(),
    };
    return this.#send("app_home_opened", event);
  }

  joined(user: string, channel: StoredChannel): void {
    const { store } = this.#options;
    const event = {
      type: "member_joined_channel",
      user,
      channel: channel.id,
      channel_type: channel.kind === "private" ? "G" : "C",
      team: store.seed.team.id,
      event_ts: store.nextTs(),
    };
    this.#send("member_joined_channel", event, channel);
  }

  userChanged(person: StoredPerson): void {
    const withEmail = this.#options.scopes.includes("users:read.email");
    const event = {
      type: "user_change",
      user: userShape(person, { withEmail }),
      cache_ts: Math.floor(this.#options.clock.now() / 1000),
      event_ts: this.#options.store.nextTs(),
    };
    this.#send("user_change", event);
  }

  #hidden(message: StoredMessage, channel: StoredChannel): Json {
    const ts = this.#options.store.nextTs();
    return {
      type: "message",
      hidden: true,
      channel: message.channel,
      ts,
      event_ts: ts,
      channel_type: channelTypeOf[channel.kind],
    };
  }

  #messageEvent(message: StoredMessage, channel: StoredChannel): Json {
    const { store } = this.#options;
    const author = store.person(message.user);
    const foreign = author?.is_stranger === true ? { user_team: author.team_id, source_team: author.team_id } : {};
    return {
      ...messageShape(store, message, { metadata: true }),
      ...(message.files.length > 0 ? { subtype: "file_share" } : {}),
      ...foreign,
      channel: message.channel,
      event_ts: message.ts,
      channel_type: channelTypeOf[channel.kind],
    };
  }

  #send(subscription: string, event: Json, channel?: StoredChannel): Delivery | undefined {
    const { app, scopes, deliveries, store, clock, token } = this.#options;
    const scope = scopeOf[subscription];
    if (!app.botEvents.includes(subscription) || (scope !== undefined && !scopes.includes(scope))) return undefined;
    const { seed } = store;
    const payload = {
      token,
      team_id: seed.team.id,
      context_team_id: seed.team.id,
      context_enterprise_id: null,
      api_app_id: seed.app.id,
      event,
      type: "event_callback",
      event_id: newId("Ev"),
      event_time: Math.floor(clock.now() / 1000),
      authorizations: [
        {
          enterprise_id: null,
          team_id: seed.team.id,
          user_id: seed.bot.id,
          is_bot: true,
          is_enterprise_install: false,
        },
      ],
      is_ext_shared_channel: channel?.is_ext_shared ?? false,
      event_context: `4-${newSecret()}`,
    };
    return deliveries.deliver({ kind: "events_api", payload });
  }
}
