import { createHash } from "node:crypto";
import { goZeroTime } from "./clock.ts";
import type { Daemon } from "./daemon.ts";
import { etagOf, sortDevices, sortKeys } from "./go-json.ts";
import { hasFault } from "./faults.ts";
import { expandedConfig, expandedDevices, isUp, nicsOf, profilesOf } from "./instances.ts";
import { instanceStatusCodes, type Config, type Instance, type Snapshot } from "./model.ts";

/** LXD's number for x86_64 in shared/osarch. */
const architectureId = 2;
const memoryBytes = 1_003_520;
const allocatedMemoryBytes = 8_589_934_592;
const allocatedNanoseconds = 2_000_000_000;
const nanosecondsPerMillisecond = 1_000;
const addressesPerBridge = 250;

/** `GET /1.0/instances/{name}` in LXD's order of fields. */
export function renderInstance(daemon: Daemon, instance: Instance): Record<string, unknown> {
  return {
    architecture: instance.architecture,
    config: sortKeys(instance.config),
    devices: sortDevices(instance.devices),
    ephemeral: instance.ephemeral,
    profiles: instance.profiles,
    stateful: false,
    description: instance.description,
    created_at: instance.createdAt,
    expanded_config: sortKeys(expandedConfig(daemon, instance)),
    expanded_devices: sortDevices(expandedDevices(daemon, instance)),
    name: instance.name,
    status: instance.status,
    status_code: instanceStatusCodes[instance.status],
    last_used_at: instance.lastUsedAt,
    location: "none",
    type: "container",
    project: instance.project,
  };
}

/** The form of `recursion=2`, and of one instance with `recursion=1`. */
export function renderFullInstance(daemon: Daemon, instance: Instance): Record<string, unknown> {
  const snapshots = instance.snapshots.map((snapshot) => renderSnapshot(daemon, instance, snapshot));
  return {
    ...renderInstance(daemon, instance),
    backups: null,
    state: renderState(daemon, instance),
    snapshots: snapshots.length === 0 ? null : snapshots,
  };
}

/** Over the same view as LXD (instance_get.go): an edited profile changes it, starting does through volatile keys. */
export function instanceEtag(daemon: Daemon, instance: Instance): string {
  const profiles = profilesOf(daemon, instance).map(({ name, description, config, devices }) => ({
    config: sortKeys(config),
    description,
    devices: sortDevices(devices),
    name,
    used_by: [],
  }));
  return etagOf([
    architectureId,
    sortKeys(instance.config),
    sortDevices(instance.devices),
    instance.ephemeral,
    profiles,
  ]);
}

export function renderSnapshot(daemon: Daemon, instance: Instance, snapshot: Snapshot): Record<string, unknown> {
  const expandable = { ...snapshot, project: instance.project };
  return {
    expires_at: snapshot.expiresAt,
    architecture: snapshot.architecture,
    config: sortKeys(snapshot.config),
    created_at: snapshot.createdAt,
    devices: sortDevices(snapshot.devices),
    ephemeral: snapshot.ephemeral,
    expanded_config: sortKeys(expandedConfig(daemon, expandable)),
    expanded_devices: sortDevices(expandedDevices(daemon, expandable)),
    last_used_at: goZeroTime,
    name: snapshot.name,
    profiles: snapshot.profiles,
    stateful: false,
    size: -1,
  };
}

