/**
 * The settings and devices through which whoever may set them can become root on the host, or reach past the container.
 * A closed table: each line names where LXD (tag lxd-5.0.2) gives it that power. Judged on the expanded instance, so that
 * neither a profile nor an option gets around it. What is not known to be harmless is in here, not out.
 */

interface HostReachingKey {
  readonly matches: (key: string) => boolean;
  readonly why: string;
  /** In canonical/lxd. */
  readonly source: string;
}

const isOn = (value: string): boolean => value !== "" && !["false", "0", "no", "off"].includes(value.toLowerCase());

/** Settings that stay inside the instance (shared/instance.go, InstanceConfigKeysAny and InstanceConfigKeysContainer). */
const harmless: readonly ((key: string, value: string) => boolean)[] = [
  (key) => /^(boot|environment|image|limits|migration|snapshots|user)\./.test(key),
  (key) => /^(cloud-init|user)\.(network-config|user-data|vendor-data|meta-data)$/.test(key),
  (key) => key === "cluster.evacuate" || key === "agent.nic_config" || key === "security.devlxd",
  (key) => key.startsWith("security.protection."),
  // these are only dangerous when they are on
  (key, value) => ["security.privileged", "security.nesting", "security.devlxd.images"].includes(key) && !isOn(value),
  // and these when they are off
  (key, value) => ["security.syscalls.deny_default", "security.guestapi"].includes(key) && isOn(value),
];

const keys: readonly HostReachingKey[] = [
  {
    matches: (key) => key === "security.privileged",
    why: "root in a privileged container is root on the host",
    source: "lxd/instance/drivers/driver_lxc.go, IsPrivileged",
  },
  {
    matches: (key) => key === "security.nesting",
    why: "nesting loosens what the container may mount",
    source: "lxd/instance/drivers/driver_lxc.go, initLXC",
  },
  {
    matches: (key) => key.startsWith("raw."),
    why: "raw settings go to the host's tools as they are",
    source: "shared/instance.go, raw.apparmor, raw.idmap, raw.lxc, raw.qemu, raw.seccomp",
  },
  {
    matches: (key) => key.startsWith("linux.kernel_modules"),
    why: "it loads modules into the host's kernel",
    source: "shared/instance.go, linux.kernel_modules",
  },
  {
    matches: (key) => key.startsWith("linux.sysctl."),
    why: "it sets kernel parameters",
    source: "shared/instance.go, linux.sysctl.*",
  },
  {
    matches: (key) => key.startsWith("security.syscalls."),
    why: "it changes which system calls the host's kernel takes from the container",
    source: "lxd/seccomp/seccomp.go",
  },
  {
    matches: (key) => key.startsWith("security.idmap."),
    why: "it chooses which users of the host the container's users are",
    source: "lxd/instance/drivers/driver_lxc.go, findIdmap",
  },
  {
    matches: (key) => key.startsWith("volatile."),
    why: "it is LXD's own bookkeeping, of idmaps and devices among others",
    source: "shared/instance.go, volatile.*",
  },
];

/** A setting that is neither known to be harmless nor in the table: another version's, or a misspelt one. */
const unknownKey = "it is not known to stay inside the container";

interface Device {
  readonly type?: string;
  readonly [setting: string]: string | undefined;
}

/** Types of devices that never reach the host by themselves, with the exceptions to it. Every other type reaches it. */
const harmlessDevices: Readonly<Record<string, (device: Device) => string | undefined>> = {
  // a disk from a pool is the container's own; one with a path of the host is not (lxd/device/disk.go, sourceIsLocalPath)
  disk: (device) => {
    const source = device["source"];
    if (device["raw.mount.options"] !== undefined) return "raw mount options go to the host's mount as they are";
    if (device["pool"] !== undefined && source === undefined) return undefined;
    // a volume of the pool may be anybody's: volumes have no permissions of their own yet
    if (device["pool"] !== undefined && source?.startsWith("/") !== true)
      return `it mounts the storage volume ${source ?? ""}`;
    return `it mounts ${device["source"] ?? "a path"} of the host`;
  },
  // a bridge is shared by design; the others take over or bypass the host's interfaces (lxd/device/nic_*.go)
  nic: (device) => {
    const type = device["nictype"];
    const routes = Object.keys(device).find((setting) => /^ipv[46]\.routes/.test(setting));
    if (routes !== undefined) return `${routes} writes routes on the host`;
    if (type === undefined && device["network"] !== undefined) return undefined;
    if (type === "bridged") return undefined;
    return `a NIC of type ${type ?? "unknown"} uses an interface of the host`;
  },
  none: () => undefined,
};

export interface Reach {
  /** `security.privileged=true`, `device home (disk)`. */
  readonly what: string;
  readonly why: string;
}

/** Everything in an expanded instance that reaches the host. */
export function hostReaching(instance: {
  readonly config: Readonly<Record<string, string>>;
  readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
}): readonly Reach[] {
  const found: Reach[] = [];
  for (const [key, value] of Object.entries(instance.config)) {
    if (!/\p{Cc}/u.test(key + value) || /^(user|cloud-init)\./.test(key)) {
      if (harmless.some((stays) => stays(key, value))) continue;
    }
    const why = keys.find((each) => each.matches(key))?.why ?? unknownKey;
    found.push({ what: `${key}=${value.replace(/\p{Cc}/gu, "␤")}`, why });
  }
  for (const [name, settings] of Object.entries(instance.devices)) {
    // LXD takes an empty setting for one that is not there
    const device: Device = Object.fromEntries(Object.entries(settings).filter(([, value]) => value !== ""));
    const type = device["type"] ?? "";
    const judge = Object.hasOwn(harmlessDevices, type) ? harmlessDevices[type] : undefined;
    const why = judge ? judge(device) : `a device of type ${type === "" ? "unknown" : type} is one of the host`;
    if (why !== undefined) found.push({ what: `device ${name}${type === "" ? "" : ` (${type})`}`, why });
  }
  return found;
}
