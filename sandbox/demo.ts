import { execFile, spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { check } from "./demo-check.ts";
import { startSimulatedLxd } from "./lxd/server.ts";
import type { LocalSlack } from "./slack/local-slack.ts";
import { startLocalSlack } from "./slack/server.ts";

const run = promisify(execFile);
const root = fileURLToPath(new URL("..", import.meta.url));
const launcher = join(root, "bin/lxd-chatops.js");
/** How long simulated operations take, so that a person sees progress. */
const operationMs = 900;
const readyWithinMs = 30_000;
const stopWithinMs = 20_000;
const portOfDemo = 4466;

const suggestions = [
  "/lxd help",
  "/lxd launch busybox lxd1:web1",
  "/lxd list",
  "/lxd info lxd1:web1",
  "/lxd access grant @bob operator lxd1:web-*",
  "/lxd delete lxd1:web1 --force",
];

/**
 * `npm run demo`: a local Slack with its page, two servers and the bot, without privileges and without a network.
 * `--real` puts real LXD servers behind it (as root, with LXD installed); `--check` goes through one launch, list, stop
 * and delete by itself, and ends.
 */
export async function demo(args: readonly string[]): Promise<void> {
  const unknown = args.find((arg) => arg !== "--real" && arg !== "--check");
  if (unknown !== undefined) {
    process.stderr.write(`demo knows no ${unknown}: it takes --real and --check.\n`);
    process.exitCode = 64;
    return;
  }
  const checking = args.includes("--check");
  await using stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "lxd-chatops-demo-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const sockets = args.includes("--real") ? await realServers(stack) : await simulatedServers(stack, { dir, checking });
  const slack = stack.use(await openSlack({ checking }));
  const environment = {
    PATH: process.env["PATH"] ?? "",
    HOME: process.env["HOME"] ?? "",
    SLACK_API_URL: slack.apiUrl,
    SLACK_BOT_TOKEN: slack.botToken,
    SLACK_APP_TOKEN: slack.appToken,
    ADMIN_USER_IDS: slack.workspace.people[0]?.id ?? "",
    DATA_DIR: join(dir, "data"),
    LOG_LEVEL: "warn",
  };
  for (const [name, path] of Object.entries(sockets)) {
    await run(process.execPath, [launcher, "remote", "add", name, `unix://${path}`], { env: environment, cwd: dir });
  }
  const bot = spawn(process.execPath, [launcher, "start"], {
    env: environment,
    cwd: dir,
    stdio: ["ignore", "inherit", "inherit"],
  });
  stack.defer(() => stopBot(bot));
  await botReady(slack, bot);
  if (checking) {
    await check(slack);
    process.stdout.write("The demo works: launched, listed, stopped and deleted.\n");
    return;
  }
  process.stdout.write(
    `\n  Open ${slack.url}\n\n  A Slack of its own, two servers (${Object.keys(sockets).join(", ")}), and the bot. Ctrl-C ends it.\n`,
  );
  await ended(bot);
}

async function openSlack({ checking }: { readonly checking: boolean }): Promise<LocalSlack> {
  const options = { manifest: join(root, "manifest.yml"), suggestions } as const;
  if (checking) return startLocalSlack({ ...options, port: 0 });
  try {
    return await startLocalSlack({ ...options, port: portOfDemo });
  } catch {
    // something else has the port
    return startLocalSlack({ ...options, port: 0 });
  }
}

async function simulatedServers(
  stack: AsyncDisposableStack,
  { dir, checking }: { readonly dir: string; readonly checking: boolean },
): Promise<Readonly<Record<string, string>>> {
  const sockets: Record<string, string> = {};
  for (const name of ["lxd1", "lxd2"]) {
    const path = join(dir, `${name}.socket`);
    stack.use(
      await startSimulatedLxd({ name, listen: { type: "unix", path }, operationMs: checking ? 50 : operationMs }),
    );
    sockets[name] = path;
  }
  return sockets;
}

async function realServers(stack: AsyncDisposableStack): Promise<Readonly<Record<string, string>>> {
  process.stdout.write("Starting two real LXD servers…\n");
  const { startLab } = await import("../test/lab/lab.ts");
  const lab = stack.use(await startLab({ servers: ["lxd1", "lxd2"] }));
  return Object.fromEntries(lab.servers.map(({ name, socketPath }) => [name, socketPath]));
}

async function botReady(slack: LocalSlack, bot: ChildProcess): Promise<void> {
  const gone = once(bot, "exit").then(([code]) => {
    throw new Error(`the bot ended at once (exit ${String(code)}); its words stand above`);
  });
  await Promise.race([slack.until(() => slack.connections() > 0, readyWithinMs), gone]);
  gone.catch(() => undefined);
}

async function ended(bot: ChildProcess): Promise<void> {
  const signals = ["SIGINT", "SIGTERM"] as const;
  await Promise.race([once(bot, "exit"), ...signals.map((signal) => once(process, signal))]);
}

async function stopBot(bot: ChildProcess): Promise<void> {
  if (bot.exitCode !== null || bot.signalCode !== null) return;
  const gone = once(bot, "exit");
  bot.kill("SIGTERM");
  const timer = setTimeout(() => bot.kill("SIGKILL"), stopWithinMs);
  await gone;
  clearTimeout(timer);
}
