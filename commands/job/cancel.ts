import { findJob } from "../../db/jobs.ts";
import { UserError } from "../../src/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { say } from "../../src/pipeline/reply.ts";
import { jobId, noSuchJob } from "./shared.ts";

export const jobCancel = defineCommand({
  type: "answer",
  name: "job cancel",
  summary: "End a job at its next safe point",
  description: "What a step has done is not undone. LXD's own operation is cancelled where LXD can.",
  parameters: { job: argument({ value: jobId, help: "as `job list` shows it" }) },
  examples: ["job cancel j-7k2mf9xw3q"],
  permission: "anyone",
  needs: ["store", "may", "jobs"],
  run: async ({ args, use, request }) => {
    const job = await findJob(use.store, args.job);
    if (!job) throw noSuchJob(args.job);
    const mine = job.team_id === request.actor.teamId && job.user_id === request.actor.userId;
    const decision = use.may("job.cancel");
    if (!mine && !decision.allow) {
      throw new UserError("not-allowed", {
        what: `${job.id} is not yours to cancel.`,
        why: decision.because,
        next: "Ask who asked for it, or an admin of the bot.",
      });
    }
    if (await use.jobs.cancel(job.id)) return say("✅ ", { code: job.id }, " ends at its next safe point.");
    throw new UserError("job-ended", {
      what: `${job.id} has ended, or is being cancelled already.`,
      next: `See \`/lxd job show ${job.id}\`.`,
    });
  },
});
