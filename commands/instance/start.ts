import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { newInstanceReference } from "../../src/pipeline/references.ts";
import { projectOption } from "./shared.ts";
import { planStateChange } from "./state-change.ts";

export const start = defineCommand({
  type: "job",
  name: "start",
  summary: "Start instances",
  parameters: {
    instances: argument({
      value: newInstanceReference,
      optional: true,
      many: true,
      hint: "INSTANCE",
      help: "one or more",
    }),
    all: flag({ help: "every instance of the remote; asks first" }),
    project: projectOption,
  },
  examples: ["start {remote}:{instance}", "start --all {remote}:"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("start", { args, use, text: request.text }),
});
