import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { kindOf, type ServerKind, type ServerName } from "./kinds.ts";
import { programPath } from "./run.ts";

/** Program → Debian 12 package that brings it. Each is started by a server or by the lab itself. */
const programs: Readonly<Record<ServerKind | "both", Readonly<Record<string, string>>>> = {
  both: {
    busybox: "busybox-static",
    dnsmasq: "dnsmasq-base",
    ip: "iproute2",
    iptables: "iptables",
    "iptables-save": "iptables",
    rsync: "rsync",
    setfattr: "attr",
    setfacl: "acl",
    unsquashfs: "squashfs-tools",
    newuidmap: "uidmap",
    xz: "xz-utils",
    tar: "tar",
  },
  lxd: { lxd: "lxd", lxc: "lxd-client" },
  incus: { "/usr/libexec/incus/incusd": "incus-base (bookworm-backports)", incus: "incus-client (bookworm-backports)" },
};

/** What the check looks at; given in tests, else this machine. */
export interface Machine {
  readonly platform: string;
  readonly uid: number | undefined;
  /** Folders with programs, separated by colons; absolute program paths are looked for below `root`. */
  readonly searchPath: string;
  readonly root: string;
}

const thisMachine: Machine = {
  platform: process.platform,
  uid: process.getuid?.(),
  searchPath: programPath,
  root: "",
};

/** What the machine lacks for these servers, one sentence each; empty when the lab can start. */
export async function missingRequirements(
  servers: readonly ServerName[],
  machine: Machine = thisMachine,
): Promise<readonly string[]> {
  if (machine.platform !== "linux") return ["The lab runs on Linux only."];
  const missing: string[] = [];
  if (machine.uid !== 0) missing.push("The lab must run as root.");
  for (const kind of ["both", ...new Set(servers.map((name) => kindOf[name]))] as const) {
    for (const [program, packageName] of Object.entries(programs[kind])) {
      if (await isInstalled(program, machine)) continue;
      missing.push(`${program} is missing: install the package ${packageName}.`);
    }
  }
  for (const file of ["/etc/subuid", "/etc/subgid"]) {
    const lines = await readFile(`${machine.root}${file}`, "utf8").catch(() => "");
    if (!/^(root|lxd|_lxd|0):\d+:\d+/m.test(lines))
      missing.push(`${file} has no range for root: add root:100000:1000000.`);
  }
  return missing;
}

/** Throws with all that is missing and how to mend it. Tests on real servers call it first: they fail, they never skip. */
export async function assertRequirements(servers: readonly ServerName[]): Promise<void> {
  const missing = await missingRequirements(servers);
  if (missing.length === 0) return;
  const cure = "On Debian 12, .ci/install installs all of it.";
  throw new Error(`The lab cannot start on this machine:\n${missing.map((line) => `- ${line}`).join("\n")}\n${cure}`);
}

async function isInstalled(program: string, machine: Machine): Promise<boolean> {
  const paths = program.startsWith("/")
    ? [`${machine.root}${program}`]
    : machine.searchPath.split(":").map((folder) => `${folder}/${program}`);
  for (const path of paths) {
    if (
      await access(path, constants.X_OK).then(
        () => true,
        () => false,
      )
    )
      return true;
  }
  return false;
}
