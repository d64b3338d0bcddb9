import type { Insertable, Selectable } from "kysely";
import type { Read, Write } from "./database.ts";
import type { JobState, JobTable, StepTable } from "./tables.ts";

export type JobRow = Selectable<JobTable>;
export type StepRow = Selectable<StepTable>;

/** The states in which a job is not over. */
export const openJobStates = ["asking", "queued", "running"] as const satisfies readonly JobState[];

export interface NewJob {
  readonly job: Insertable<JobTable>;
  readonly targets: readonly string[];
  readonly steps: readonly Pick<StepRow, "kind" | "version" | "input" | "says" | "lane">[];
}

/**
 * Writes a job with its targets and steps. When an equal job is open already, nothing is written and that one's id
 * comes back.
 */
export async function insertJob(
  transaction: Write,
  { job, targets, steps }: NewJob,
): Promise<{ readonly joined?: string }> {
  const inserted = await transaction
    .insertInto("jobs")
    .values(job)
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  if (inserted.numInsertedOrUpdatedRows !== 1n) {
    const alike = await transaction
      .selectFrom("jobs")
      .select("id")
      .where((where) => where.or([where("join_key", "=", job.join_key), where("request_id", "=", job.request_id)]))
      .where("state", "in", openJobStates)
      .executeTakeFirstOrThrow();
    return { joined: alike.id };
  }
  await writeTargetsAndSteps(transaction, { jobId: job.id, targets, steps });
  return {};
}

/** Gives a job that waits for an answer another plan. */
export async function replacePlan(
  transaction: Write,
  jobId: string,
  next: { readonly plan: string; readonly digest: string } & Pick<NewJob, "targets" | "steps">,
): Promise<void> {
  await transaction.updateTable("jobs").set({ plan: next.plan, digest: next.digest }).where("id", "=", jobId).execute();
  await transaction.deleteFrom("steps").where("job_id", "=", jobId).execute();
  await transaction.deleteFrom("job_targets").where("job_id", "=", jobId).execute();
  await writeTargetsAndSteps(transaction, { jobId, targets: next.targets, steps: next.steps });
}

async function writeTargetsAndSteps(
  transaction: Write,
  { jobId, targets, steps }: { readonly jobId: string } & Pick<NewJob, "targets" | "steps">,
): Promise<void> {
  if (targets.length > 0) {
    await transaction
      .insertInto("job_targets")
      .values([...new Set(targets)].map((target) => ({ job_id: jobId, target })))
      .execute();
  }
  for (const [position, step] of steps.entries()) {
    await transaction
      .insertInto("steps")
      .values({
        job_id: jobId,
        position,
        ...step,
        state: "pending",
        evidence: null,
        operation_id: null,
        progress: null,
        started_at: null,
        ended_at: null,
        outcome: null,
        failure: null,
      })
      .execute();
  }
}

export async function findJob(db: Read, id: string): Promise<JobRow | undefined> {
  return db.selectFrom("jobs").selectAll().where("id", "=", id).executeTakeFirst();
}

export async function stepsOf(db: Read, jobId: string): Promise<readonly StepRow[]> {
  return db.selectFrom("steps").selectAll().where("job_id", "=", jobId).orderBy("position").execute();
}

export async function targetsOf(db: Read, jobId: string): Promise<readonly string[]> {
  const rows = await db
    .selectFrom("job_targets")
    .select("target")
    .where("job_id", "=", jobId)
    .orderBy("target")
    .execute();
  return rows.map(({ target }) => target);
}

export interface JobFilter {
  readonly states?: readonly JobState[];
  readonly userId?: string;
  readonly target?: string;
  readonly limit: number;
}

