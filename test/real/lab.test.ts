import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { expect, onTestFinished, test } from "vitest";
import { z } from "zod";
import { attachLab, startLab, takeDownLab, type LabOptions } from "../lab/lab.ts";
import { ownedProcesses } from "../lab/processes.ts";
import { run } from "../lab/run.ts";
import type { LabServer } from "../lab/server.ts";
import { mountsBelow } from "../lab/take-down.ts";

const addressDeadlineMs = 20_000;
/** Bounded is what counts; a busy machine is slow. */
const downDeadlineMs = 120_000;
const pollMs = 100;

const State = z.object({
  network: z
    .record(z.string(), z.object({ addresses: z.array(z.object({ family: z.string(), address: z.string() })) }))
    .nullable(),
});

async function ok(server: LabServer, ...args: string[]): Promise<string> {
  const result = await server.cli(args);
  expect(result, `${server.name} ${args.join(" ")}`).toMatchObject({ code: 0 });
  return result.stdout.trim();
}

/** Waits for the address that the bridge's DHCP gives. */
async function addressOf(server: LabServer, instance: string): Promise<string> {
  const deadline = Date.now() + addressDeadlineMs;
  while (Date.now() < deadline) {
    const { network } = State.parse(JSON.parse(await ok(server, "query", `/1.0/instances/${instance}/state`)));
    const found = network?.["eth0"]?.addresses.find(({ family }) => family === "inet");
    if (found !== undefined) return found.address;
    await sleep(pollMs);
  }
  throw new Error(`${server.name}:${instance} got no address`);
}

/** Everything that a lab could leave on the machine; empty when it left nothing. */
async function remains(servers: readonly LabServer[]): Promise<readonly string[]> {
  const found: string[] = [];
  const links = (await run(["ip", "-br", "link"])).stdout;
  const rules = (await run(["iptables-save"])).stdout;
  for (const { dir, bridge, clientDir, logFile } of servers) {
    for (const { pid, command } of await ownedProcesses(dir)) found.push(`process ${pid} ${command}`);
    for (const point of await mountsBelow(dir)) found.push(`mount ${point}`);
    for (const path of [dir, clientDir, logFile, dirname(dir)]) {
      if (await exists(path)) found.push(path);
    }
    if (links.includes(bridge)) found.push(`interface ${bridge}`);
    if (rules.includes(bridge)) found.push(`firewall rules for ${bridge}`);
  }
  return found;
}

/** Control groups of containers whose names no other lab uses. */
async function groupsNamed(fragment: string): Promise<readonly string[]> {
  const names = await readdir("/sys/fs/cgroup", { recursive: true }).catch(() => []);
  return names.filter((name) => name.includes(fragment));
}

async function exists(path: string): Promise<boolean> {
  return await stat(path).then(
    () => true,
    () => false,
  );
}

async function ownDir(): Promise<string> {
  const parent = await mkdtemp(join(tmpdir(), "lab-test-"));
  await run(["chmod", "711", parent]);
  const dir = join(parent, "lab");
  onTestFinished(async () => {
    await takeDownLab(dir);
    await rm(parent, { recursive: true });
  });
  return dir;
}

/** Starts a lab in a process of its own, which then waits to be killed. */
async function startElsewhere(options: LabOptions): Promise<{ readonly pid: number; readonly dir: string }> {
  const program = `
    import { startLab } from ${JSON.stringify(import.meta.resolve("../lab/lab.ts"))};
    const lab = await startLab(${JSON.stringify(options)});
    console.log(lab.dir);
    setInterval(() => undefined, 1000);`;
  const child = spawn(process.execPath, ["--input-type=module", "-e", program], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  onTestFinished(() => void child.kill("SIGKILL"));
  const dir = await new Promise<string>((resolve, reject) => {
    child.stdout.once("data", (line: Buffer) => resolve(line.toString().trim()));
    child.once("exit", (code) => reject(new Error(`the other process ended with ${code}`)));
  });
  if (child.pid === undefined) throw new Error("a process without a number");
  return { pid: child.pid, dir };
}

async function killAndWait(pid: number): Promise<void> {
  process.kill(pid, "SIGKILL");
  while (!/^(|.*\) Z .*)$/s.test(await readFile(`/proc/${pid}/stat`, "utf8").catch(() => ""))) await sleep(pollMs);
}

test("three servers come up, run containers with addresses, and go down without leaving anything", async () => {
  const lab = await startLab({ servers: ["lxd1", "lxd2", "incus1"] });
  try {
    expect(lab.servers.map(({ name, version }) => `${name} ${version}`)).toEqual([
      "lxd1 5.0.2",
      "lxd2 5.0.2",
      "incus1 6.0.4",
    ]);
    await Promise.all(
      lab.servers.map(async (server) => {
        await ok(server, "launch", "busybox", "leaves-nothing");
        const prefix = server.subnet.replace(/1\/24$/, "");
        expect((await addressOf(server, "leaves-nothing")).startsWith(prefix)).toBe(true);
        expect(await ok(server, "exec", "leaves-nothing", "--", "id", "ubuntu")).toContain("uid=1000(ubuntu)");
        await ok(server, "launch", "busybox", "also-nothing", "--project", "staging");
        const token = Buffer.from(await server.addToken("bot"), "base64").toString();
        expect(JSON.parse(token)).toMatchObject({ client_name: "bot", addresses: [`127.0.0.1:${server.httpsPort}`] });
        expect(server.trustPassword === null).toBe(server.kind === "incus");
      }),
    );
    expect(await groupsNamed("leaves-nothing")).not.toEqual([]);
  } finally {
    await lab[Symbol.asyncDispose]();
  }
  expect(await remains(lab.servers)).toEqual([]);
  expect(await groupsNamed("leaves-nothing")).toEqual([]);
  await lab[Symbol.asyncDispose]();
});

