import { defineCommand } from "../../src/pipeline/define.ts";
import { newInstanceParameters, planNewInstance } from "./new-instance.ts";

export const launch = defineCommand({
  type: "job",
  name: "launch",
  summary: "Create an instance from an image and start it",
  parameters: newInstanceParameters,
  examples: [
    "launch {image} {remote}:{instance}",
    "launch ubuntu:24.04 {remote}:{instance} -c limits.memory=2GiB -p default",
    "launch {image} {remote}: --ephemeral",
  ],
  permission: "instance.create",
  needs: ["resolve", "lxd", "jobs"],
  plan: ({ args, use, request }) => planNewInstance({ args, use, verb: "launch", text: request.text }),
});
