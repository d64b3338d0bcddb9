import { createHash } from "node:crypto";
import { insertApproval } from "../../db/approvals.ts";
import { endArrival } from "../../db/inbox.ts";
import { findJob, insertJob, type JobRow } from "../../db/jobs.ts";
import { enqueue, enqueueRoot, type Destination } from "../../db/outbox.ts";
import type { Write } from "../../db/database.ts";
import { record } from "../audit/trail.ts";
import { newId } from "../clock.ts";
import type { Command, JobCommand } from "./define.ts";
import { endWithAnswer } from "./answer.ts";
import { authorizeCommand, authorizePlan } from "./authorize.ts";
import { narrow, servicesFor, subjectOf, type Desk } from "./desk.ts";
import type { Identity } from "./identify.ts";
import { canonicalJson, planRows, type Plan } from "./plan.ts";
import { resourceKey } from "./references.ts";
import { plain, type Reply, type Span } from "./reply.ts";
import type { Request } from "./request.ts";

/** How long a question waits for its answer. */
const questionLifetimeMs = 10 * 60_000;

/** Asks about a plan: the answer counts for this digest alone. */
export async function openQuestion(
  transaction: Write,
  { jobId, digest, at }: { readonly jobId: string; readonly digest: string; readonly at: number },
): Promise<void> {
  await insertApproval(transaction, {
    id: newId("a"),
    job_id: jobId,
    digest,
    created_at: at,
    expires_at: at + questionLifetimeMs,
  });
}

/** A command that was parsed and whose asker is known. */
export interface Ask {
  readonly arrivalId: string;
  readonly request: Request;
  readonly identity: Identity;
  readonly command: Command;
  readonly args: Readonly<Record<string, unknown>>;
  /** What was typed, whole; kept while the job is open, so that it can be planned again. */
  readonly input: string;
  readonly public: boolean;
  /** Where short answers go. */
  readonly reply: (visibility: { readonly public: boolean }) => Destination;
}

/** The stages behind identity: authorize, then answer, or write, or plan and make a job. All that follows is on disk when it resolves. */
export async function runCommand(desk: Desk, ask: Ask, signal: AbortSignal): Promise<void> {
  const { command, request, identity } = ask;
  const decision = desk.policy.decide({ subject: subjectOf(identity, request.channelId), demand: command.permission });
  await recordDecision(desk, ask, decision);
  authorizeCommand(command, decision);
  const services = servicesFor(desk, { request, identity, signal });
  const context = { request, args: ask.args as never, use: narrow(command, services), signal }; // parsed by the command's own declaration
  switch (command.type) {
    case "answer": {
      const reply = await command.run(context);
      await desk.store.write((transaction) =>
        answer(desk, transaction, { ask, reply, visibility: { public: ask.public } }),
      );
      return;
    }
    case "setting": {
      const { write, reply } = await command.run(context);
      await desk.store.write(async (transaction) => {
        // an arrival that was ended before has been carried out before
        if (!(await answer(desk, transaction, { ask, reply, visibility: { public: false } }))) return;
        await write(transaction);
        await record(transaction, desk.clock, {
          ...about(ask),
          kind: "step",
          outcome: "done",
          body: reply.summary,
        });
      });
      await Promise.all([desk.remotes.reload(), desk.policy.reload(request.actor.teamId)]);
      return;
    }
    case "job": {
      const plan = await command.plan(context);
      authorizePlan(plan, services.may);
      await desk.store.write((transaction) => makeJob(desk, transaction, { ask, command, plan }));
      return;
    }
    default:
      command satisfies never;
  }
}

async function answer(
  desk: Desk,
  transaction: Write,
  {
    ask,
    reply,
    visibility,
  }: { readonly ask: Ask; readonly reply: Reply; readonly visibility: { readonly public: boolean } },
): Promise<boolean> {
  return endWithAnswer(transaction, {
    arrivalId: ask.arrivalId,
    requestId: ask.request.id,
    destination: ask.reply(visibility),
    reply,
    at: desk.clock.now(),
  });
}

async function makeJob(
  desk: Desk,
  transaction: Write,
  { ask, command, plan }: { readonly ask: Ask; readonly command: JobCommand; readonly plan: Plan },
): Promise<void> {
  const at = desk.clock.now();
  if (!(await endArrival(transaction, { id: ask.arrivalId, at }))) return;
  const { request } = ask;
  const rows = planRows(plan);
  const jobId = newId("j");
  const asked = plan.confirm !== undefined;
  const { joined } = await insertJob(transaction, {
    job: {
      id: jobId,
      request_id: request.id,
      team_id: request.actor.teamId,
      user_id: request.actor.userId,
      user_name: request.actor.userName,
      channel_id: request.channelId,
      command: command.name,
      text: request.text,
      input: ask.input,
      plan: rows.plan,
      digest: rows.digest,
      join_key: joinKey(command, ask, plan),
      state: asked ? "asking" : "queued",
      cancel_requested_at: null,
      created_at: at,
      queued_at: asked ? null : at,
      started_at: null,
      ended_at: null,
      failure: null,
      thread_channel: null,
      thread_ts: null,
    },
    targets: rows.targets,
    steps: rows.steps,
  });
  if (joined !== undefined) {
    const other = await findJob(transaction, joined);
    await enqueue(transaction, {
      requestId: request.id,
      destination: ask.reply({ public: false }),
      body: joinedReply(joined, other),
      at,
    });
    await record(transaction, desk.clock, {
      ...about(ask),
      kind: "job",
      target: joined,
      outcome: "joined",
      body: null,
    });
    return;
  }
  if (asked) await openQuestion(transaction, { jobId, digest: rows.digest, at });
  await record(transaction, desk.clock, {
    ...about(ask),
    kind: "plan",
    target: rows.targets.join(" "),
    outcome: asked ? "asking" : "queued",
    body: {
      jobId,
      title: plan.title,
      steps: plan.steps.map(({ says }) => says),
      findings: plan.findings,
      digest: rows.digest,
    },
  });
  await enqueueRoot(transaction, { jobId, requestId: request.id, at });
}

/** Equal for the same command on the same things; a hash, as the arguments may hold a secret. What the server names itself is the same only for the same person. */
function joinKey(command: JobCommand, { args, request }: Ask, plan: Plan): string {
  const targets = plan.touches.map(({ resource }) => resourceKey(resource));
  return createHash("sha256")
    .update(
      canonicalJson({
        command: command.name,
        args,
        targets: plan.joinBy ?? targets,
        by: plan.joinBy ? request.actor.userId : "",
      }),
    )
    .digest("hex");
}

function joinedReply(jobId: string, job: JobRow | undefined): Reply {
  const who: readonly Span[] = job ? [" by ", { user: job.user_id }] : [];
  const text: readonly Span[] = [
    "↪️ The same command was given before",
    ...who,
    " and is not over: this joins ",
    { code: jobId },
    ". See ",
    { code: `/lxd job show ${jobId}` },
    ".",
  ];
  return { summary: plain(text), parts: [{ type: "text", text }] };
}

function about({ request }: Ask) {
  return { requestId: request.id, teamId: request.actor.teamId, userId: request.actor.userId };
}

async function recordDecision(
  desk: Desk,
  ask: Ask,
  decision: { readonly allow: boolean; readonly because: string },
): Promise<void> {
  await record(desk.store.read, desk.clock, {
    ...about(ask),
    kind: "decision",
    outcome: decision.allow ? "allow" : "deny",
    body: { command: ask.command.name, permission: ask.command.permission, because: decision.because },
  });
}
