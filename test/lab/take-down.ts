import { readFile, rm, rmdir, stat, writeFile } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { kindOf, kinds, type ServerName } from "./kinds.ts";
import { bridgeName, removeBridge } from "./network.ts";
import { ownedProcesses, type OwnedProcess } from "./processes.ts";
import { run } from "./run.ts";

/** How long a server may take to end by itself; after that everything it owns is killed. */
const shutdownTimeoutMs = 10_000;
const killDeadlineMs = 15_000;
const pollMs = 50;

/**
 * Takes one server down, whatever state it is in: running, hanging, killed, half started. Needs nothing but the
 * directory: processes, mounts, bridge and firewall rules are found through it. Throws, and leaves the directory alone,
 * when a process or a mount cannot be removed (a host folder may still be mounted below it).
 */
export async function takeDownServer(name: ServerName, serverDir: string): Promise<void> {
  const kind = kinds[kindOf[name]];
  const before = await ownedProcesses(serverDir);
  const isAlive = before.some(({ command }) => command.startsWith(kind.daemon));
  const hasSocket = await stat(`${serverDir}/unix.socket`).then(
    () => true,
    () => false,
  );
  if (isAlive && hasSocket) {
    // Nobody needs the containers any more: without them the server has nothing to wait for.
    await killOnce(before.filter(({ isInside }) => isInside));
    await run([...kind.shutdown, `--timeout=${shutdownTimeoutMs / 1000}`], {
      env: { [kind.dirVariable]: serverDir },
      timeoutMs: shutdownTimeoutMs,
    });
  }
  await killProcesses(serverDir, before);
  await unmountBelow(serverDir);
  await removeBridge(bridgeName(serverDir));
  await rm(serverDir, { recursive: true, force: true });
}

/** Kills until nothing of the server is left; `seen` adds control groups that only an earlier look could find. */
async function killProcesses(serverDir: string, seen: readonly OwnedProcess[]): Promise<void> {
  const cgroups = new Set(seen.flatMap((process) => process.cgroups));
  const deadline = Date.now() + killDeadlineMs;
  for (;;) {
    const owned = await ownedProcesses(serverDir);
    if (owned.length === 0) break;
    if (Date.now() > deadline) {
      throw new Error(`still running: ${owned.map(({ pid, command }) => `${pid} ${command}`).join(", ")}`);
    }
    for (const line of owned.flatMap((process) => process.cgroups)) cgroups.add(line);
    await killOnce(owned);
    await sleep(pollMs);
  }
  // Deepest first: a control group goes only when it has no children.
  const paths = containerGroups(cgroups).flatMap((path) => withParents(path));
  for (const path of [...new Set(paths)].sort((a, b) => b.length - a.length)) {
    await rmdir(path).catch(() => undefined); // gone already, or (a name shared with another server) still in use
  }
}

async function killOnce(processes: readonly OwnedProcess[]): Promise<void> {
  for (const { pid } of processes) {
    try {
      process.kill(pid, "SIGKILL");
    } catch (error) {
      if (!(error instanceof Error && "code" in error && error.code === "ESRCH")) throw error;
    }
  }
  for (const folder of containerGroups(processes.flatMap(({ cgroups }) => cgroups))) await thaw(folder);
}

/** Folders of the groups that liblxc makes for a container (`lxc.payload.NAME`, `lxc.monitor.NAME`, with what is below). */
function containerGroups(lines: Iterable<string>): readonly string[] {
  const folders: string[] = [];
  for (const line of lines) {
    const [controllers = "", path = ""] = line.split(":");
    if (!/\/lxc\.(payload|monitor)[./]/.test(path)) continue;
    const mounts = controllers === "" ? ["unified", ""] : [controllers.replace(/^name=/, "")];
    for (const mount of mounts) folders.push(`/sys/fs/cgroup/${mount}${path}`.replaceAll("//", "/"));
  }
  return folders;
}

function withParents(folder: string): readonly string[] {
  const found = [folder];
  let at = folder;
  while (!/\/lxc\.(payload|monitor)[^/]*$/.test(at)) {
    at = at.slice(0, at.lastIndexOf("/"));
    found.push(at);
  }
  return found;
}

/** In version 1 of the control groups a frozen process does not even die of SIGKILL. */
async function thaw(folder: string): Promise<void> {
  if (!folder.startsWith("/sys/fs/cgroup/freezer/")) return;
  await writeFile(`${folder}/freezer.state`, "THAWED", { flag: "r+" }).catch(() => undefined); // the group may be gone
}

/** Unmounts all below the directory, newest first, and makes sure: what follows is a recursive removal. */
async function unmountBelow(serverDir: string): Promise<void> {
  for (const point of (await mountsBelow(serverDir)).toReversed()) {
    const gentle = await run(["umount", point]);
    if (gentle.code !== 0) await run(["umount", "--lazy", point]);
  }
  const left = await mountsBelow(serverDir);
  if (left.length > 0) throw new Error(`still mounted: ${left.join(", ")}`);
}

/** Mount points at or below a directory, oldest first. */
export async function mountsBelow(dir: string): Promise<readonly string[]> {
  const points = (await readFile("/proc/self/mountinfo", "utf8")).split("\n").map((line) => line.split(" ")[4] ?? "");
  // The kernel writes space, tab, newline and backslash as three octal digits.
  const decoded = points.map((point) =>
    point.replaceAll(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8))),
  );
  return decoded.filter((point) => point === dir || point.startsWith(`${dir}/`));
}
