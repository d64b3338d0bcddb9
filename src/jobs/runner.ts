import { enqueueRoot } from "../../db/outbox.ts";
import {
  findJob,
  jobsAhead,
  listJobs,
  moveJob,
  requestCancel,
  stepsOf,
  updateStep,
  type JobRow,
  type StepRow,
} from "../../db/jobs.ts";
import type { JobState } from "../../db/tables.ts";
import { UserError } from "../errors.ts";
import { describeThrown, failureOf, isBug, type Failure } from "./failure.ts";
import { openJournal } from "./journal.ts";
import { Rerun } from "../rerun.ts";
import type { RunnerOptions } from "./runner-options.ts";
import { runServerStep, type StepEnd } from "./run-step.ts";
import type { StepContext, StepJob } from "./step-kind.ts";

/** How many jobs run at once; others wait in the order in which they were asked for. */
const maxRunningJobs = 16;
/** A job that the bot itself could not go on with (a full disk, a bug) is taken up again after this. */
const takeUpAgainMs = 10_000;

/** Thrown into what runs when the program is asked to end: the step stays on disk as it is. */
class Ending extends Error {}

interface Running {
  readonly cancel: AbortController;
  readonly done: Promise<void>;
}

/**
 * Runs the jobs that are on disk. A job runs when no job that was asked for earlier, and is not over, touches one of its
 * targets: that is the whole of the locking. It knows no kind of step by name.
 */
