import type { WebClient } from "@slack/web-api";
import type { Store } from "../../db/database.ts";
import { findJob, setThread, type JobRow } from "../../db/jobs.ts";
import { beginSending, endSending, enqueue, openMessages, type OutboxRow } from "../../db/outbox.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Reply } from "../pipeline/reply.ts";
import { renderJob } from "./render/job.ts";
import { loadJobView } from "./render/job-view.ts";
import { renderReply, type Rendered } from "./render/reply.ts";
import { deliver, type Delivery, type Posted } from "./send/deliver.ts";
import { laneOf, type Lane } from "./send/lanes.ts";
import { Pace } from "./send/pace.ts";
import { pointer } from "./send/pointer.ts";
import type { ResponseUrls } from "./send/response-url.ts";

const maxParallel = 8;
const firstRetryMs = 1_000;
const maxRetryMs = 60_000;
/** A row that fails for so long is given up: what it says is news no more, and others wait behind it. */
const defaultGiveUpAfterMs = 60 * 60_000;
/** When the database cannot be read or written. */
const storeRetryMs = 1_000;

export interface OutboxSenderOptions {
  readonly store: Store;
  readonly web: WebClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly urls: ResponseUrls;
  readonly opsChannel?: string | undefined;
  readonly giveUpAfterMs?: number | undefined;
}

interface Ready {
  readonly row: OutboxRow;
  readonly job: JobRow | undefined;
  readonly lane: Lane;
}

/**
 * Sends what the outbox holds: in order within a lane (a channel's posts, a job's root message, what one person alone
 * sees), lanes side by side, no faster than Slack allows. A row stays `queued` until its turn, so that what comes
 * meanwhile is in it.
 */
export class OutboxSender {
  readonly #options: OutboxSenderOptions;
  readonly #pace: Pace;
  /** By lane. A row in `sending` whose lane is not among these has an unknown end. */
  readonly #sending = new Map<string, Promise<void>>();
  readonly #stopping = new AbortController();
  #timer = new AbortController();
  #scan: Promise<void> | undefined;
  #kicked = false;
  #nextAt = Infinity;

  constructor(options: OutboxSenderOptions) {
    this.#options = options;
    this.#pace = new Pace(options.clock);
  }

  /** Looks at the outbox soon: to be called after every commit that has put something in. */
  kick(): void {
    if (this.#stopping.signal.aborted) return;
    this.#kicked = true;
    this.#scan ??= this.#scanWhileKicked().finally(() => {
      this.#scan = undefined;
      if (this.#kicked) this.kick();
    });
  }

