import { ApiError } from "./errors.ts";
import type { Daemon } from "./daemon.ts";
import type { Config, Devices } from "./model.ts";

const maxNameLength = 63;

/** shared/validate IsHostname, as LXD words it for instances. Throws 400. */
export function validateInstanceName(daemon: Daemon, name: string): void {
  if (name.length < 1 || name.length > maxNameLength) refuse(`Name must be 1-${maxNameLength} characters long`);
  if (name.startsWith("-")) refuse('Name must not start with "-" character');
  if (name.endsWith("-")) refuse('Name must not end with "-" character');
  if (/^\d/.test(name) && !daemon.flavour.namesMayStartWithDigit) refuse("Name must not start with a number");
  if (/^\d+$/.test(name)) refuse("Name cannot be a number");
  if (!/^[a-zA-Z0-9-]+$/.test(name)) refuse("Name can only contain alphanumeric and hyphen characters");
}

function refuse(why: string): never {
  throw new ApiError(400, `Invalid instance name: ${why}`);
}

type Check = (value: string) => string | null;

const isBoolean: Check = (value) =>
  /^(true|1|yes|on|false|0|no|off)$/i.test(value) ? null : `Invalid value for a boolean "${value}"`;
const isInteger: Check = (value) => (/^-?\d+$/.test(value) ? null : `Invalid value for an integer "${value}"`);
const isPriority: Check = (value) =>
  isInteger(value) ?? (Number(value) >= 0 && Number(value) <= 10 ? null : limitText(value));
const isSize: Check = (value) =>
  /^\d+(%|B|bit|[kKMGTPE]?(bit|B)|[KMGTPE]iB|)$/.test(value) ? null : `Invalid value: ${value}`;
const isCpuLimit: Check = (value) => (/^\d+([-,]\d+)*$/.test(value) ? null : "Invalid CPU limit syntax");
const isUuid: Check = (value) => (/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(value) ? null : "Invalid UUID");
const anything: Check = () => null;
const oneOf =
  (...values: readonly string[]): Check =>
  (value) =>
    values.includes(value) ? null : `Invalid value "${value}" (not one of [${values.join(" ")}])`;

function limitText(value: string): string {
  return `Invalid value for a limit "${value}". Must be between 0 and 10`;
}

/** The instance configuration keys of shared/instance.go (5.0.2) that have a check of their own here. */
const keyChecks: Readonly<Record<string, Check>> = {
  "boot.autostart": isBoolean,
  "boot.autostart.delay": isInteger,
  "boot.autostart.priority": isInteger,
  "boot.stop.priority": isInteger,
  "boot.host_shutdown_timeout": isInteger,
  "cluster.evacuate": oneOf("auto", "migrate", "live-migrate", "stop"),
  "limits.cpu": isCpuLimit,
  "limits.cpu.allowance": anything,
  "limits.cpu.priority": isPriority,
  "limits.disk.priority": isPriority,
  "limits.memory": isSize,
  "limits.memory.enforce": oneOf("soft", "hard"),
  "limits.memory.hugepages": isBoolean,
  "limits.memory.swap": isBoolean,
  "limits.memory.swap.priority": isPriority,
  "limits.network.priority": isPriority,
  "limits.processes": isInteger,
  "linux.kernel_modules": anything,
  "migration.incremental.memory": isBoolean,
  "migration.incremental.memory.goal": isInteger,
  "migration.incremental.memory.iterations": isInteger,
  "migration.stateful": isBoolean,
  "nvidia.runtime": isBoolean,
  "raw.apparmor": anything,
  "raw.idmap": anything,
  "raw.lxc": anything,
  "raw.seccomp": anything,
  "security.devlxd": isBoolean,
  "security.devlxd.images": isBoolean,
  "security.guestapi": isBoolean,
  "security.idmap.base": isInteger,
  "security.idmap.isolated": isBoolean,
  "security.idmap.size": isInteger,
  "security.nesting": isBoolean,
  "security.privileged": isBoolean,
  "security.protection.delete": isBoolean,
  "security.protection.shift": isBoolean,
  "snapshots.schedule": anything,
  "snapshots.schedule.stopped": isBoolean,
  "snapshots.pattern": anything,
  "snapshots.expiry": anything,
  "volatile.uuid": isUuid,
};

