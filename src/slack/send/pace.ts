import type { Clock } from "../../clock.ts";

/** So many at once, then one per `refillMs`. */
export interface Rate {
  readonly burst: number;
  readonly refillMs: number;
}

interface Bucket {
  tokens: number;
  at: number;
  /** Slack said `Retry-After`. */
  heldUntil: number;
}

const maxBuckets = 2_000;

/** Token buckets by key: when something may be sent next, and that it is being sent. */
export class Pace {
  readonly #clock: Clock;
  readonly #buckets = new Map<string, Bucket>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The time from which `take` may be called. */
  readyAt(key: string, rate: Rate): number {
    const bucket = this.#current(key, rate);
    const next = bucket.tokens >= 1 ? bucket.at : bucket.at + (1 - bucket.tokens) * rate.refillMs;
    return Math.max(next, bucket.heldUntil);
  }

  take(key: string, rate: Rate): void {
    this.#current(key, rate).tokens -= 1;
  }

  hold(key: string, { rate, until }: { readonly rate: Rate; readonly until: number }): void {
    const bucket = this.#current(key, rate);
    bucket.heldUntil = Math.max(bucket.heldUntil, until);
  }

  #current(key: string, rate: Rate): Bucket {
    const now = this.#clock.now();
    const bucket = this.#buckets.get(key) ?? { tokens: rate.burst, at: now, heldUntil: 0 };
    bucket.tokens = Math.min(rate.burst, bucket.tokens + Math.max(0, now - bucket.at) / rate.refillMs);
    bucket.at = now;
    // the one that was used longest ago goes first
    this.#buckets.delete(key);
    this.#buckets.set(key, bucket);
    if (this.#buckets.size > maxBuckets) this.#buckets.delete(this.#buckets.keys().next().value ?? "");
    return bucket;
  }
}
