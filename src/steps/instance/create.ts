import { z } from "zod";
import { UserError } from "../../errors.ts";
import { defineServerStep } from "../../jobs/step-kind.ts";
import type { InstancesPost } from "../../lxd/resources/instance-shapes.ts";
import { actorKey } from "../../people/actor-key.ts";
import { findInstance, stamps } from "./identity.ts";

const Input = z.object({
  remote: z.string(),
  project: z.string(),
  name: z.string(),
  /** The request's body; its schema is LXD's (`InstancesPost`), and was built by us. */
  body: z.custom<InstancesPost>((value) => typeof value === "object" && value !== null),
  /** A cluster member. */
  target: z.string().optional(),
});
type Input = z.infer<typeof Input>;

/**
 * Creates an instance. `claim`: the new instance carries the job's id, so that after a crash it is known whose it is;
 * LXD writes it before it unpacks the image, and takes it away again when that fails.
 */
export const instanceCreate = defineServerStep<Input, null>({
  kind: "instance.create",
  version: 1,
  honesty: "claim",
  input: Input,
  evidence: z.null(),
  place: ({ remote, project, name }) => ({ remote, project, name }),
  server: (context, { remote }) => context.lxd(remote),
  prepare: async (context, input) => {
    const existing = await findInstance(context.lxd(input.remote), input);
    if (existing) throw taken(input);
    return null;
  },
  look: async (context, input) => {
    const existing = await findInstance(context.lxd(input.remote), input);
    if (!existing) return { state: "open" };
    return existing.config[stamps.job] === context.job.id
      ? { state: "done" }
      : { state: "blocked", error: taken(input) };
  },
  act: (context, input) => {
    const { job } = context;
    const body: InstancesPost = {
      ...input.body,
      config: { ...input.body.config, [stamps.job]: job.id, [stamps.owner]: actorKey(job) },
    };
    const target = input.target === undefined ? {} : { target: input.target };
    return context.lxd(input.remote).instances.create(input.project, body, target);
  },
});

function taken({ remote, name }: Input): UserError {
  return new UserError("instance-taken", {
    what: `There is an instance ${remote}:${name} already.`,
    next: `Choose another name, or look at it: \`/lxd info ${remote}:${name}\`.`,
  });
}
