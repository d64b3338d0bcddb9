import { z } from "zod";
import { defineServerStep } from "../../jobs/step-kind.ts";
import { findInstance, identityOf, replaced, requireInstance } from "./identity.ts";

const Input = z.object({
  remote: z.string(),
  project: z.string(),
  name: z.string(),
  /** Which instance was meant when it was planned. */
  identity: z.string(),
});

/** Deletes one instance, and never a later one that has the same name. */
export const instanceDelete = defineServerStep<z.infer<typeof Input>, null>({
  kind: "instance.delete",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: z.null(),
  place: ({ remote, project, name }) => ({ remote, project, name }),
  server: (context, { remote }) => context.lxd(remote),
  prepare: async (context, input) => {
    const instance = await findInstance(context.lxd(input.remote), input);
    // an ephemeral one went when it was stopped
    if (instance && identityOf(instance) !== input.identity) throw replaced(input);
    return null;
  },
  look: async (context, input) => {
    const instance = await findInstance(context.lxd(input.remote), input);
    return !instance || identityOf(instance) !== input.identity ? { state: "done" } : { state: "open" };
  },
  act: async (context, input) => {
    const lxd = context.lxd(input.remote);
    // DELETE ignores If-Match (LXD 5.0.2), so this is as near to the effect as the question can be asked
    if (identityOf(await requireInstance(lxd, input)) !== input.identity) throw replaced(input);
    return lxd.instances.delete({ project: input.project, name: input.name });
  },
});
