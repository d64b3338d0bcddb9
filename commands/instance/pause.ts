import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { newInstanceReference } from "../../src/pipeline/references.ts";
import { projectOption } from "./shared.ts";
import { planStateChange } from "./state-change.ts";

export const pause = defineCommand({
  type: "job",
  name: "pause",
  aliases: ["freeze"],
  summary: "Pause instances: their processes stand still and keep their memory",
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
  examples: ["pause {remote}:{instance}", "pause --all {remote}:"],
  permission: "instance.stop",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("freeze", { args, use, text: request.text }),
});
