import { fileURLToPath } from "node:url";
import type { Insertable } from "kysely";
import { startLocalSlack } from "../../sandbox/slack/server.ts";
import type { LocalSlack, LocalSlackOptions } from "../../sandbox/slack/local-slack.ts";
import { openStore, type Store } from "../../db/database.ts";
import { insertJob, type NewJob } from "../../db/jobs.ts";
import { enqueue, enqueueRoot, type Destination } from "../../db/outbox.ts";
import type { JobTable } from "../../db/tables.ts";
import { newId, systemClock, type Clock } from "../../src/clock.ts";
import { createLog } from "../../src/log.ts";
import type { Incoming, Intake } from "../../src/pipeline/intake.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { say, type Reply } from "../../src/pipeline/reply.ts";
import { createSlack, type Slack, type SlackOptions } from "../../src/slack/app.ts";

export const manifestFile = fileURLToPath(new URL("../../manifest.yml", import.meta.url));

export const alice = "U0ALICE01";
export const ops = "C0OPS0001";
export const dev = "C0DEV0001";
export const secret = "C0SECRET1";
export const team = "T0ACME001";

/** An intake that notes what arrives, once per id as the real one, and answers what the test wants. */
export class NotedIntake implements Intake {
  readonly seen: Incoming[] = [];
  readonly #ids = new Set<string>();
  answer: (incoming: Incoming) => Promise<Reply | null> = () => Promise.resolve(say("Understood."));
  errors: Readonly<Record<string, string>> | null = null;

  #take(incoming: Incoming): boolean {
    if (this.#ids.has(incoming.id)) return false;
    this.#ids.add(incoming.id);
    this.seen.push(incoming);
    return true;
  }

  command: Intake["command"] = async (incoming) => (this.#take(incoming) ? this.answer(incoming) : null);
  click: Intake["click"] = async (incoming) => {
    this.#take(incoming);
    await this.answer(incoming);
  };
  submission: Intake["submission"] = async (incoming) => {
    this.#take(incoming);
    return this.errors;
  };
  mention: Intake["mention"] = async (incoming) => {
    await this.answer(incoming);
    this.#take(incoming);
  };
}

export interface Bot extends AsyncDisposable {
  readonly slack: Slack;
  readonly intake: NotedIntake;
  readonly store: Store;
  readonly lines: readonly Record<string, unknown>[];
  readonly fatal: readonly Error[];
}

export interface BotOptions {
  readonly store?: Store;
  readonly mode?: SlackOptions["mode"];
  readonly opsChannel?: string;
  readonly clock?: Clock;
  readonly limits?: NonNullable<SlackOptions["limits"]>;
}

export function localSlack(options: LocalSlackOptions = {}): Promise<LocalSlack> {
  return startLocalSlack({ manifest: manifestFile, ...options });
}

/** The real adapter against a local Slack, started. */
export async function startBot(world: LocalSlack, options: BotOptions = {}): Promise<Bot> {
  const intake = new NotedIntake();
  const store = options.store ?? (await openStore(":memory:"));
  const lines: Record<string, unknown>[] = [];
  const fatal: Error[] = [];
  const log = createLog("debug", {
    write: (line: string) => void lines.push(JSON.parse(line) as Record<string, unknown>),
  });
  const slack = createSlack({
    mode: options.mode ?? { type: "socket", appToken: world.appToken },
    botToken: world.botToken,
    apiUrl: world.apiUrl,
    intake,
    store,
    log,
    clock: options.clock ?? systemClock,
    opsChannel: options.opsChannel,
    onFatal: (error) => fatal.push(error),
    limits: { flushMs: 300, ...options.limits },
  });
  await slack.start();
  return {
    slack,
    intake,
    store,
    lines,
    fatal,
    [Symbol.asyncDispose]: async () => {
      await slack.stop();
      if (options.store === undefined) await store[Symbol.asyncDispose]();
    },
  };
}

export const plan: Plan = {
  title: "Launch lxd1:web1 from busybox",
  touches: [],
  steps: [],
  findings: [],
  results: [],
  basis: null,
  done: "lxd1:web1 is running.",
};

export function newJob(columns: Partial<Insertable<JobTable>> = {}): NewJob["job"] {
  const id = newId("j");
  return {
    id,
    request_id: newId("r"),
    team_id: team,
    user_id: alice,
    user_name: "alice",
    channel_id: ops,
    command: "launch",
    text: "launch busybox lxd1:web1",
    input: null,
    plan: JSON.stringify(plan),
    digest: "",
    join_key: id,
    state: "running",
    cancel_requested_at: null,
    created_at: Date.now(),
    queued_at: Date.now(),
    started_at: Date.now(),
    ended_at: null,
    failure: null,
    thread_channel: null,
    thread_ts: null,
    ...columns,
  };
}

/** A job with its root message asked for. */
export async function putJob(store: Store, columns: Partial<Insertable<JobTable>> = {}, steps: NewJob["steps"] = []) {
  const job = newJob(columns);
  await store.write(async (transaction) => {
    await insertJob(transaction, { job, targets: [], steps });
    await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: Date.now() });
  });
  return job;
}

export async function putMessage(store: Store, destination: Destination, reply: Reply, jobId?: string): Promise<void> {
  await store.write((transaction) =>
    enqueue(transaction, {
      requestId: newId("r"),
      destination,
      body: reply,
      at: Date.now(),
      ...(jobId === undefined ? {} : { jobId }),
    }),
  );
}
