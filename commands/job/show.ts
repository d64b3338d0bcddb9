import { findJob, jobsAhead, stepsOf } from "../../db/jobs.ts";
import type { Failure } from "../../src/jobs/failure.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { prose, type Text } from "../../src/pipeline/reply.ts";
import { jobId, noSuchJob } from "./shared.ts";

export const jobShow = defineCommand({
  type: "answer",
  name: "job show",
  aliases: ["job info"],
  summary: "Show a job: what it does, how far it is, how it ended",
  parameters: { job: argument({ value: jobId, help: "as `job list` shows it" }) },
  examples: ["job show j-7k2mf9xw3q"],
  permission: "anyone",
  needs: ["store", "may"],
  run: async ({ args, use, request }) => {
    const job = await findJob(use.store, args.job);
    const mine = job?.team_id === request.actor.teamId && job.user_id === request.actor.userId;
    if (!job || (!mine && !use.may("job.read").allow)) throw noSuchJob(args.job);
    const [steps, ahead] = await Promise.all([
      stepsOf(use.store, job.id),
      job.state === "queued" ? jobsAhead(use.store, job) : [],
    ]);
    const plan = JSON.parse(job.plan) as Plan; // written by the pipeline
    const failure = job.failure === null ? undefined : (JSON.parse(job.failure) as Failure); // written by the runner
    const fields: (readonly [string, Text])[] = [
      ["State", job.state + (ahead.length === 0 ? "" : `, behind ${ahead.map(({ id }) => id).join(", ")}`)],
      ["Asked by", { user: job.user_id }],
      ["In", { channel: job.channel_id }],
      ["Asked", { time: job.created_at }],
      ...(job.started_at === null ? [] : [["Began", { time: job.started_at }] as const]),
      ...(job.ended_at === null ? [] : [["Ended", { time: job.ended_at }] as const]),
      ["Typed", { code: `/lxd ${job.text}` }],
    ];
    return {
      summary: `${job.id} is ${job.state}`,
      parts: [
        { type: "header", text: plan.title },
        { type: "fields", fields },
        { type: "list", items: steps.map((step) => `${step.says}: ${step.state}`) },
        ...(failure === undefined ? [] : [{ type: "text", text: { bold: failure.what } } as const]),
        ...(failure?.why === undefined ? [] : [{ type: "text", text: failure.why } as const]),
        ...(failure?.next === undefined ? [] : [{ type: "text", text: prose(failure.next) } as const]),
        { type: "note", text: ["Its whole story: ", { code: `/lxd why ${job.request_id}` }] },
      ],
    };
  },
});
