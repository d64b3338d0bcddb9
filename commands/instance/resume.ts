import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { newInstanceReference } from "../../src/pipeline/references.ts";
import { projectOption } from "./shared.ts";
import { planStateChange } from "./state-change.ts";

export const resume = defineCommand({
  type: "job",
  name: "resume",
  aliases: ["unfreeze"],
  summary: "Resume instances that are paused",
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
  examples: ["resume {remote}:{instance}", "resume --all {remote}:"],
  permission: "instance.start",
  needs: ["resolve", "lxd", "jobs", "may"],
  plan: ({ args, use, request }) => planStateChange("unfreeze", { args, use, text: request.text }),
});