/** Newest first. */
export async function listJobs(db: Read, filter: JobFilter): Promise<readonly JobRow[]> {
  let query = db.selectFrom("jobs").selectAll().orderBy("created_at", "desc").orderBy("id").limit(filter.limit);
  if (filter.states) query = query.where("state", "in", filter.states);
  if (filter.userId !== undefined) query = query.where("user_id", "=", filter.userId);
  if (filter.target !== undefined) {
    const target = filter.target;
    query = query.where("id", "in", (of) => of.selectFrom("job_targets").select("job_id").where("target", "=", target));
  }
  return query.execute();
}

/**
 * The jobs that stand before this one: open for longer, past their question, and sharing a target with it. Oldest first.
 * Those in `beginning` have been let go and are not written down as running yet: they stand before every other.
 */
export async function jobsAhead(
  db: Read,
  job: Pick<JobRow, "id" | "queued_at">,
  { beginning = [] }: { readonly beginning?: readonly string[] } = {},
): Promise<readonly JobRow[]> {
  return db
    .selectFrom("jobs")
    .selectAll()
    .where("state", "in", ["queued", "running"])
    .where("id", "!=", job.id)
    .where((where) =>
      where.or([
        where("state", "=", "running"),
        ...(beginning.length === 0 ? [] : [where("id", "in", beginning)]),
        where("queued_at", "<", job.queued_at ?? 0),
        where.and([where("queued_at", "=", job.queued_at ?? 0), where("id", "<", job.id)]),
      ]),
    )
    .where("id", "in", (of) =>
      of
        .selectFrom("job_targets as theirs")
        .innerJoin("job_targets as mine", "mine.target", "theirs.target")
        .where("mine.job_id", "=", job.id)
        .select("theirs.job_id"),
    )
    .orderBy("queued_at")
    .orderBy("id")
    .execute();
}

/** Moves a job from one state to another, if it is still there. One that is over forgets what only running it needed, secrets above all. */
export async function moveJob(
  transaction: Write,
  id: string,
  move: { readonly from: readonly JobState[]; readonly to: JobState } & Partial<
    Pick<JobRow, "queued_at" | "started_at" | "ended_at" | "failure">
  >,
): Promise<boolean> {
  const { from, to, ...columns } = move;
  const isOver = !openJobStates.some((state) => state === to);
  const result = await transaction
    .updateTable("jobs")
    .set({ state: to, ...columns, ...(isOver ? { input: null } : {}) })
    .where("id", "=", id)
    .where("state", "in", from)
    .executeTakeFirst();
  const moved = result.numUpdatedRows === 1n;
  if (moved && isOver) await transaction.updateTable("steps").set({ input: "{}" }).where("job_id", "=", id).execute();
  return moved;
}

export async function requestCancel(transaction: Write, id: string, at: number): Promise<boolean> {
  const result = await transaction
    .updateTable("jobs")
    .set({ cancel_requested_at: at })
    .where("id", "=", id)
    .where("state", "in", openJobStates)
    .where("cancel_requested_at", "is", null)
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function setThread(
  transaction: Write,
  id: string,
  thread: { readonly channel: string; readonly ts: string },
): Promise<void> {
  await transaction
    .updateTable("jobs")
    .set({ thread_channel: thread.channel, thread_ts: thread.ts })
    .where("id", "=", id)
    .execute();
}

export async function updateStep(
  transaction: Write,
  step: { readonly jobId: string; readonly position: number },
  columns: Partial<
    Pick<
      StepRow,
      "state" | "evidence" | "operation_id" | "progress" | "started_at" | "ended_at" | "outcome" | "failure"
    >
  >,
): Promise<void> {
  await transaction
    .updateTable("steps")
    .set(columns)
    .where("job_id", "=", step.jobId)
    .where("position", "=", step.position)
    .execute();
}

export async function countJobs(db: Read, states: readonly JobState[]): Promise<number> {
  const row = await db
    .selectFrom("jobs")
    .select((count) => count.fn.countAll<number>().as("n"))
    .where("state", "in", states)
    .executeTakeFirstOrThrow();
  return row.n;
}
