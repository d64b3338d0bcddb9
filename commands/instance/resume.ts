import { defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "./shared.ts";
import { allFlag, instancesArgument, planStateChange } from "./state-change.ts";

export const resume = defineCommand({
  type: "job",
  name: "resume",
  aliases: ["unfreeze"],
  summary: "Resume instances that are paused",
  parameters: {
    instances: instancesArgument,
    all: allFlag,
    project: projectOption,
  },
  examples: ["resume {remote}:{instance}", "resume --all {remote}:"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("unfreeze", { args, use, text: request.text }),
});
