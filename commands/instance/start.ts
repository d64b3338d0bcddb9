import { defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "./shared.ts";
import { allFlag, instancesArgument, planStateChange } from "./state-change.ts";

export const start = defineCommand({
  type: "job",
  name: "start",
  summary: "Start instances",
  parameters: {
    instances: instancesArgument,
    all: allFlag,
    project: projectOption,
  },
  examples: ["start {remote}:{instance}", "start --all {remote}:"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("start", { args, use, text: request.text }),
});
