import { decideApproval, findApproval, type ApprovalRow } from "../../db/approvals.ts";
import { endArrival } from "../../db/inbox.ts";
import { findJob, moveJob, replacePlan, type JobRow } from "../../db/jobs.ts";
import { enqueueRoot } from "../../db/outbox.ts";
import type { Write } from "../../db/database.ts";
import { record } from "../audit/trail.ts";
import { UserError } from "../errors.ts";
import { authorizeCommand, authorizePlan } from "./authorize.ts";
import type { JobCommand } from "./define.ts";
import { narrow, servicesFor, subjectOf, type Desk } from "./desk.ts";
import type { Identity } from "./identify.ts";
import { parseCommand } from "./grammar/parse.ts";
import { digestOf, planRows, type Plan } from "./plan.ts";
import type { Request } from "./request.ts";
import { openQuestion } from "./run-command.ts";

export interface Answer {
  readonly arrivalId: string;
  readonly identity: Identity;
  /** The id that the button carried; everything else is read from the database. */
  readonly approvalId: string;
  readonly confirmed: boolean;
}

/**
 * The click on a question. Only who asked may answer; what runs is read from the database, planned again, and is
 * refused (and asked again, with the difference) when it is no longer what was shown.
 * @throws UserError for a click that changes nothing
 */
export async function answerQuestion(desk: Desk, answer: Answer, signal: AbortSignal): Promise<void> {
  const { clock, store } = desk;
  const approval = await findApproval(store.read, answer.approvalId);
  const job = approval && (await findJob(store.read, approval.job_id));
  if (!approval || !job) {
    throw new UserError("message-foreign", {
      what: "The bot knows nothing of this question, so nothing was done.",
      why: "It may be older than the bot's database (restored from a backup?).",
      next: "Type the command again.",
    });
  }
  const { actor } = answer.identity;
  if (job.team_id !== actor.teamId || job.user_id !== actor.userId) {
    throw new UserError("not-yours", {
      what: "Only the person who asked may answer this question; nothing was changed.",
      next: "Type the command yourself if you may and want it.",
    });
  }
  requireOpen(approval, job, clock.now());
  if (!answer.confirmed) {
    await store.write((transaction) => decline(desk, transaction, { answer, job }));
    return;
  }
  const plan = await planAgain(desk, { job, identity: answer.identity, signal });
  await store.write((transaction) => confirm(desk, transaction, { answer, job, approval, plan }));
}

function requireOpen(approval: ApprovalRow, job: JobRow, now: number): void {
  if (approval.state === "pending" && approval.expires_at > now && job.state === "asking") return;
  if (approval.state === "expired" || approval.state === "pending") {
    throw new UserError("question-expired", {
      what: "This question has expired; nothing was done.",
      next: `Type it again: \`/lxd ${job.text}\``,
    });
  }
  throw new UserError("question-decided", {
    what:
      approval.state === "void" ? "This question was replaced by a newer one." : "This question was answered before.",
    next: `See \`/lxd job show ${job.id}\`.`,
  });
}

async function decline(
  desk: Desk,
  transaction: Write,
  { answer, job }: { readonly answer: Answer; readonly job: JobRow },
): Promise<void> {
  const at = desk.clock.now();
  if (!(await endArrival(transaction, { id: answer.arrivalId, at }))) return;
  const decided = await decideApproval(transaction, answer.approvalId, {
    state: "declined",
    by: answer.identity.actor.userId,
    at,
  });
  if (!decided) return;
  await moveJob(transaction, job.id, { from: ["asking"], to: "declined", ended_at: at });
  await tellAnswer(desk, transaction, { answer, job, outcome: "declined" });
}

async function confirm(
  desk: Desk,
  transaction: Write,
  {
    answer,
    job,
    approval,
    plan,
  }: { readonly answer: Answer; readonly job: JobRow; readonly approval: ApprovalRow; readonly plan: Plan },
): Promise<void> {
  const at = desk.clock.now();
  if (!(await endArrival(transaction, { id: answer.arrivalId, at }))) return;
  const digest = digestOf(plan);
  const by = answer.identity.actor.userId;
  if (digest === approval.digest) {
    if (!(await decideApproval(transaction, approval.id, { state: "approved", by, at }))) return;
    await moveJob(transaction, job.id, { from: ["asking"], to: "queued", queued_at: at });
    await tellAnswer(desk, transaction, { answer, job, outcome: "confirmed" });
    return;
  }
  if (!(await decideApproval(transaction, approval.id, { state: "void", by, at }))) return;
  const before = JSON.parse(job.plan) as Plan; // written by makeJob
  await replacePlan(transaction, job.id, planRows({ ...plan, changed: differences(before, plan) }));
  await openQuestion(transaction, { jobId: job.id, digest, at });
  await tellAnswer(desk, transaction, { answer, job, outcome: "asked again: the plan changed" });
}

async function tellAnswer(
  desk: Desk,
  transaction: Write,
  { answer, job, outcome }: { readonly answer: Answer; readonly job: JobRow; readonly outcome: string },
): Promise<void> {
  const { teamId, userId } = answer.identity.actor;
  await record(transaction, desk.clock, {
    requestId: job.request_id,
    kind: "answer",
    teamId,
    userId,
    target: job.id,
    outcome,
    body: null,
  });
  await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: desk.clock.now() });
}

/**
 * What the job's command would do now, for the person who asked, with their permissions of now.
 * @throws UserError when it can no longer be planned, or is no longer allowed
 */
export async function planAgain(
  desk: Desk,
  { job, identity, signal }: { readonly job: JobRow; readonly identity: Identity; readonly signal: AbortSignal },
): Promise<Plan> {
  const { command, args } = readJob(desk, job);
  const request = requestOf(job, identity);
  const subject = subjectOf(identity, job.channel_id);
  authorizeCommand(command, desk.policy.decide({ subject, demand: command.permission }));
  const services = servicesFor(desk, { request, identity, signal });
  const plan = await command.plan({ request, args: args as never, use: narrow(command, services), signal }); // parsed by its own declaration
  authorizePlan(plan, services.may);
  return plan;
}

/** The request that a job came from. */
export function requestOf(job: JobRow, identity: Identity): Request {
  return {
    id: job.request_id,
    actor: identity.actor,
    channelId: job.channel_id,
    text: job.text,
    receivedAt: job.created_at,
  };
}

function readJob(
  desk: Desk,
  job: JobRow,
): { readonly command: JobCommand; readonly args: Readonly<Record<string, unknown>> } {
  const parsed = parseCommand(desk.registry, job.input ?? "");
  if (parsed.type !== "command" || parsed.command.type !== "job")
    throw new Error(`job ${job.id} was not made by a job command`);
  return { command: parsed.command, args: parsed.args };
}

/** What is other than it was shown, in words; the sentences of the plan are what a person has read. */
function differences(before: Plan, after: Plan): readonly string[] {
  const [old, now] = [factsOf(before), factsOf(after)];
  const gone = old.filter((fact) => !now.includes(fact)).map((fact) => `no longer: ${fact}`);
  const come = now.filter((fact) => !old.includes(fact)).map((fact) => `now: ${fact}`);
  return gone.length + come.length === 0
    ? ["the instance is not the one that it was, or was configured anew"]
    : [...gone, ...come];
}

function factsOf(plan: Plan): readonly string[] {
  return [...plan.steps.map(({ says }) => says), ...plan.findings];
}
