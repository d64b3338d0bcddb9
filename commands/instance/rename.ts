import { UserError } from "../../src/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { formatResource, instanceReference, resourceKey } from "../../src/pipeline/references.ts";
import { findInstance, identityOf, statusCode } from "../../src/steps/instance/identity.ts";
import { instanceRename } from "../../src/steps/instance/rename.ts";
import { aboutSubjects, findSubjects, projectOption, unfit } from "./shared.ts";

export const rename = defineCommand({
  type: "job",
  name: "rename",
  summary: "Give an instance another name",
  description: "The instance must be stopped.",
  parameters: {
    instance: argument({ value: instanceReference, help: "which" }),
    newName: argument({ value: instanceReference, hint: "NEW-NAME", help: "on the same remote" }),
    project: projectOption,
  },
  examples: ["rename {remote}:{instance} {instance}-old"],
  permission: "instance.rename",
  needs: ["resolve", "lxd", "jobs"],
  plan: async ({ args, use, request }) => {
    const [subject] = await findSubjects(use, [args.instance], { project: args.project, text: request.text });
    if (!subject?.instance)
      throw new UserError("state-unfit", { what: "A job is still making it.", next: "Rename it when it is there." });
    const { resource, instance } = subject;
    if (args.newName.remote !== undefined && args.newName.remote !== resource.remote) {
      throw new UserError("argument-invalid", {
        what: `${resource.remote} and ${args.newName.remote} are two servers: renaming does not move an instance.`,
        next: `Write the new name alone: \`/lxd rename ${resource.remote}:${resource.name} ${args.newName.name}\`.`,
      });
    }
    if (instance.status_code !== statusCode.stopped)
      throw unfit(resource, { is: "must be stopped before it can be renamed", offer: "stop" });
    const renamed = { ...resource, name: args.newName.name };
    if (await findInstance(use.lxd(resource.remote), renamed)) {
      throw new UserError("instance-taken", {
        what: `There is an instance ${formatResource(renamed)} already.`,
        next: "Choose another name.",
      });
    }
    const about = aboutSubjects([subject], "instance.rename");
    return {
      title: `Rename ${formatResource(resource)} to ${renamed.name}`,
      ...about,
      touches: [...about.touches, { resource: renamed, permission: "instance.rename" }],
      steps: [
        instanceRename.plan({
          input: {
            remote: resource.remote,
            project: resource.project,
            name: resource.name,
            newName: renamed.name,
            identity: identityOf(instance),
          },
          says: `Rename ${formatResource(resource)} to ${renamed.name}`,
          lane: resourceKey(resource),
        }),
      ],
      findings: [],
      basis: null,
      done: `${formatResource(resource)} is now ${formatResource(renamed)}.`,
    };
  },
});
