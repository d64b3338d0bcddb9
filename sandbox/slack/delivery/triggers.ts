import { randomInt } from "node:crypto";
import type { Clock } from "../clock.ts";
import { newSecret } from "../ids.ts";

/* https://docs.slack.dev/interactivity/handling-user-interaction */
const lifetimeMs = 3_000;
const pattern = /^\d+\.\d+\.[a-z0-9]+$/;

interface Trigger {
  readonly user: string;
  /** The view in which the person acted; `views.push` goes on top of it. */
  readonly view?: string;
  readonly until: number;
  used: boolean;
}

export type Exchanged =
  | { readonly ok: true; readonly user: string; readonly view?: string }
  | { readonly ok: false; readonly error: "invalid_trigger_id" | "expired_trigger_id" | "exchanged_trigger_id" };

/** `trigger_id`s: three seconds, single use. */
export class Triggers {
  readonly #clock: Clock;
  readonly #known = new Map<string, Trigger>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  create(user: string, view?: string): string {
    const id = `${randomInt(1e9, 1e10)}.${randomInt(1e9, 1e10)}.${newSecret()}`;
    const until = this.#clock.now() + lifetimeMs;
    this.#known.set(id, { user, until, used: false, ...(view === undefined ? {} : { view }) });
    return id;
  }

  exchange(id: string): Exchanged {
    const trigger = this.#known.get(id);
    if (trigger === undefined || !pattern.test(id)) return { ok: false, error: "invalid_trigger_id" };
    if (trigger.used) return { ok: false, error: "exchanged_trigger_id" };
    if (trigger.until < this.#clock.now()) return { ok: false, error: "expired_trigger_id" };
    trigger.used = true;
    return { ok: true, user: trigger.user, ...(trigger.view === undefined ? {} : { view: trigger.view }) };
  }
}
