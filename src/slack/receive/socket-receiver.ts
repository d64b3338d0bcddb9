import { SocketModeClient } from "@slack/socket-mode";
import type { App, Logger } from "@slack/bolt";
import type { Clock } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { webOptions } from "../web/client.ts";
import { failureOf, isFatal } from "../web/failures.ts";
import { renewal, renewGently } from "./gentle-renewal.ts";

/**
 * Two connections, so that a payload always finds one while the other is renewed: the library's client has none for five
 * seconds on every refresh that Slack asks for. Slack allows ten.
 */
const connectionCount = 2;
const connectTimeoutMs = 15_000;
const stopTimeoutMs = 3_000;
const firstDelayMs = 500;
const maxDelayMs = 30_000;
/** Slack closes a connection about ten seconds after it has announced so. */
const retiredMs = 30_000;
/** A connection that ended sooner than this counts as a failure. */
const shortLifeMs = 5_000;

export interface SocketReceiverOptions {
  readonly appToken: string;
  readonly apiUrl?: string | undefined;
  readonly logger: Logger;
  readonly log: Log;
  readonly clock: Clock;
  /** The token is no longer accepted: nothing can be received any more. */
  readonly onFatal: (error: Error) => void;
}

/** What the socket client tells of one payload (it has no types for it). */
interface Envelope {
  readonly envelope_id: string;
  // Bolt's own type for the payload that it gets
  // oxlint-disable-next-line typescript/no-explicit-any
  readonly body: Record<string, any>;
  readonly retry_num?: number;
  readonly retry_reason?: string;
}

/** Receives over Socket Mode, without a gap, and acknowledges only what the listeners have taken. */
export class SocketReceiver {
  readonly #options: SocketReceiverOptions;
  readonly #stopping = new AbortController();
  readonly #live = new Set<SocketModeClient>();
  /** Replaced, and still open. */
  readonly #retired = new Set<SocketModeClient>();
  readonly #working = new Set<Promise<void>>();
  #slots: Promise<void>[] = [];
  #app: App | undefined;

  constructor(options: SocketReceiverOptions) {
    this.#options = options;
  }

  init(app: App): void {
    this.#app = app;
  }

  get connections(): number {
    return this.#live.size;
  }

  /** Resolves when the first connection stands. Rejects when it cannot be opened. */
  async start(): Promise<void> {
    const first = await this.#open();
    this.#slots = Array.from({ length: connectionCount }, (_, slot) => this.#keep(slot === 0 ? first : undefined));
  }

