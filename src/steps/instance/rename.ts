import { z } from "zod";
import { UserError } from "../../errors.ts";
import { defineServerStep } from "../../jobs/step-kind.ts";
import { findInstance, identityOf, replaced } from "./identity.ts";

const Input = z.object({
  remote: z.string(),
  project: z.string(),
  name: z.string(),
  newName: z.string(),
  identity: z.string(),
});

/** Gives an instance another name. */
export const instanceRename = defineServerStep<z.infer<typeof Input>, null>({
  kind: "instance.rename",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: z.null(),
  place: ({ remote, project, name }) => ({ remote, project, name }),
  server: (context, { remote }) => context.lxd(remote),
  prepare: () => Promise.resolve(null),
  look: async (context, input) => {
    const lxd = context.lxd(input.remote);
    const renamed = await findInstance(lxd, { project: input.project, name: input.newName });
    if (renamed && identityOf(renamed) === input.identity) return { state: "done" };
    if (renamed) return { state: "blocked", error: taken(input.remote, input.newName) };
    const old = await findInstance(lxd, input);
    return old && identityOf(old) === input.identity ? { state: "open" } : { state: "blocked", error: replaced(input) };
  },
  act: (context, { remote, project, name, newName }) =>
    context.lxd(remote).instances.rename({ project, name }, newName),
});

function taken(remote: string, name: string): UserError {
  return new UserError("instance-taken", {
    what: `There is an instance ${remote}:${name} already.`,
    next: "Choose another name.",
  });
}
