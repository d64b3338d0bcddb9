import { argument, defineCommand, flag, option } from "../../src/pipeline/define.ts";
import { newInstanceReference, seconds } from "../../src/pipeline/references.ts";
import { projectOption } from "./shared.ts";
import { planStateChange } from "./state-change.ts";

export const restart = defineCommand({
  type: "job",
  name: "restart",
  summary: "Restart instances",
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
  examples: ["restart {remote}:{instance}", "restart {remote}:{instance} --force"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("restart", { args, use, text: request.text }),
});
