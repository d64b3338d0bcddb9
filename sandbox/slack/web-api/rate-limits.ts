import type { Clock } from "../clock.ts";
import type { MethodFacts } from "../facts/methods.ts";

/* https://docs.slack.dev/apis/web-api/rate-limits: per method, per workspace, per app. */
const callsAMinute = { 1: 1, 2: 20, 3: 50, 4: 100, special: 600 } as const satisfies Record<
  MethodFacts["tier"],
  number
>;
/** "One message a second for each channel, short bursts are allowed"; how short is not documented. */
const messagesASecond = 1;
const messageBurst = 5;
/** "Several hundred messages a minute" for a workspace. */
const messagesAMinute = 300;

interface Bucket {
  tokens: number;
  at: number;
}

/** Buckets that fill up again; what is not in a bucket is refused with the seconds to wait. */
export class RateLimits {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Undefined when the call may pass, else Slack's `Retry-After` in seconds. */
  take(
    method: string,
    options: { readonly tier: MethodFacts["tier"]; readonly channel: string | undefined },
  ): number | undefined {
    if (method !== "chat.postMessage") {
      const perMinute = callsAMinute[options.tier];
      return this.#take(method, { size: perMinute, perSecond: perMinute / 60 });
    }
    const wait = this.#take(`${method} ${options.channel ?? ""}`, { size: messageBurst, perSecond: messagesASecond });
    return wait ?? this.#take(method, { size: messagesAMinute, perSecond: messagesAMinute / 60 });
  }

  #take(key: string, limit: { readonly size: number; readonly perSecond: number }): number | undefined {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: limit.size, at: now };
    bucket.tokens = Math.min(limit.size, bucket.tokens + ((now - bucket.at) / 1000) * limit.perSecond);
    bucket.at = now;
    this.#buckets.set(key, bucket);
    if (bucket.tokens < 1) return Math.max(1, Math.ceil((1 - bucket.tokens) / limit.perSecond));
    bucket.tokens -= 1;
    return undefined;
  }
}