const freePrefixes = [
  "user.",
  "image.",
  "volatile.",
  "environment.",
  "cloud-init.",
  "limits.kernel.",
  "limits.hugepages.",
  "linux.sysctl.",
  "security.syscalls.",
  "nvidia.",
];

/** Says what is wrong with a configuration in LXD's words, or null. An empty value unsets its key. */
export function configProblem(config: Readonly<Config>): string | null {
  for (const key of Object.keys(config).sort()) {
    const value = config[key] ?? "";
    const check = keyChecks[key] ?? (freePrefixes.some((prefix) => key.startsWith(prefix)) ? anything : undefined);
    if (check === undefined) return `Unknown configuration key: ${key}`;
    const problem = value === "" ? null : check(value);
    if (problem !== null) return problem;
  }
  return null;
}

const deviceTypes = new Set([
  "disk",
  "gpu",
  "infiniband",
  "nic",
  "none",
  "pci",
  "proxy",
  "tpm",
  "unix-block",
  "unix-char",
  "unix-hotplug",
  "usb",
]);

/** Options of the device types that the simulation looks into; other types take any. */
const deviceOptions: Readonly<Record<string, readonly string[]>> = {
  disk: (
    "type boot.priority ceph.cluster_name ceph.user_name limits.max limits.read limits.write path pool propagation " +
    "raw.mount.options readonly recursive required shift size size.state source"
  ).split(" "),
  nic: (
    "type boot.priority host_name hwaddr ipv4.address ipv4.host_address ipv4.routes ipv6.address ipv6.routes " +
    "limits.egress limits.ingress limits.max mtu name network nictype parent queue.tx.length security.ipv4_filtering " +
    "security.ipv6_filtering security.mac_filtering security.port_isolation vlan vlan.tagged maas.subnet.ipv4 " +
    "maas.subnet.ipv6 security.acls mode gateway"
  ).split(" "),
};

/** A problem of a device by itself: its type. */
export function deviceTypeProblem(devices: Readonly<Devices>): string | null {
  for (const name of Object.keys(devices).sort()) {
    const type = devices[name]?.["type"] ?? "";
    if (!deviceTypes.has(type)) return `Invalid device type ${type}`;
  }
  return null;
}

/** A problem of a device in this server: unknown options, a missing network or host path. */
export function deviceProblem(daemon: Daemon, project: string, devices: Readonly<Devices>): string | null {
  for (const name of Object.keys(devices).sort()) {
    const problem = oneDeviceProblem(daemon, project, { name, options: devices[name] ?? {} });
    if (problem !== null) return problem;
  }
  return null;
}

function oneDeviceProblem(
  daemon: Daemon,
  project: string,
  device: { readonly name: string; readonly options: Readonly<Config> },
): string | null {
  const { name, options } = device;
  const failed = `Invalid devices: Device validation failed for "${name}": `;
  const known = deviceOptions[options["type"] ?? ""];
  const strange = known === undefined ? undefined : Object.keys(options).find((option) => !known.includes(option));
  if (strange !== undefined) return `${failed}Invalid device option "${strange}"`;
  const network = options["type"] === "nic" ? options["network"] : undefined;
  if (network !== undefined && !daemon.store.networks.has(network)) {
    return `${failed}Failed loading device "${name}": Failed to load network "${network}" for project "${project}": Network not found`;
  }
  if (options["type"] === "nic" && network === undefined && options["nictype"] === undefined) {
    return `${failed}Failed loading device "${name}": Unsupported device type`;
  }
  const source = options["type"] === "disk" && options["pool"] === undefined ? options["source"] : undefined;
  if (source !== undefined && options["required"] !== "false" && isMissingOnHost(source)) {
    return `Failed add validation for device "${name}": Missing source path "${source}" for disk "${name}"`;
  }
  return null;
}

/** The simulated host has /home, /srv, /mnt, /opt, /tmp and /var, and nothing called "nope" or "missing" in them. */
function isMissingOnHost(path: string): boolean {
  return !/^\/(home|srv|mnt|opt|tmp|var)(\/|$)/.test(path) || /\/(nope|missing)(\/|$)/.test(path);
}