/** `GET /1.0/instances/{name}/state`. */
export function renderState(daemon: Daemon, instance: Instance): Record<string, unknown> {
  const up = isUp(instance);
  const isIncus = daemon.flavour.server === "incus";
  const upMs = up ? daemon.pace.nowMs() - instance.startedMs : 0;
  const usage = up ? memoryBytes : 0;
  return {
    status: instance.status,
    status_code: instanceStatusCodes[instance.status],
    disk: {},
    memory: {
      usage,
      usage_peak: usage,
      ...(isIncus ? { total: up ? allocatedMemoryBytes : 0 } : {}),
      swap_usage: 0,
      swap_usage_peak: 0,
    },
    network: up ? renderNetwork(daemon, instance) : null,
    pid: instance.pid,
    processes: up ? 2 : 0,
    cpu: {
      usage: upMs * nanosecondsPerMillisecond,
      ...(isIncus ? { allocated_time: up ? allocatedNanoseconds : 0 } : {}),
    },
    ...(isIncus ? { started_at: up ? new Date(instance.startedMs).toISOString() : goZeroTime, os_info: null } : {}),
  };
}

const noTraffic = {
  bytes_received: 0,
  bytes_sent: 0,
  packets_received: 0,
  packets_sent: 0,
  errors_received: 0,
  errors_sent: 0,
  packets_dropped_outbound: 0,
  packets_dropped_inbound: 0,
};

function renderNetwork(daemon: Daemon, instance: Instance): Record<string, unknown> {
  const interfaces = nicsOf(expandedDevices(daemon, instance)).map(([device, options]): [string, unknown] => {
    const hwaddr = hardwareAddress(instance, device, options);
    const address = addressOf(daemon, instance, { device, options });
    const linkLocal = { family: "inet6", address: linkLocalAddress(hwaddr), netmask: "64", scope: "link" };
    return [
      options["name"] ?? device,
      {
        addresses: [
          ...(address === null ? [] : [{ family: "inet", address, netmask: "24", scope: "global" }]),
          linkLocal,
        ],
        counters: { ...noTraffic, bytes_received: 686, bytes_sent: 1_200, packets_received: 2, packets_sent: 8 },
        hwaddr,
        host_name: instance.config[`volatile.${device}.host_name`] ?? "",
        mtu: 1_500,
        state: "up",
        type: "broadcast",
      },
    ];
  });
  const loopback = {
    addresses: [
      { family: "inet", address: "127.0.0.1", netmask: "8", scope: "local" },
      { family: "inet6", address: "::1", netmask: "128", scope: "local" },
    ],
    counters: noTraffic,
    hwaddr: "",
    host_name: "",
    mtu: 65_536,
    state: "up",
    type: "loopback",
  };
  return sortKeys({ ...Object.fromEntries(interfaces), lo: loopback });
}

export function hardwareAddress(instance: Instance, device: string, options: Config): string {
  return options["hwaddr"] ?? instance.config[`volatile.${device}.hwaddr`] ?? "";
}

/** The IPv4 address that the bridge's DHCP gives this NIC, or null: none yet, no managed bridge, or a fault. */
export function addressOf(
  daemon: Daemon,
  instance: Instance,
  nic: { readonly device: string; readonly options: Config },
): string | null {
  const tooEarly = daemon.pace.nowMs() - instance.startedMs < daemon.pace.addressMs;
  if (!isUp(instance) || tooEarly || hasFault(instance.name, "noip")) return null;
  if (nic.options["ipv4.address"] !== undefined) return nic.options["ipv4.address"];
  const bridge = daemon.store.networks.get(nic.options["network"] ?? nic.options["parent"] ?? "");
  const own = bridge?.config["ipv4.address"];
  if (own === undefined || own === "none") return null;
  const hash = createHash("sha256")
    .update(hardwareAddress(instance, nic.device, nic.options))
    .digest();
  return own.replace(/\d+\/\d+$/, String(2 + (hash.readUInt16BE(0) % addressesPerBridge)));
}

/** EUI-64, as the kernel derives it. */
function linkLocalAddress(hwaddr: string): string {
  const [a = 0, b = 0, c = 0, d = 0, e = 0, f = 0] = hwaddr.split(":").map((part) => Number.parseInt(part, 16));
  const groups = [((a ^ 2) << 8) | b, (c << 8) | 0xff, 0xfe00 | d, (e << 8) | f];
  return `fe80::${groups.map((group) => group.toString(16)).join(":")}`;
}
