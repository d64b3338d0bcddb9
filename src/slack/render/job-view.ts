import { z } from "zod";
import { lastApproval } from "../../../db/approvals.ts";
import type { Read } from "../../../db/database.ts";
import { jobsAhead, stepsOf, type JobRow, type StepRow } from "../../../db/jobs.ts";
import type { JobState, StepTable } from "../../../db/tables.ts";
import type { Plan } from "../../pipeline/plan.ts";
import type { Part } from "../../pipeline/reply.ts";

const Failure = z.object({
  code: z.string(),
  what: z.string(),
  why: z.string().optional(),
  next: z.string().optional(),
});
export type Failure = z.infer<typeof Failure>;

const Progress = z.object({
  stage: z.string().default(""),
  text: z.string().default(""),
  percent: z.number().optional(),
});

export interface StepView {
  readonly says: string;
  readonly state: StepTable["state"];
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly progress?:
    | { readonly stage: string; readonly text: string; readonly percent?: number | undefined }
    | undefined;
  readonly failure?: Failure | undefined;
}

/** All that a job's root message shows. */
export interface JobView {
  readonly id: string;
  readonly requestId: string;
  readonly title: string;
  readonly state: JobState;
  readonly userId: string;
  readonly channelId: string;
  readonly createdAt: number;
  readonly startedAt: number | null;
  readonly endedAt: number | null;
  readonly now: number;
  readonly cancelRequested: boolean;
  readonly steps: readonly StepView[];
  readonly findings: readonly string[];
  /** What is other than when it was asked before. */
  readonly changed: readonly string[];
  readonly done: string;
  /** Ids of the jobs that it waits for. */
  readonly behind: readonly string[];
  readonly failure?: Failure | undefined;
  /** While the requester is asked. */
  readonly question?:
    | {
        readonly approvalId: string;
        readonly expiresAt: number;
        readonly button: string;
        readonly parts: readonly Part[];
        readonly destroys: boolean;
      }
    | undefined;
}

/** Step kinds that lose something for good; their button is red. */
const destroying = /(delete|destroy|remove|rebuild|restore|force)/;

/** The newest state of a job, as its root message tells it. */
export async function loadJobView(db: Read, job: JobRow, now: number): Promise<JobView> {
  const steps = await stepsOf(db, job.id);
  // written by us; what an older program wrote may lack something, and is shown without it
  const plan: Partial<Plan> = JSON.parse(job.plan) as Partial<Plan>;
  const approval = job.state === "asking" ? await lastApproval(db, job.id) : undefined;
  const ahead = job.state === "queued" ? await jobsAhead(db, job) : [];
  return {
    id: job.id,
    requestId: job.request_id,
    title: plan.title ?? job.text,
    state: job.state,
    userId: job.user_id,
    channelId: job.channel_id,
    createdAt: job.created_at,
    startedAt: job.started_at,
    endedAt: job.ended_at,
    now,
    cancelRequested: job.cancel_requested_at !== null,
    steps: steps.map((step) => stepView(step)),
    findings: plan.findings ?? [],
    changed: plan.changed ?? [],
    done: plan.done ?? "Done.",
    behind: ahead.map(({ id }) => id),
    failure: parsed(Failure, job.failure),
    question:
      approval?.state === "pending"
        ? {
            approvalId: approval.id,
            expiresAt: approval.expires_at,
            button: plan.confirm?.button ?? "Go ahead",
            parts: plan.confirm?.parts ?? [],
            destroys: steps.some(({ kind }) => destroying.test(kind)),
          }
        : undefined,
  };
}

function stepView(step: StepRow): StepView {
  return {
    says: step.says,
    state: step.state,
    startedAt: step.started_at,
    endedAt: step.ended_at,
    progress: step.state === "running" ? parsed(Progress, step.progress) : undefined,
    failure: parsed(Failure, step.failure),
  };
}

/** A message is shown even when a column of it cannot be read. */
function parsed<T>(schema: z.ZodType<T>, json: string | null): T | undefined {
  if (json === null) return undefined;
  try {
    return schema.parse(JSON.parse(json));
  } catch {
    return undefined;
  }
}
