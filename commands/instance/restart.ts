import { defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "./shared.ts";
import { allFlag, forceFlag, instancesArgument, planStateChange, timeoutOption } from "./state-change.ts";

export const restart = defineCommand({
  type: "job",
  name: "restart",
  summary: "Restart instances",
  parameters: {
    instances: instancesArgument,
    timeout: timeoutOption,
    force: forceFlag,
    all: allFlag,
    project: projectOption,
  },
  examples: ["restart {remote}:{instance}", "restart {remote}:{instance} --force"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("restart", { args, use, text: request.text }),
});
