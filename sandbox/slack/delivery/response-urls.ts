import { newId, newSecret } from "../ids.ts";
import type { Clock } from "../clock.ts";
import { isObject, parseJson, textOf, type Json } from "../json.ts";
import type { Store, StoredChannel, StoredMessage } from "../state/store.ts";
import { ApiError, Args } from "../web-api/call.ts";
import { edited, newMessage } from "../web-api/chat.ts";
import { readContent } from "../web-api/content.ts";
import type { Events } from "./events.ts";

/* https://docs.slack.dev/interactivity/handling-user-interaction#message_responses */
const lifetimeMs = 30 * 60_000;
const maxUses = 5;

/** Whom and where an answer goes to. */
export interface ReplyTarget {
  readonly user: string;
  readonly channel: StoredChannel;
  readonly thread_ts?: string;
  /** The message that was clicked; `replace_original` and `delete_original` mean it. */
  readonly source?: StoredMessage;
}

interface ResponseUrl extends ReplyTarget {
  readonly until: number;
  uses: number;
  source?: StoredMessage;
}

export interface ResponseUrlsOptions {
  readonly store: Store;
  readonly events: Events;
  readonly clock: Clock;
  readonly baseUrl: () => string;
}

/** `response_url`s, and what is posted to them. */
export class ResponseUrls {
  readonly #options: ResponseUrlsOptions;
  readonly #known = new Map<string, ResponseUrl>();

  constructor(options: ResponseUrlsOptions) {
    this.#options = options;
  }

  create(kind: "commands" | "actions", target: ReplyTarget): string {
    const { store, clock, baseUrl } = this.#options;
    const path = `${kind}/${store.seed.team.id}/${newId("").toLowerCase()}/${newSecret()}`;
    this.#known.set(path, { ...target, until: clock.now() + lifetimeMs, uses: 0 });
    return `${baseUrl()}${path}`;
  }

  /** Undefined when the path is none of ours. */
  post(path: string, body: string): { readonly status: number; readonly answer: Json } | undefined {
    const url = this.#known.get(path);
    if (url === undefined) return undefined;
    if (url.until < this.#options.clock.now()) return { status: 404, answer: { ok: false, error: "expired_url" } };
    if (url.uses >= maxUses) return { status: 404, answer: { ok: false, error: "used_url" } };
    url.uses += 1;
    const message = parseJson(body);
    if (!isObject(message)) return { status: 400, answer: { ok: false, error: "invalid_payload" } };
    try {
      this.#apply(url, message);
      return { status: 200, answer: { ok: true } };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { status: 400, answer: { ok: false, error: error.code, ...error.extra } };
    }
  }

  #apply(url: ResponseUrl, message: Json): void {
    const { store, events } = this.#options;
    const original = url.source === undefined ? undefined : current(store, url.source);
    if (message["delete_original"] === true || message["delete_original"] === "true") {
      if (original === undefined) throw new ApiError("message_not_found");
      store.remove(original);
      if (original.ephemeral_for === undefined) events.messageDeleted(original, url.channel);
      return;
    }
    const content = readContent(new Args(message), { tooLong: "cut" });
    // a click's answer replaces the message only when it says so; a message it cannot find is not posted anew
    if (message["replace_original"] === true || message["replace_original"] === "true") {
      if (original === undefined) throw new ApiError("message_not_found");
      const changed = store.put(edited(store, { old: original, content, metadata: undefined }));
      if (original.ephemeral_for === undefined) events.messageChanged(changed, original, url.channel);
      return;
    }
    postReply(this.#options, url, message);
  }
}

function current(store: Store, source: StoredMessage): StoredMessage | undefined {
  return store.message(source.channel, source.ts) ?? store.ephemeral(source.channel, source.ts);
}

/**
 * Posts what an app answered with (in an acknowledgement or to a `response_url`): for the person alone unless
 * `response_type` says `in_channel`. The bot need not be in the channel.
 *
 * @throws ApiError when the content is not to Slack's liking.
 */
export function postReply(
  options: { readonly store: Store; readonly events: Events },
  target: ReplyTarget,
  body: Json,
): StoredMessage {
  const { store } = options;
  const content = readContent(new Args(body), { tooLong: "cut" });
  const inChannel = body["response_type"] === "in_channel";
  const thread = textOf(body, "thread_ts") ?? target.thread_ts;
  const message = store.put(
    newMessage(store, {
      channel: target.channel,
      content,
      ...(thread === undefined ? {} : { thread_ts: thread }),
      ...(inChannel ? {} : { ephemeral_for: target.user }),
    }),
  );
  if (inChannel) options.events.messagePosted(message, target.channel);
  return message;
}
