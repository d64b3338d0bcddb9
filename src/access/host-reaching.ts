/**
 * The settings and devices through which whoever may set them can become root on the host, or reach past the container.
 * A closed table: each line names where LXD (tag lxd-5.0.2) gives it that power. Judged on the expanded instance, so that
 * neither a profile nor an option gets around it. What is not known to be harmless is in here, not out.
 */

interface HostReachingKey {
  readonly matches: (key: string, value: string) => boolean;
  readonly why: string;
  /** In canonical/lxd. */
  readonly source: string;
}

const isOn = (value: string): boolean => value !== "" && !["false", "0", "no", "off"].includes(value.toLowerCase());

const keys: readonly HostReachingKey[] = [
  {
    matches: (key, value) => key === "security.privileged" && isOn(value),
    why: "root in a privileged container is root on the host",
    source: "lxd/instance/drivers/driver_lxc.go, IsPrivileged",
  },
  {
    matches: (key, value) => key === "security.nesting" && isOn(value),
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
    matches: (key, value) => key.startsWith("security.syscalls.") && !key.endsWith("deny_default") && value !== "",
    why: "it changes which system calls the host's kernel takes from the container",
    source: "lxd/seccomp/seccomp.go",
  },
  {
    matches: (key, value) => (key === "security.syscalls.deny_default" || key === "security.guestapi") && !isOn(value),
    why: "it takes a protection away",
    source: "lxd/seccomp/seccomp.go",
  },
  {
    matches: (key) => key.startsWith("security.idmap."),
    why: "it chooses which users of the host the container's users are",
    source: "lxd/instance/drivers/driver_lxc.go, findIdmap",
  },
  {
    matches: (key, value) => key === "security.devlxd.images" && isOn(value),
    why: "the container may fetch the server's images",
    source: "lxd/devlxd.go, devlxdImageExportHandler",
  },
  {
    matches: (key) => key.startsWith("nvidia.") || key.startsWith("cloud-init.ssh-keys."),
    why: "it hands the host's devices or keys on",
    source: "shared/instance.go",
  },
];

interface Device {
  readonly type?: string;
  readonly [setting: string]: string | undefined;
}

/** Types of devices that never reach the host by themselves, with the exceptions to it. Every other type reaches it. */
const harmlessDevices: Readonly<Record<string, (device: Device) => string | undefined>> = {
  // a disk from a pool is the container's own; one with a path of the host is not (lxd/device/disk.go, sourceIsLocalPath)
  disk: (device) => {
    if (device["pool"] !== undefined) return undefined;
    return `it mounts ${device["source"] ?? "a path"} of the host`;
  },
  // a bridge is shared by design; the others take over or bypass the host's interfaces (lxd/device/nic_*.go)
  nic: (device) => {
    const type = device["nictype"];
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
    const rule = keys.find((each) => each.matches(key, value));
    if (rule) found.push({ what: `${key}=${value}`, why: rule.why });
  }
  for (const [name, device] of Object.entries(instance.devices)) {
    const type = device["type"] ?? "";
    const judge = Object.hasOwn(harmlessDevices, type) ? harmlessDevices[type] : undefined;
    const why = judge ? judge(device) : `a device of type ${type === "" ? "unknown" : type} is one of the host`;
    if (why !== undefined) found.push({ what: `device ${name}${type === "" ? "" : ` (${type})`}`, why });
  }
  return found;
}
