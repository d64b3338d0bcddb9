import { chmod, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { runCommandLine } from "./command-line.ts";
import { buildImage } from "./image.ts";
import { serverNames, type ServerName } from "./kinds.ts";
import { freePorts, freeSubnets } from "./network.ts";
import { assertRequirements } from "./requirements.ts";
import { connectServer, ServerFacts, startServer, type LabServer } from "./server.ts";
import { takeDownServer } from "./take-down.ts";

const dirPrefix = "lxd-chatops-lab-";
/** Marks a directory as ours: without it nothing is removed. Holds who ends the lab, or nothing when a person does. */
const markerFile = ".lab";
const factsFile = "lab.json";
const LabFile = z.object({ servers: z.array(ServerFacts) });

export interface LabOptions {
  readonly servers: readonly ServerName[];
  /** Directory of the lab: missing, empty, or that of an earlier lab (which is taken down first). Default: a new one. */
  readonly dir?: string;
}

/** Running servers. Disposing of it takes all of them down and removes the directory; it may be done twice. */
export interface Lab extends AsyncDisposable {
  readonly dir: string;
  readonly servers: readonly LabServer[];
  /** The server of this name; throws when the lab was started without it. */
  server(name: ServerName): LabServer;
}

/**
 * Brings up real servers, side by side, each with a bridge with DHCP, a `dir` pool, the image `busybox`, the projects
 * `default` and `staging`, and (LXD) a trust password. When one fails, all are taken down and the error says why.
 */
export async function startLab(options: LabOptions): Promise<Lab> {
  await assertRequirements(options.servers);
  await takeDownAbandonedLabs();
  const dir = options.dir === undefined ? await mkdtemp(join(tmpdir(), dirPrefix)) : resolve(options.dir);
  await takeDownLab(dir);
  await mkdir(dir, { recursive: true });
  // Containers run as other users and must be able to reach their root below it.
  await chmod(dir, 0o711);
  await writeFile(join(dir, markerFile), options.dir === undefined ? await identityOf(process.pid) : "");
  const serverDirs = options.servers.map((name) => join(dir, name));
  const [ports, subnets] = await Promise.all([freePorts(serverDirs.length), freeSubnets(serverDirs)]);
  const image = buildImage(dir);
  // All are waited for, also after a failure: what is still starting cannot be taken down for good.
  const started = await Promise.allSettled(
    options.servers.map((name, index) => {
      // The three lists were made from options.servers, in its order.
      const plan = { name, dir: serverDirs[index]!, httpsPort: ports[index]!, subnet: subnets[index]! };
      return startServer(plan, image);
    }),
  );
  const failures = started.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
  if (failures.length > 0) {
    await takeDownLab(dir);
    throw failures.length === 1 ? failures[0] : new AggregateError(failures, "several servers did not come up");
  }
  const servers = started.flatMap((result) => (result.status === "fulfilled" ? [result.value] : []));
  await writeFile(join(dir, factsFile), `${JSON.stringify({ dir, servers }, undefined, 2)}\n`, { mode: 0o600 });
  return {
    dir,
    servers,
    server(name) {
      const found = servers.find((server) => server.name === name);
      if (found === undefined) throw new Error(`this lab was started without ${name}`);
      return found;
    },
    async [Symbol.asyncDispose]() {
      await takeDownLab(dir);
    },
  };
}

/** Handles for a lab that another process started and that stays that process's to end; empty when there is none. */
export async function attachLab(dir: string): Promise<readonly LabServer[]> {
  const text = await readFile(join(resolve(dir), factsFile), "utf8").catch(() => undefined);
  if (text === undefined) return [];
  return LabFile.parse(JSON.parse(text)).servers.map((facts) => connectServer(facts));
}

/**
 * Takes down the lab in `dir`, whatever is left of it; nothing to do when there is none. Refuses a directory that holds
 * anything but a lab. Each server is bounded to about half a minute; the first that cannot be removed is thrown.
 */
export async function takeDownLab(dir: string): Promise<void> {
  const entries = await readdir(resolve(dir)).catch((): string[] => []);
  if (entries.length > 0 && !entries.includes(markerFile)) throw new Error(`${dir} is not empty and not a lab`);
  const results = await Promise.allSettled(serverNames.map((name) => takeDownServer(name, join(resolve(dir), name))));
  for (const result of results) if (result.status === "rejected") throw result.reason;
  await rm(resolve(dir), { recursive: true, force: true });
}

/** Labs without a directory of their own belong to the process that started them; a killed one could not end its own. */
async function takeDownAbandonedLabs(): Promise<void> {
  for (const entry of await readdir(tmpdir())) {
    if (!entry.startsWith(dirPrefix)) continue;
    const owner = await readFile(join(tmpdir(), entry, markerFile), "utf8").catch(() => "");
    if (owner === "" || owner === (await identityOf(Number(owner.split(" ")[0])))) continue;
    await takeDownLab(join(tmpdir(), entry));
  }
}

/** `PID START-TIME`, so that a number used again is not taken for the same process; proc(5), stat, field 22. */
async function identityOf(pid: number): Promise<string> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8").catch(() => "");
  return `${pid} ${stat.slice(stat.lastIndexOf(")") + 2).split(" ")[19] ?? "gone"}`;
}

if (import.meta.main) {
  process.exitCode = await runCommandLine(process.argv.slice(2), { startLab, attachLab, takeDownLab });
}
