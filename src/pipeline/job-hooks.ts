import { lastApproval } from "../../db/approvals.ts";
import { enqueue } from "../../db/outbox.ts";
import type { JobRow, StepRow } from "../../db/jobs.ts";
import type { Write } from "../../db/database.ts";
import { record } from "../audit/trail.ts";
import { UserError } from "../errors.ts";
import { failureOf, type Failure } from "../jobs/failure.ts";
import type { JobTeller } from "../jobs/runner-options.ts";
import { servicesFor, subjectOf, type Desk } from "./desk.ts";
import { authorizeCommand, authorizePlan } from "./authorize.ts";
import { identify, type Identity } from "./identify.ts";
import { digestOf, type Plan } from "./plan.ts";
import { planAgain, requestOf } from "./questions.ts";
import type { Reply } from "./reply.ts";
import { failureReply } from "./says.ts";

/**
 * Right before a job begins: is the person still who may do this, and is what they agreed to still what would happen?
 * A failure is the reason why it does not begin.
 */
export async function mayStart(desk: Desk, job: JobRow, signal: AbortSignal): Promise<Failure | undefined> {
  try {
    const identity = await identify(desk.directory, { teamId: job.team_id, userId: job.user_id }, signal);
    await desk.policy.reload(job.team_id);
    const approval = await lastApproval(desk.store.read, job.id);
    if (approval === undefined) {
      authorizeStored(desk, { job, identity, signal });
      return undefined;
    }
    const plan = await planAgain(desk, { job, identity, signal });
    if (digestOf(plan) === approval.digest) return undefined;
    return {
      code: "plan-changed",
      what: "What was confirmed is no longer what would happen, so nothing was done.",
      why: plan.findings.length === 0 ? "The instance has changed since." : `Now: ${plan.findings.join("; ")}.`,
      next: "Type the command again to be asked about it as it is now.",
      offers: [{ label: "Ask again", text: job.text }],
    };
  } catch (error) {
    signal.throwIfAborted();
    return failureOf(error);
  }
}

/** Judges a job by the plan that is on disk. A command that this version does not have gives nobody anything. */
function authorizeStored(
  desk: Desk,
  { job, identity, signal }: { readonly job: JobRow; readonly identity: Identity; readonly signal: AbortSignal },
): void {
  const command = desk.registry.commands.find(({ name }) => name === job.command);
  if (!command) {
    throw new UserError("command-unknown", {
      what: `There is no command ${job.command} in this version of the bot, so nothing was done.`,
      next: "Type it again as it is called now: `/lxd help`.",
    });
  }
  const subject = subjectOf(identity, job.channel_id);
  authorizeCommand(command, desk.policy.decide({ subject, demand: command.permission }));
  const { may } = servicesFor(desk, { request: requestOf(job, identity), identity, signal });
  authorizePlan(JSON.parse(job.plan) as Plan, may); // written by planRows
}

/** What of a job stands in its thread and in its story. The newest state is in the root message; replies are what is worth keeping. */
export function createTeller(desk: Pick<Desk, "clock">): JobTeller {
  async function tell(transaction: Write, job: JobRow, reply: Reply): Promise<void> {
    await enqueue(transaction, {
      requestId: job.request_id,
      jobId: job.id,
      destination: { type: "thread" },
      body: reply,
      at: desk.clock.now(),
    });
  }

  async function note(
    transaction: Write,
    job: JobRow,
    event: { readonly kind: "job" | "step"; readonly outcome: string; readonly body: unknown },
  ): Promise<void> {
    await record(transaction, desk.clock, {
      requestId: job.request_id,
      teamId: job.team_id,
      userId: job.user_id,
      target: job.id,
      ...event,
    });
  }

  return {
    begun: (transaction, job) => note(transaction, job, { kind: "job", outcome: "running", body: null }),
    takenUp: async (transaction, job) => {
      await note(transaction, job, { kind: "job", outcome: "taken up after a restart", body: null });
      const text =
        "🔁 The bot was restarted while this ran. It looks at the server to see how far this came, and goes on from there.";
      await tell(transaction, job, { summary: text, parts: [{ type: "text", text }] });
    },
    stepEnded: (transaction, job, step) =>
      note(transaction, job, {
        kind: "step",
        outcome: step.state,
        body: {
          says: step.says,
          kind: step.kind,
          operation: step.operation_id,
          outcome: step.outcome,
          failure: step.failure,
        },
      }),
    ended: async (transaction, job, steps) => {
      await note(transaction, job, { kind: "job", outcome: job.state, body: { failure: job.failure } });
      if (job.failure === null) return;
      const failure = JSON.parse(job.failure) as Failure; // written by the runner
      await tell(transaction, job, await failedReply(desk, transaction, { job, steps, failure }));
    },
  };
}

async function failedReply(
  desk: Pick<Desk, "clock">,
  transaction: Write,
  { job, steps, failure }: { readonly job: JobRow; readonly steps: readonly StepRow[]; readonly failure: Failure },
): Promise<Reply> {
  const reply = await failureReply(transaction, { failure, requestId: job.request_id, now: desk.clock.now() });
  const done = steps.filter(({ state }) => state === "done").map(({ says }) => says);
  const skipped = steps.filter(({ state }) => state === "skipped" || state === "pending").map(({ says }) => says);
  const [first, ...rest] = reply.parts;
  return {
    summary: reply.summary,
    parts: [
      ...(first ? [first] : []),
      ...(done.length === 0 ? [] : [{ type: "text", text: `Done before: ${done.join("; ")}.` } as const]),
      ...(skipped.length === 0 ? [] : [{ type: "text", text: `Not done: ${skipped.join("; ")}.` } as const]),
      ...rest,
    ],
  };
}
