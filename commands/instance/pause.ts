import { defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "./shared.ts";
import { allFlag, instancesArgument, planStateChange } from "./state-change.ts";

export const pause = defineCommand({
  type: "job",
  name: "pause",
  aliases: ["freeze"],
  summary: "Pause instances: their processes stand still and keep their memory",
  parameters: {
    instances: instancesArgument,
    all: allFlag,
    project: projectOption,
  },
  examples: ["pause {remote}:{instance}", "pause --all {remote}:"],
  permission: "instance.stop",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("freeze", { args, use, text: request.text }),
});
