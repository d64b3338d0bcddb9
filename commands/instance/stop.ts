import { argument, defineCommand, flag, option } from "../../src/pipeline/define.ts";
import { newInstanceReference, seconds } from "../../src/pipeline/references.ts";
import { projectOption } from "./shared.ts";
import { planStateChange } from "./state-change.ts";

export const stop = defineCommand({
  type: "job",
  name: "stop",
  summary: "Stop instances",
  description:
    "The instance is asked to shut down, and waited for. `--timeout` bounds the wait, after which it fails; `--force` ends the instance as if its power were cut.",
  parameters: {
    instances: argument({
      value: newInstanceReference,
      optional: true,
      many: true,
      hint: "INSTANCE",
      help: "one or more",
    }),
    timeout: option({ value: seconds, hint: "SECONDS", help: "how long to wait for a clean shutdown; -1 for ever" }),
    force: flag({ short: "f", help: "do not wait: cut the power" }),
    all: flag({ help: "every instance of the remote; asks first" }),
    project: projectOption,
  },
  examples: ["stop {remote}:{instance}", "stop {remote}:{instance} --timeout 30", "stop --all {remote}:"],
  permission: "instance.stop",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("stop", { args, use, text: request.text }),
});