export class Runner implements AsyncDisposable {
  readonly #options: RunnerOptions;
  readonly #running = new Map<string, Running>();
  readonly #ending = new AbortController();
  readonly #looking = new Rerun(
    () => this.#look(),
    (error) => this.#options.log.error({ error: describeThrown(error) }, "looking for jobs failed"),
  );
  #started = false;

  constructor(options: RunnerOptions) {
    this.#options = options;
  }

  get runningCount(): number {
    return this.#running.size;
  }

  /** Takes up what a program that ended left running, then what waits. */
  async start(): Promise<void> {
    for (const job of await listJobs(this.#options.store.read, { states: ["running"], limit: 1_000 })) {
      await this.#options.store.write(async (transaction) => {
        await this.#options.tell.takenUp(transaction, job);
        await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: this.#options.clock.now() });
      });
      this.#launch(job);
    }
    this.#started = true;
    this.kick();
  }

  /** Looks for jobs that can run now. Cheap, and safe to call at any time; before `start` nothing begins. */
  kick(): void {
    if (this.#started && !this.#ending.signal.aborted) this.#looking.ask();
  }

  /** Asks a job to end at its next safe point. False when it has ended, or was asked already. */
  async cancel(jobId: string): Promise<boolean> {
    const { store, clock } = this.#options;
    const asked = await store.write((transaction) => requestCancel(transaction, jobId, clock.now()));
    if (!asked) return false;
    const running = this.#running.get(jobId);
    if (running) running.cancel.abort();
    else {
      await this.#end(jobId, { from: ["asking", "queued"], to: "cancelled", failure: undefined });
      this.kick();
    }
    return true;
  }

  /**
   * Begins no further jobs and waits until running steps have reached a point from which they can be taken up, at most
   * `graceMs`; then lets go of them.
   */
  async stop(graceMs: number): Promise<void> {
    this.#ending.abort(new Ending("the program ends"));
    await this.#looking.settled();
    const all = Promise.all([...this.#running.values()].map(({ done }) => done));
    await Promise.race([all, this.#options.clock.sleep(graceMs)]);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  async #look(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    const { store } = this.#options;
    await this.#takeUpStopped();
    const waiting = await listJobs(store.read, { states: ["queued"], limit: 1_000 });
    const oldestFirst = waiting.toSorted((a, b) => (a.queued_at ?? 0) - (b.queued_at ?? 0) || (a.id < b.id ? -1 : 1));
    for (const job of oldestFirst) {
      if (this.#running.size >= maxRunningJobs || this.#ending.signal.aborted) return;
      if (this.#running.has(job.id)) continue;
      if ((await jobsAhead(store.read, job, { beginning: [...this.#running.keys()] })).length > 0) continue;
      this.#launch(job);
    }
  }

  /** Jobs that run by what is on disk, and do not here: the bot could not write how they went on. */
  async #takeUpStopped(): Promise<void> {
    const { store } = this.#options;
    for (const { id } of await listJobs(store.read, { states: ["running"], limit: 1_000 })) {
      if (this.#ending.signal.aborted) return;
      if (this.#running.has(id)) continue;
      // it may have ended since it was listed
      const job = await findJob(store.read, id);
      if (job?.state === "running") this.#launch(job);
    }
  }

  #launch(job: JobRow): void {
    const cancel = new AbortController();
    if (job.cancel_requested_at !== null) cancel.abort();
    const done = this.#run(job, cancel.signal)
      .catch(async (error: unknown) => {
        if (this.#ending.signal.aborted) return;
        this.#options.log.error(
          { jobId: job.id, requestId: job.request_id, error: describeThrown(error) },
          "a job stopped",
        );
        await this.#options.clock.sleep(takeUpAgainMs, this.#ending.signal).catch(() => undefined);
      })
      .finally(() => {
        this.#running.delete(job.id);
        this.#options.changed();
        this.kick();
      });
    this.#running.set(job.id, { cancel, done });
  }

  async #run(job: JobRow, cancel: AbortSignal): Promise<void> {
    const { store, clock, tell, boundary, mayStart } = this.#options;
    if (job.state === "queued") {
      const failure = await mayStart(job, this.#ending.signal);
      if (failure) {
        await this.#end(job.id, { to: "failed", from: ["queued"], failure });
        return;
      }
      const begun = await store.write(async (transaction) => {
        const moved = await moveJob(transaction, job.id, { from: ["queued"], to: "running", started_at: clock.now() });
        if (!moved) return false;
        await tell.begun(transaction, job);
        await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: clock.now() });
        return true;
      });
      if (!begun) return;
      this.#options.changed();
      boundary("job begun");
    }
    const steps = await stepsOf(store.read, job.id);
    const lanes = Map.groupBy(steps, ({ lane }) => lane);
    const failures = await Promise.all([...lanes.values()].map((lane) => this.#runLane(job, lane, cancel)));
    const after = await stepsOf(store.read, job.id);
    await this.#end(job.id, {
      from: ["running"],
      to: endStateOf(after, cancel),
      failure: failures.find((failure) => failure !== undefined),
    });
    boundary("job ended");
  }

  /** Steps one after the other; the first that does not end well ends the lane. */
  async #runLane(job: JobRow, lane: readonly StepRow[], cancel: AbortSignal): Promise<Failure | undefined> {
    for (const [index, step] of lane.entries()) {
      if (step.state === "done") continue;
      if (step.state !== "pending" && step.state !== "running") return parseFailure(step.failure);
      const after = lane.slice(index + 1);
      const end = await this.#runStep(job, step, cancel);
      try {
        const failure = await this.#writeStepEnd(job, step, { end, after });
        if (end.state !== "done") return failure;
      } catch (error) {
        // a local step is its own write: when that is refused, nothing of it is on disk
        const isLocal = this.#options.kinds.find(step.kind, step.version)?.type === "local";
        if (!isLocal || end.state !== "done") throw error;
        return this.#writeStepEnd(job, step, { end: { state: "failed", error }, after });
      }
    }
    return undefined;
  }

  async #runStep(job: JobRow, step: StepRow, cancel: AbortSignal): Promise<StepEnd> {
    const { kinds, clock, boundary, servers } = this.#options;
    const kind = kinds.find(step.kind, step.version);
    if (!kind) return { state: "unknown", error: foreignStep(step) };
    const signal = this.#ending.signal;
    const context: StepContext = {
      job: stepJobOf(job),
      signal,
      clock,
      thread: async () => {
        const now = await findJob(this.#options.store.read, job.id);
        return now?.thread_channel && now.thread_ts ? { channel: now.thread_channel, ts: now.thread_ts } : undefined;
      },
      lxd: (remote) => servers.lxd(remote, { requestId: job.request_id, signal }),
      dial: (remote, endpoint) => servers.dial(remote, endpoint, { requestId: job.request_id, signal }),
    };
    if (kind.type === "local") return cancel.aborted ? { state: "cancelled" } : { state: "done" };
    const journal = openJournal({ ...this.#options, job, step });
    try {
      return await runServerStep({ clock, boundary }, { kind, row: step, context, journal, cancel });
    } catch (error) {
      signal.throwIfAborted();
      return { state: "failed", error };
    } finally {
      await journal.settled();
    }
  }

  async #writeStepEnd(
    job: JobRow,
    step: StepRow,
    { end, after }: { readonly end: StepEnd; readonly after: readonly StepRow[] },
  ): Promise<Failure | undefined> {
    const { store, clock, tell, kinds, log } = this.#options;
    const failure = "error" in end ? failureOf(end.error) : undefined;
    if ("error" in end && isBug(end.error)) {
      log.error(
        { jobId: job.id, requestId: job.request_id, error: describeThrown(end.error) },
        "a step failed by a bug",
      );
    }
    await store.write(async (transaction) => {
      const kind = kinds.find(step.kind, step.version);
      const now = clock.now();
      const local =
        kind?.type === "local" && end.state === "done"
          ? await kind.write(transaction, kind.input.parse(JSON.parse(step.input)), { job: stepJobOf(job), now })
          : undefined;
      const says = end.state === "done" ? (end.says ?? local) : undefined;
      await updateStep(
        transaction,
        { jobId: job.id, position: step.position },
        {
          state: end.state === "cancelled" ? "skipped" : end.state,
          ended_at: now,
          progress: null,
          outcome:
            says === undefined ? null : JSON.stringify({ says, found: end.state === "done" && end.found === true }),
          failure: failure === undefined ? null : JSON.stringify(failure),
        },
      );
      for (const later of end.state === "done" ? [] : after) {
        await updateStep(transaction, { jobId: job.id, position: later.position }, { state: "skipped", ended_at: now });
      }
      const written = (await stepsOf(transaction, job.id)).find(({ position }) => position === step.position);
      if (written) await tell.stepEnded(transaction, job, written);
      await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: now });
    });
    this.#options.changed();
    this.#options.boundary(`${step.position}:${step.kind} ended`);
    return failure;
  }

  async #end(
    jobId: string,
    end: { readonly from: readonly JobState[]; readonly to: JobState; readonly failure: Failure | undefined },
  ): Promise<void> {
    const { store, clock, tell } = this.#options;
    await store.write(async (transaction) => {
      const moved = await moveJob(transaction, jobId, {
        from: end.from,
        to: end.to,
        ended_at: clock.now(),
        failure: end.failure === undefined ? null : JSON.stringify(end.failure),
      });
      if (!moved) return;
      const written = await findJob(transaction, jobId);
      if (!written) return;
      await tell.ended(transaction, written, await stepsOf(transaction, jobId));
      await enqueueRoot(transaction, { jobId, requestId: written.request_id, at: clock.now() });
    });
    this.#options.changed();
  }
}

function endStateOf(steps: readonly StepRow[], cancel: AbortSignal): JobState {
  if (steps.some(({ state }) => state === "unknown")) return "unknown";
  if (steps.some(({ state }) => state === "failed")) return "failed";
  if (steps.every(({ state }) => state === "done")) return "succeeded";
  return cancel.aborted ? "cancelled" : "failed";
}

function stepJobOf(job: JobRow): StepJob {
  return {
    id: job.id,
    requestId: job.request_id,
    teamId: job.team_id,
    userId: job.user_id,
  };
}

function parseFailure(failure: string | null): Failure | undefined {
  // written by this module
  return failure === null ? undefined : (JSON.parse(failure) as Failure);
}

function foreignStep(step: StepRow): UserError {
  return new UserError("outcome-unknown", {
    what: `The step "${step.says}" was planned by another version of the bot, which this one does not know.`,
    next: "Look at the instance, then type the command again.",
  });
}
