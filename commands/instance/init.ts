import { defineCommand } from "../../src/pipeline/define.ts";
import { newInstanceParameters, planNewInstance } from "./new-instance.ts";

export const init = defineCommand({
  type: "job",
  name: "init",
  aliases: ["create"],
  summary: "Create an instance from an image, and leave it stopped",
  parameters: newInstanceParameters,
  examples: ["init {image} {remote}:{instance}", "init {image} {remote}:{instance} -s default -n lxdbr0"],
  permission: "instance.create",
  needs: ["resolve", "lxd", "jobs"],
  plan: ({ args, use, request }) => planNewInstance({ args, use, verb: "init", text: request.text }),
});