  /** Takes nothing more, lets what was taken be acknowledged, and closes; at most three seconds long. */
  async stop(): Promise<void> {
    const done = this.#close();
    this.#stopping.abort();
    // the library waits up to 30 s for the other side to close
    const limit = new AbortController();
    await Promise.race([done, this.#options.clock.sleep(stopTimeoutMs, limit.signal).catch(() => undefined)]);
    limit.abort();
  }

  async #close(): Promise<void> {
    const open = [...this.#live, ...this.#retired];
    await Promise.allSettled(this.#working);
    await Promise.allSettled(open.map((client) => client.disconnect()));
    await Promise.allSettled(this.#slots);
  }

  /** Keeps one connection open until the receiver is stopped. */
  async #keep(opened: SocketModeClient | undefined): Promise<void> {
    const { clock, log, onFatal } = this.#options;
    const signal = this.#stopping.signal;
    let current = opened;
    let failures = 0;
    while (!signal.aborted) {
      let afterMs = 0;
      try {
        current ??= await this.#open();
        const since = clock.now();
        if ((await this.#ended(current)) === "renew") {
          const next = await this.#open();
          void this.#retire(current);
          current = next;
        } else {
          current = undefined;
        }
        failures = clock.now() - since < shortLifeMs ? failures + 1 : 0;
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === "refused" && isFatal(failure.error)) {
          onFatal(error instanceof Error ? error : new Error(failure.error));
          return;
        }
        failures += 1;
        if (failure.kind === "limited") afterMs = failure.afterMs;
        log.warn({ error: failure.error, failures }, "no connection to Slack");
      }
      // the first renewal is immediate: it is what Slack asked for
      const backoffMs = failures < 2 ? 0 : Math.min(firstDelayMs * 2 ** (failures - 2), maxDelayMs);
      await clock.sleep(Math.max(afterMs, backoffMs), signal).catch(() => undefined);
    }
  }

  /** Leaves a connection that has been replaced to Slack, which may still use it until it closes it. */
  async #retire(client: SocketModeClient): Promise<void> {
    const { clock } = this.#options;
    this.#live.delete(client);
    this.#retired.add(client);
    const closed = new AbortController();
    client.once("disconnected", () => closed.abort());
    const signal = AbortSignal.any([closed.signal, this.#stopping.signal]);
    await clock.sleep(retiredMs, signal).catch(() => undefined);
    this.#retired.delete(client);
    if (!closed.signal.aborted && !this.#stopping.signal.aborted) await client.disconnect();
  }

  async #open(): Promise<SocketModeClient> {
    const { appToken, apiUrl, logger, clock } = this.#options;
    const client = new SocketModeClient({
      appToken,
      logger,
      // we reconnect: the library does so too late, and an `invalid_auth` there is an unhandled rejection
      autoReconnectEnabled: false,
      clientOptions: webOptions({ apiUrl, logger }),
    });
    renewGently(client);
    client.on("slack_event", (envelope: Envelope) => this.#take(client, envelope));
    const limit = new AbortController();
    const tooLong = clock.sleep(connectTimeoutMs, limit.signal).then(() => {
      throw new Error(`no hello from Slack within ${connectTimeoutMs} ms`);
    });
    tooLong.catch(() => undefined);
    const started = client.start().catch((error: unknown) => {
      // a socket that closes before its hello rejects with nothing
      throw error ?? new Error("the connection was closed before Slack said hello");
    });
    try {
      await Promise.race([started, tooLong]);
    } catch (error) {
      started.catch(() => undefined);
      void client.disconnect();
      throw error;
    } finally {
      limit.abort();
    }
    this.#live.add(client);
    client.once("disconnected", () => this.#live.delete(client));
    return client;
  }

  /** Resolves when the connection is gone, or is about to go because Slack asks for a new one (or we stop). */
  #ended(client: SocketModeClient): Promise<"gone" | "renew"> {
    return new Promise((resolve) => {
      client.once("disconnected", () => {
        this.#live.delete(client);
        resolve("gone");
      });
      client.once(renewal, () => resolve("renew"));
      if (this.#stopping.signal.aborted || !this.#live.has(client)) resolve("gone");
      this.#stopping.signal.addEventListener("abort", () => resolve("gone"), { once: true });
    });
  }

  #take(client: SocketModeClient, envelope: Envelope): void {
    const work = this.#process(client, envelope).catch((error: unknown) => {
      // without an acknowledgement Slack tells the person, or delivers the event again
      this.#options.log.error({ error: messageOf(error) }, "a payload was not taken");
    });
    this.#working.add(work);
    void work.finally(() => this.#working.delete(work));
  }

  async #process(client: SocketModeClient, envelope: Envelope): Promise<void> {
    let answer: { readonly body: unknown } | undefined;
    await this.#app?.processEvent({
      body: envelope.body,
      // Bolt acknowledges events before the listeners run; ours waits until they have put them on disk
      ack: async (body?: unknown) => {
        answer = { body };
      },
      ...(envelope.retry_num === undefined ? {} : { retryNum: envelope.retry_num }),
      ...(envelope.retry_reason === undefined ? {} : { retryReason: envelope.retry_reason }),
    });
    if (answer === undefined) this.#options.log.warn({ type: envelope.body["type"] }, "nobody took a payload");
    else await this.#acknowledge(client, envelope.envelope_id, answer.body);
  }

  /** Over the connection it came by, or over the other one when that is being renewed. */
  async #acknowledge(client: SocketModeClient, id: string, body: unknown): Promise<void> {
    for (const one of new Set([client, ...this.#live])) {
      try {
        // private in the types, but what the library's own `ack` calls; its `ack` knows one connection only
        await one["send"](id, body ?? {});
        return;
      } catch {
        continue;
      }
    }
    this.#options.log.warn("an acknowledgement was lost with its connection");
  }
}