  /** Sends what can be sent until `deadline`, then no more. What is under way then is looked up at the next start. */
  async stop(deadline: number): Promise<void> {
    const { clock } = this.#options;
    this.kick();
    while (clock.now() < deadline) {
      await this.#scan;
      if (this.#sending.size === 0 && this.#nextAt > deadline) break;
      const until = new AbortController();
      const wake = this.#sending.size === 0 ? Math.min(this.#nextAt, deadline) : deadline;
      const slept = clock.sleep(Math.max(1, wake - clock.now()), until.signal).catch(() => undefined);
      await Promise.race([slept, ...this.#sending.values()]);
      until.abort();
      this.kick();
    }
    this.#stopping.abort();
    this.#timer.abort();
    await this.#scan;
  }

  async #scanWhileKicked(): Promise<void> {
    while (this.#kicked && !this.#stopping.signal.aborted) {
      this.#kicked = false;
      try {
        await this.#startWhatIsReady();
      } catch (error) {
        this.#options.log.error({ error: messageOf(error) }, "the outbox cannot be read");
        this.#nextAt = this.#options.clock.now() + storeRetryMs;
      }
    }
    this.#sleep();
  }

  #sleep(): void {
    this.#timer.abort();
    this.#timer = new AbortController();
    const { clock } = this.#options;
    if (this.#nextAt === Infinity || this.#stopping.signal.aborted) return;
    clock.sleep(Math.max(1, this.#nextAt - clock.now()), this.#timer.signal).then(
      () => this.kick(),
      () => undefined,
    );
  }

  async #startWhatIsReady(): Promise<void> {
    const { store, clock } = this.#options;
    const jobs = new Map<string, JobRow | undefined>();
    const lanes = new Set<string>();
    this.#nextAt = Infinity;
    for (const row of await openMessages(store.read)) {
      if (row.job_id !== null && !jobs.has(row.job_id)) jobs.set(row.job_id, await findJob(store.read, row.job_id));
      const job = row.job_id === null ? undefined : jobs.get(row.job_id);
      const lane = laneOf(row, job);
      if (lanes.has(lane.key)) continue;
      lanes.add(lane.key);
      if (this.#sending.has(lane.key) || this.#stopping.signal.aborted) continue;
      const now = clock.now();
      const readyAt = this.#readyAt({ row, job, lane });
      if (readyAt > now) this.#nextAt = Math.min(this.#nextAt, readyAt);
      else if (this.#sending.size < maxParallel) this.#start({ row, job, lane });
    }
  }

  #readyAt({ row, lane }: Ready): number {
    // it waits for its job's root message, which wakes us; a job that never gets one must not keep it for ever
    if (lane.waits) return row.created_at + this.#giveUpAfterMs;
    return Math.max(row.not_before, ...lane.rates.map(({ key, rate }) => this.#pace.readyAt(key, rate)));
  }

  get #giveUpAfterMs(): number {
    return this.#options.giveUpAfterMs ?? defaultGiveUpAfterMs;
  }

  #start(ready: Ready): void {
    for (const { key, rate } of ready.lane.rates) this.#pace.take(key, rate);
    const work = this.#send(ready)
      .catch((error: unknown) => {
        this.#options.log.error({ outbox: ready.row.id, error: messageOf(error) }, "a message could not be handled");
        return this.#options.clock.sleep(storeRetryMs, this.#stopping.signal).catch(() => undefined);
      })
      .finally(() => {
        this.#sending.delete(ready.lane.key);
        this.kick();
      });
    this.#sending.set(ready.lane.key, work);
  }

  async #send({ row, job, lane }: Ready): Promise<void> {
    const { store, web, log, opsChannel } = this.#options;
    await store.write((transaction) => beginSending(transaction, row.position));
    const rendered = await this.#render(row, job);
    const letter = { row, job, rendered, repeated: row.state === "sending" };
    const delivery = await deliver({ web, log, opsChannel }, letter);
    if (this.#stopping.signal.aborted) return;
    await this.#end({ row, job, lane }, delivery);
  }

  async #render(row: OutboxRow, job: JobRow | undefined): Promise<Rendered> {
    const { store, clock, log } = this.#options;
    try {
      if (row.kind !== "root") return renderReply(JSON.parse(row.body ?? "{}") as Reply); // written by `enqueue`
      // the newest state: the one that the scan read may be older
      const newest = job === undefined ? undefined : await findJob(store.read, job.id);
      if (newest !== undefined) return renderJob(await loadJobView(store.read, newest, clock.now()));
    } catch (error) {
      log.error({ outbox: row.id, error: messageOf(error) }, "a message could not be rendered");
    }
    return { text: `There is news, but it cannot be shown: \`/lxd why ${row.request_id}\``, blocks: [] };
  }

  async #end({ row, job, lane }: Ready, delivery: Delivery): Promise<void> {
    const { store, clock, log } = this.#options;
    const now = clock.now();
    if ("posted" in delivery) {
      const follow = await this.#followRoot({ row, job, posted: delivery.posted });
      await store.write(async (transaction) => {
        if (follow !== undefined) {
          await setThread(transaction, follow.jobId, follow.posted);
          if (follow.pointer !== undefined) await enqueue(transaction, follow.pointer);
        }
        await endSending(transaction, row.position, { state: "sent", at: now });
      });
      return;
    }
    const { failure } = delivery;
    if (failure.kind === "refused" || now - row.created_at >= this.#giveUpAfterMs) {
      log.warn(
        { outbox: row.id, kind: row.kind, error: failure.error, request: row.request_id },
        "a message was given up",
      );
      await store.write((transaction) =>
        endSending(transaction, row.position, { state: "failed", at: now, error: failure.error }),
      );
      return;
    }
    const afterMs =
      failure.kind === "limited"
        ? failure.afterMs
        : Math.min(firstRetryMs * 2 ** Math.min(row.attempts, 16), maxRetryMs);
    if (failure.kind === "limited") {
      for (const { key, rate } of lane.rates) this.#pace.hold(key, { rate, until: now + afterMs });
    }
    log.info({ outbox: row.id, error: failure.error, afterMs }, "a message will be sent again");
    await store.write((transaction) =>
      endSending(transaction, row.position, {
        state: "again",
        notBefore: now + afterMs,
        error: failure.error,
        // an unknown end stays unknown until the message has been looked for
        unknown: failure.kind === "unknown" || row.state === "sending",
      }),
    );
  }

  /** A job's first message makes its thread; where that is not where the command was typed, the reader is told. */
  async #followRoot({ row, job, posted }: { row: OutboxRow; job: JobRow | undefined; posted: Posted | null }) {
    if (row.kind !== "root" || job === undefined || posted === null) return undefined;
    const { web, urls, clock } = this.#options;
    const note =
      posted.channel === job.channel_id ? undefined : await pointer({ web, urls, now: clock.now() }, { job, posted });
    return { jobId: job.id, posted, pointer: note };
  }
}
