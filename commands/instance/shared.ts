import { option } from "../../src/pipeline/define.ts";
import {
  formatResource,
  projectName,
  resourceKey,
  type Resource,
  type TargetReference,
} from "../../src/pipeline/references.ts";
import { withRemote } from "../../src/pipeline/resolve.ts";
import type { Text } from "../../src/pipeline/reply.ts";
import type { Services } from "../../src/pipeline/services.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { findInstance, identityOf, missing, stamps } from "../../src/steps/instance/identity.ts";
import type { Instance } from "../../src/lxd/resources/instance-shapes.ts";
import type { Permission } from "../../src/access/permissions.ts";
import { UserError } from "../../src/errors.ts";

export const projectOption = option({
  value: projectName,
  hint: "NAME",
  help: "the project, if not the channel's or `default`",
});

/** An instance that a command is about, as it is now. */
export interface Subject {
  readonly resource: Resource;
  readonly instance: Instance | undefined;
  /** A job works on it or waits for it, so how it is now says little of how it will be. */
  readonly busy: boolean;
}

/** Finds the instances that were typed (in `text`), in their order, each once. */
export async function findSubjects(
  use: Pick<Services, "resolve" | "lxd" | "jobs">,
  references: readonly TargetReference[],
  options: { readonly project: string | undefined; readonly text: string },
): Promise<readonly Subject[]> {
  const found = new Map<string, Subject>();
  for (const reference of references) {
    const resource = await use.resolve.instance(reference, {
      project: options.project,
      typed: (remote) => withRemote(options.text, { name: reference.name, remote }),
    });
    const key = resourceKey(resource);
    if (found.has(key)) continue;
    const instance = await findInstance(use.lxd(resource.remote), resource);
    const busy = (await use.jobs.on(key)).length > 0;
    if (!instance && !busy) throw missing(resource);
    found.set(key, { resource, instance, busy });
  }
  return [...found.values()];
}

/** What a plan touches and rests on when it is about existing instances. */
export function aboutSubjects(
  subjects: readonly Subject[],
  permission: Permission,
): Pick<Plan, "touches" | "owners" | "results"> {
  return {
    touches: subjects.map(({ resource }) => ({ resource, permission })),
    owners: Object.fromEntries(
      subjects.flatMap(({ resource, instance }) => {
        const owner = instance?.config[stamps.owner];
        return owner === undefined ? [] : [[formatResource(resource), owner]];
      }),
    ),
    results: [],
  };
}

/** The projection of an instance that a question is bound to: what it is, how it is set, and how it stands. */
export function projectionOf(instance: Instance): unknown {
  const steady = Object.entries(instance.expanded_config).filter(
    ([key]) => !key.startsWith("volatile.") && !key.startsWith("user."),
  );
  return {
    identity: identityOf(instance),
    status: instance.status_code,
    config: Object.fromEntries(steady),
    devices: instance.expanded_devices,
  };
}

/** @throws UserError `state-unfit`, with a command that would do */
export function unfit(resource: Resource, { is, offer }: { readonly is: string; readonly offer?: string }): UserError {
  const name = `${resource.remote}:${resource.name}`;
  return new UserError("state-unfit", {
    what: `${formatResource(resource)} ${is}.`,
    next:
      offer === undefined
        ? `See how it stands: \`/lxd info ${name}\`.`
        : `Perhaps you meant \`/lxd ${offer} ${name}\`.`,
    ...(offer === undefined ? {} : { offers: [{ label: `${offer} ${resource.name}`, text: `${offer} ${name}` }] }),
  });
}

/** A time as LXD writes it; the beginning of 1970 stands for never. */
export function timeOf(text: string): Text {
  const at = Date.parse(text);
  if (Number.isNaN(at)) return "unknown";
  return at <= 0 ? "never" : { time: at };
}

/** "lxd1:web1", "lxd1:web1 and lxd1:web2", "lxd1:web1, lxd1:web2 and 3 others". */
export function listed(names: readonly string[]): string {
  if (names.length <= 1) return names[0] ?? "";
  if (names.length > 4) return `${names.slice(0, 3).join(", ")} and ${names.length - 3} others`;
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1) ?? ""}`;
}