test("the next start in the same directory clears away a lab whose daemon was killed, and spares what was mounted there", async () => {
  const dir = await ownDir();
  const first = await startLab({ servers: ["lxd1"], dir });
  const [server] = first.servers;
  if (server === undefined) throw new Error("no server");
  await ok(server, "launch", "busybox", "killed-frozen");
  await ok(server, "launch", "busybox", "killed-running");
  await ok(server, "pause", "killed-frozen");
  const before = await ownedProcesses(server.dir);
  const commands = before.map(({ command }) => command);
  expect(commands.filter((command) => command.startsWith("[lxc monitor]"))).toHaveLength(2);
  expect(commands.some((command) => command.startsWith("dnsmasq"))).toBe(true);
  const hostFolder = join(dirname(dir), "precious");
  await mkdir(hostFolder);
  await writeFile(join(hostFolder, "file"), "kept");
  const mountPoint = join(server.dir, "mounted here");
  await mkdir(mountPoint);
  await run(["mount", "--bind", hostFolder, mountPoint]);
  await server.killDaemon();

  await using second = await startLab({ servers: ["lxd1"], dir });
  expect(second.server("lxd1").bridge).toBe(server.bridge);
  const now = new Set((await ownedProcesses(server.dir)).map(({ pid }) => pid));
  expect(before.filter(({ pid }) => now.has(pid))).toEqual([]);
  expect(await readFile(join(hostFolder, "file"), "utf8")).toBe("kept");
  expect(await groupsNamed("killed-")).toEqual([]);
  await ok(second.server("lxd1"), "launch", "busybox", "anew");
  await addressOf(second.server("lxd1"), "anew");
});

test("a lab of its own directory goes when its process was killed, at the next start of any lab", async () => {
  const other = await startElsewhere({ servers: ["lxd1"] });
  const abandoned = await attachLab(other.dir);
  expect(abandoned).toHaveLength(1);
  await Promise.all(abandoned.map(async (server) => await ok(server, "launch", "busybox", "abandoned")));
  const daemons = abandoned.map(async (server) => await server.killDaemon());
  await Promise.all([killAndWait(other.pid), ...daemons]);
  expect((await remains(abandoned)).join("\n")).toMatch(/dnsmasq[^]*lxc monitor[^]*mount[^]*interface[^]*firewall/);
  await using _ = await startLab({ servers: ["incus1"] });
  expect(await remains(abandoned)).toEqual([]);
});

test("a daemon that crashed leaves its containers running and comes back on the same port", async () => {
  await using lab = await startLab({ servers: ["lxd1", "incus1"] });
  await Promise.all(
    lab.servers.map(async (server) => {
      await ok(server, "launch", "busybox", "survivor");
      const pid = async () => (await ok(server, "query", "/1.0/instances/survivor/state")).match(/"pid": (\d+)/)?.[1];
      const before = await pid();
      await server.killDaemon();
      expect(await server.cli(["list"])).toMatchObject({ code: 1 });
      await server.startDaemon();
      expect(before).toMatch(/^\d{2,}$/);
      expect(await pid()).toBe(before);
      expect(await ok(server, "query", "/1.0")).toContain(`127.0.0.1:${server.httpsPort}`);
    }),
  );
});

test("a lab whose daemon hangs and whose container is frozen goes down within its bound", async () => {
  const lab = await startLab({ servers: ["lxd1"] });
  const server = lab.server("lxd1");
  await ok(server, "launch", "busybox", "hangs");
  await ok(server, "pause", "hangs");
  for (const { pid, command } of await ownedProcesses(server.dir)) {
    if (command.startsWith("lxd --group")) process.kill(pid, "SIGSTOP");
  }
  expect(await server.cli(["list"], { timeoutMs: 1000 })).toMatchObject({ timedOut: true });
  const begun = Date.now();
  await lab[Symbol.asyncDispose]();
  expect(Date.now() - begun).toBeLessThan(downDeadlineMs);
  expect(await remains(lab.servers)).toEqual([]);
});

test("a command that still runs in a container does not hold up the take-down", async () => {
  const lab = await startLab({ servers: ["lxd1"] });
  const server = lab.server("lxd1");
  await ok(server, "launch", "busybox", "busy");
  const exec = server.cli(["exec", "busy", "--", "sleep", "1000"]);
  while (!(await ok(server, "query", "/1.0/operations")).includes("running")) await sleep(pollMs);
  await lab[Symbol.asyncDispose]();
  expect(await remains(lab.servers)).toEqual([]);
  expect((await exec).timedOut).toBe(false);
});

test("a folder that is not a lab is never taken down", async () => {
  const dir = await ownDir();
  await mkdir(dir);
  await writeFile(join(dir, "letter.txt"), "dear reader");
  await expect(startLab({ servers: ["lxd1"], dir })).rejects.toThrow("is not empty and not a lab");
  expect(await readFile(join(dir, "letter.txt"), "utf8")).toBe("dear reader");
  await rm(dir, { recursive: true });
});
