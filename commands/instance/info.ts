import { userOf } from "../../src/people/actor-key.ts";
import { requireAllowed, targetOf } from "../../src/pipeline/authorize.ts";
import { withRemote } from "../../src/pipeline/resolve.ts";
import { argument, defineCommand, flag } from "../../src/pipeline/define.ts";
import { formatResource, instanceReference, resourceKey } from "../../src/pipeline/references.ts";
import type { Part, Text } from "../../src/pipeline/reply.ts";
import type { InstanceState } from "../../src/lxd/resources/instance-shapes.ts";
import { requireInstance, stamps } from "../../src/steps/instance/identity.ts";
import { listed, projectOption, timeOf } from "./shared.ts";

/** How much of a log is shown, in characters. */
const logTailCharacters = 2_500;

export const info = defineCommand({
  type: "answer",
  name: "info",
  aliases: ["show"],
  summary: "Show an instance: state, addresses, resources, snapshots, where it came from",
  parameters: {
    instance: argument({ value: instanceReference, help: "which" }),
    showLog: flag({ help: "also the end of its log (`lxc.log`)" }),
    project: projectOption,
  },
  examples: ["info {remote}:{instance}", "info {remote}:{instance} --show-log"],
  permission: "instance.read",
  needs: ["resolve", "lxd", "jobs", "may"],
  run: async ({ args, use, request }) => {
    const resource = await use.resolve.instance(args.instance, {
      project: args.project,
      typed: (remote) => withRemote(request.text, { name: args.instance.name, remote }),
    });
    const lxd = use.lxd(resource.remote);
    const instance = await requireInstance(lxd, resource);
    requireAllowed(
      use.may("instance.read", targetOf(resource, instance.config[stamps.owner])),
      `You may not see ${formatResource(resource)}.`,
    );
    const [state, snapshots, jobs] = await Promise.all([
      lxd.instances.state(resource),
      lxd.instances.snapshots(resource),
      use.jobs.on(resourceKey(resource)),
    ]);
    const who = userOf(instance.config[stamps.owner]);
    const limits = Object.entries(instance.expanded_config).filter(([key]) => key.startsWith("limits."));
    const devices = Object.entries(instance.expanded_devices).map(([name, { type }]) => `${name} (${type ?? "?"})`);
    const fields: (readonly [string, Text])[] = [
      ["State", state.status + (state.pid > 0 ? `, process ${state.pid}` : "")],
      ["Type", instance.type + (instance.ephemeral ? ", ephemeral" : "")],
      ["Architecture", instance.architecture],
      ["Created", timeOf(instance.created_at)],
      ["Last used", timeOf(instance.last_used_at)],
      ["Profiles", instance.profiles.join(", ") || "none"],
      [
        "Image",
        instance.config["image.description"] ?? instance.config["volatile.base_image"]?.slice(0, 12) ?? "unknown",
      ],
      ["Devices", listed(devices) || "none"],
      [
        "Snapshots",
        snapshots.length === 0 ? "none" : `${snapshots.length}: ${listed(snapshots.map(({ name }) => name))}`,
      ],
      ...(limits.length === 0
        ? []
        : [["Limits", limits.map(([key, value]) => `${key.slice("limits.".length)}=${value}`).join(", ")] as const]),
      ...resourcesOf(state),
      ...(who === undefined ? [] : [["Made by", { user: who }] as const]),
      ...(jobs.length === 0 ? [] : [["Jobs", jobs.map(({ id, command }) => `${id} (${command})`).join(", ")] as const]),
    ];
    const networks = networksOf(state);
    return {
      summary: `${formatResource(resource)} is ${state.status}`,
      parts: [
        { type: "header", text: formatResource(resource) },
        ...(instance.description === "" ? [] : [{ type: "text", text: instance.description } as const]),
        { type: "fields", fields },
        ...(networks.length === 0
          ? []
          : [{ type: "table", columns: ["NIC", "FAMILY", "ADDRESS", "SCOPE"], rows: networks } as const]),
        ...(args.showLog ? [await logOf(lxd.instances, resource)] : []),
      ],
    };
  },
});

function resourcesOf(state: InstanceState): readonly (readonly [string, Text])[] {
  if (state.pid === 0) return [];
  const memory = state.memory?.usage ?? 0;
  return [
    ["Processes", String(state.processes)],
    ...(memory > 0 ? [["Memory", `${(memory / 1024 ** 2).toFixed(1)} MiB`] as const] : []),
    ...(state.cpu ? [["CPU", `${(state.cpu.usage / 1e9).toFixed(1)} s`] as const] : []),
  ];
}

function networksOf(state: InstanceState): readonly (readonly string[])[] {
  return Object.entries(state.network)
    .filter(([name]) => name !== "lo")
    .flatMap(([name, { addresses }]) =>
      addresses.map(({ family, address, netmask, scope }) => [name, family, `${address}/${netmask}`, scope]),
    );
}

async function logOf(
  instances: {
    readonly logs: (ref: { project: string; name: string }) => Promise<readonly string[]>;
    readonly logFile: (ref: { project: string; name: string }, file: string) => Promise<{ readonly text: string }>;
  },
  ref: { readonly project: string; readonly name: string },
): Promise<Part> {
  const files = await instances.logs(ref);
  const file = files.find((name) => name === "lxc.log") ?? files[0];
  if (file === undefined) return { type: "text", text: "It has no log." };
  const { text } = await instances.logFile(ref, file);
  return { type: "code", text: text.slice(-logTailCharacters) || "(the log is empty)" };
}
