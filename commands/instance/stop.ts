import { defineCommand } from "../../src/pipeline/define.ts";
import { projectOption } from "./shared.ts";
import { allFlag, forceFlag, instancesArgument, planStateChange, timeoutOption } from "./state-change.ts";

export const stop = defineCommand({
  type: "job",
  name: "stop",
  summary: "Stop instances",
  description:
    "The instance is asked to shut down, and waited for. `--timeout` bounds the wait, after which it fails; `--force` ends the instance as if its power were cut.",
  parameters: {
    instances: instancesArgument,
    timeout: timeoutOption,
    force: forceFlag,
    all: allFlag,
    project: projectOption,
  },
  examples: ["stop {remote}:{instance}", "stop {remote}:{instance} --timeout 30", "stop --all {remote}:"],
  permission: "instance.stop",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("stop", { args, use, text: request.text }),
});
