import { newId } from "../ids.ts";
import type { Answer, Outgoing, Retry, Transport } from "./transport.ts";

/** How many deliveries can be redelivered; older ones are forgotten. */
const maxKept = 1_000;

/** One delivery and how often it was tried, for tests to look at. */
export interface DeliveryRecord {
  readonly id: string;
  readonly outgoing: Outgoing;
  readonly answers: readonly Answer[];
}

/** A delivery under way. */
export interface Delivery {
  readonly id: string;
  readonly answered: Promise<Answer>;
}

export interface DeliveriesOptions {
  readonly transport: () => Transport;
  readonly ackDeadlineMs: number;
  /** Waits before the repetitions of an event that was not acknowledged. Slack: at once, 1 min, 5 min. */
  readonly retryDelaysMs: readonly number[];
}

/** Sends payloads to the app, keeps them for redelivery, and repeats events that were not acknowledged. */
export class Deliveries {
  readonly #options: DeliveriesOptions;
  readonly #kept = new Map<string, { readonly outgoing: Outgoing; readonly answers: Answer[] }>();
  readonly #timers = new Set<NodeJS.Timeout>();
  #closed = false;

  constructor(options: DeliveriesOptions) {
    this.#options = options;
  }

  /** Commands and interactions are tried once, events up to four times; `answered` is the answer to the first try. */
  deliver(outgoing: Outgoing): Delivery {
    const id = newId("Dv");
    this.#kept.set(id, { outgoing, answers: [] });
    const [oldest] = this.#kept.keys();
    if (this.#kept.size > maxKept && oldest !== undefined) this.#kept.delete(oldest);
    return { id, answered: this.#first(id, outgoing) };
  }

  async #first(id: string, outgoing: Outgoing): Promise<Answer> {
    const answer = await this.#try(id);
    if (outgoing.kind === "events_api" && answer.type === "failed")
      this.#repeat(id, { attempt: 1, reason: answer.reason });
    return answer;
  }

  /** Sends the same payload once more, in a new envelope. Undefined when it is not known (any more). */
  async redeliver(id: string): Promise<Answer | undefined> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return undefined;
    return kept.outgoing.kind === "events_api" ? this.#try(id, { attempt: 1, reason: "timeout" }) : this.#try(id);
  }

  records(): readonly DeliveryRecord[] {
    return [...this.#kept].map(([id, { outgoing, answers }]) => ({ id, outgoing, answers: [...answers] }));
  }

  async #try(id: string, retry?: Retry): Promise<Answer> {
    const kept = this.#kept.get(id);
    if (kept === undefined) return { type: "failed", error: "dispatch_failed", reason: "forgotten" };
    const deadlineMs = this.#options.ackDeadlineMs;
    const answer = await this.#options
      .transport()
      .send(kept.outgoing, retry === undefined ? { deadlineMs } : { deadlineMs, retry });
    kept.answers.push(answer);
    return answer;
  }

  #repeat(id: string, retry: Retry): void {
    const delay = this.#options.retryDelaysMs[retry.attempt - 1];
    if (delay === undefined || this.#closed) return;
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      void this.#again(id, retry);
    }, delay);
    this.#timers.add(timer);
  }

  async #again(id: string, retry: Retry): Promise<void> {
    const answer = await this.#try(id, retry);
    if (answer.type === "failed") this.#repeat(id, { attempt: retry.attempt + 1, reason: answer.reason });
  }

  close(): void {
    this.#closed = true;
    for (const timer of this.#timers) clearTimeout(timer);
  }
}
