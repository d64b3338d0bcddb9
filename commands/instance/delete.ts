import { userOf } from "../../src/people/actor-key.ts";
import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { formatResource, instanceReference, resourceKey } from "../../src/pipeline/references.ts";
import type { Part, Text } from "../../src/pipeline/reply.ts";
import type { InstanceSnapshot } from "../../src/lxd/resources/instance-shapes.ts";
import { UserError } from "../../src/errors.ts";
import { instanceChangeState } from "../../src/steps/instance/change-state.ts";
import { instanceDelete } from "../../src/steps/instance/delete.ts";
import { identityOf, stamps, statusCode } from "../../src/steps/instance/identity.ts";
import {
  aboutSubjects,
  findSubjects,
  listed,
  projectionOf,
  projectOption,
  timeOf,
  unfit,
  type Subject,
} from "./shared.ts";

type Present = Subject & { readonly instance: NonNullable<Subject["instance"]> };

export const deleteInstances = defineCommand({
  type: "job",
  name: "delete",
  aliases: ["rm"],
  summary: "Delete instances with their snapshots",
  description:
    "You are shown what will be lost, and asked. A running instance is only deleted with `--force`, which stops it first.",
  parameters: {
    instances: argument({ value: instanceReference, many: true, hint: "INSTANCE", help: "one or more" }),
    force: flag({ short: "f", help: "stop them first if they run" }),
    project: projectOption,
  },
  examples: ["delete {remote}:{instance}", "delete {remote}:{instance} --force"],
  permission: "instance.delete",
  needs: ["resolve", "lxd", "jobs"],
  plan: async ({ args, use, request }) => {
    const subjects = await findSubjects(use, args.instances, { project: args.project, text: request.text });
    const present = subjects.map((subject) => {
      if (!subject.instance) {
        throw new UserError("state-unfit", {
          what: `${formatResource(subject.resource)} is still being made by another job.`,
          next: "Delete it when it is there, or cancel that job: `/lxd job list`.",
        });
      }
      const instance = subject.instance;
      if (instance.config["security.protection.delete"] === "true") {
        throw new UserError("state-unfit", {
          what: `${formatResource(subject.resource)} is protected against deletion.`,
          why: "security.protection.delete is true.",
          next: "Whoever set it must take it away first.",
        });
      }
      const stopped = instance.status_code === statusCode.stopped;
      if (!stopped && !args.force && !subject.busy) {
        throw unfit(subject.resource, { is: "is running; stop it first, or use --force", offer: "stop" });
      }
      return { ...subject, instance } satisfies Present;
    });
    const snapshots = await Promise.all(
      present.map(({ resource }) => use.lxd(resource.remote).instances.snapshots(resource)),
    );
    const names = present.map(({ resource }) => formatResource(resource));
    return {
      title: `Delete ${listed(names)}`,
      ...aboutSubjects(present, "instance.delete"),
      steps: present.flatMap(({ resource, instance }) => {
        const place = { remote: resource.remote, project: resource.project, name: resource.name };
        const lane = resourceKey(resource);
        return [
          ...(args.force && instance.status_code !== statusCode.stopped
            ? [
                instanceChangeState.plan({
                  input: { ...place, action: "stop" as const, force: true },
                  says: `Stop ${formatResource(resource)} by force`,
                  lane,
                }),
              ]
            : []),
          instanceDelete.plan({
            input: { ...place, identity: identityOf(instance) },
            says: `Delete ${formatResource(resource)}`,
            lane,
          }),
        ];
      }),
      findings: [],
      basis: present.map(({ resource, instance }, index) => [
        resourceKey(resource),
        projectionOf(instance),
        (snapshots[index] ?? []).map(({ name, created_at: created }) => [name, created]),
      ]),
      confirm: {
        button: present.length === 1 ? `Delete ${present[0]?.resource.name ?? ""}` : `Delete all ${present.length}`,
        parts: present.flatMap((subject, index) => whatIsLost(subject, snapshots[index] ?? [])),
      },
      done: `${listed(names)} ${names.length === 1 ? "is" : "are"} gone.`,
    };
  },
});

/** What a person must know before it is gone for good. */
function whatIsLost({ resource, instance }: Present, snapshots: readonly InstanceSnapshot[]): readonly Part[] {
  const devices = Object.entries(instance.expanded_devices).map(([name, { type }]) => `${name} (${type ?? "?"})`);
  const fields: (readonly [string, Text])[] = [
    ["State", instance.status + (instance.ephemeral ? ", ephemeral" : "")],
    ["Created", timeOf(instance.created_at)],
    ["Last used", timeOf(instance.last_used_at)],
    [
      "Snapshots",
      snapshots.length === 0 ? "none" : `${snapshots.length}: ${listed(snapshots.map(({ name }) => name))}`,
    ],
    ["Devices", devices.length === 0 ? "none" : listed(devices)],
    ["Profiles", instance.profiles.length === 0 ? "none" : instance.profiles.join(", ")],
  ];
  const owner = userOf(instance.config[stamps.owner]);
  if (owner !== undefined) fields.push(["Made by", { user: owner }]);
  return [
    { type: "text", text: ["Lost for good: ", { bold: formatResource(resource) }] },
    { type: "fields", fields },
  ];
}
