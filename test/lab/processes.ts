import { readdir, readFile } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** The daemon of a lab carries this variable with its directory as value; what it starts inherits it. */
export const ownerVariable = "LXD_CHATOPS_LAB";

/** One process of a lab, with its control groups as `/proc/PID/cgroup` lists them (`controllers:path`). */
export interface OwnedProcess {
  readonly pid: number;
  readonly command: string;
  readonly cgroups: readonly string[];
  /** Runs inside a container, from its root file system. */
  readonly isInside: boolean;
}

interface Candidate extends OwnedProcess {
  readonly parent: number;
  readonly owned: boolean;
}

/**
 * Finds every live process that belongs to the server in `serverDir`: the daemon and what it started (by the variable
 * above), container monitors and dnsmasq (by the directory in their command line), processes inside containers (by where
 * their root file system lies), and all descendants of these. Never this process or one that it descends from.
 */
export async function ownedProcesses(serverDir: string): Promise<readonly OwnedProcess[]> {
  const rootPrefix = await pathInFileSystem(serverDir);
  const candidates = new Map<number, Candidate>();
  for (const entry of await readdir("/proc")) {
    if (!/^\d+$/.test(entry)) continue;
    const candidate = await inspect(Number(entry), { serverDir, rootPrefix });
    if (candidate !== undefined) candidates.set(candidate.pid, candidate);
  }
  const spared = new Set<number>([0, 1]);
  for (let pid = process.pid; !spared.has(pid); pid = candidates.get(pid)?.parent ?? 0) spared.add(pid);
  return [...candidates.values()].filter(({ pid }) => !spared.has(pid) && isOwned(pid, candidates));
}

function isOwned(pid: number, candidates: ReadonlyMap<number, Candidate>): boolean {
  const seen = new Set<number>();
  for (let at = candidates.get(pid); at !== undefined && !seen.has(at.pid); at = candidates.get(at.parent)) {
    if (at.owned) return true;
    seen.add(at.pid);
  }
  return false;
}

/** Undefined for a process that is gone, a zombie (nothing left to end), or hidden from us. */
async function inspect(
  pid: number,
  where: { readonly serverDir: string; readonly rootPrefix: string },
): Promise<Candidate | undefined> {
  const read = async (name: string) => await readFile(`/proc/${pid}/${name}`, "utf8").catch(() => undefined);
  const stat = await read("stat");
  if (stat === undefined) return undefined;
  // "pid (name) state ppid …": the name may hold spaces and parentheses, so count from its end.
  const [state, parent] = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  if (state === "Z" || state === "X") return undefined;
  const argv = ((await read("cmdline")) ?? "").split("\0").filter((part) => part !== "");
  const isInside = rootOf((await read("mountinfo")) ?? "").startsWith(`${where.rootPrefix}/`);
  const owned =
    isInside ||
    ((await read("environ")) ?? "").split("\0").includes(`${ownerVariable}=${where.serverDir}`) ||
    argv.join(" ").startsWith(`[lxc monitor] ${where.serverDir}/`) ||
    (basename(argv[0] ?? "") === "dnsmasq" && argv.some((part) => part.includes(`${where.serverDir}/`)));
  const cgroups = ((await read("cgroup")) ?? "").split("\n").map((line) => line.replace(/^\d+:/, ""));
  const command = argv.join(" ");
  return { pid, parent: Number(parent), command, owned, isInside, cgroups: cgroups.filter((line) => line !== "") };
}

/** Where, inside its file system, the root directory of a process lies: proc(5), mountinfo, fields 4 and 5. */
function rootOf(mountinfo: string): string {
  for (const line of mountinfo.split("\n")) {
    const [, , , root, mountPoint] = line.split(" ");
    if (mountPoint === "/" && root !== undefined) return root;
  }
  return "";
}

/** `path` as mountinfo would name it: below the root of the file system that holds it. */
async function pathInFileSystem(path: string): Promise<string> {
  const roots = new Map<string, string>();
  for (const line of (await readFile("/proc/self/mountinfo", "utf8")).split("\n")) {
    const [, , , root, mountPoint] = line.split(" ");
    if (root !== undefined && mountPoint !== undefined) roots.set(mountPoint, root);
  }
  for (let at = dirname(path); ; at = dirname(at)) {
    const root = roots.get(at);
    if (root !== undefined) return join(root, path.slice(at === "/" ? 0 : at.length));
    if (at === "/") return path;
  }
}
