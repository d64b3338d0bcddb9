import { withRemote } from "../../src/pipeline/resolve.ts";
import { listJobs, openJobStates } from "../../db/jobs.ts";
import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { instanceReference, resourceKey } from "../../src/pipeline/references.ts";

const maxJobs = 30;

export const jobList = defineCommand({
  type: "answer",
  name: "job list",
  aliases: ["job ls", "jobs"],
  summary: "List what the bot does now; with --all also what has ended",
  parameters: {
    instance: argument({ value: instanceReference, optional: true, help: "only what is about it" }),
    mine: flag({ help: "only what you asked for" }),
    all: flag({ short: "a", help: "also what has ended" }),
  },
  examples: ["job list", "job list --all --mine", "job list {remote}:{instance} --all"],
  permission: "job.read",
  needs: ["store", "resolve"],
  run: async ({ args, use, request }) => {
    const reference = args.instance;
    const target =
      reference &&
      resourceKey(
        await use.resolve.instance(reference, {
          project: undefined,
          typed: (remote) => withRemote(request.text, { name: reference.name, remote }),
        }),
      );
    const jobs = await listJobs(use.store, {
      ...(args.all ? {} : { states: openJobStates }),
      ...(args.mine ? { userId: request.actor.userId } : {}),
      ...(target === undefined ? {} : { target }),
      limit: maxJobs,
    });
    return {
      summary: `${jobs.length} jobs`,
      parts: [
        jobs.length === 0
          ? {
              type: "text",
              text: args.all
                ? "There is no such job."
                : ["Nothing is going on. What has ended: ", { code: "/lxd job list --all" }],
            }
          : {
              type: "table",
              columns: ["JOB", "STATE", "COMMAND", "BY", "WHEN"],
              rows: jobs.map((job) => [
                job.id,
                job.state,
                job.text,
                job.user_name,
                new Date(job.created_at).toISOString().slice(0, 16).replace("T", " "),
              ]),
            },
      ],
    };
  },
});
