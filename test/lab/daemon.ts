import { spawn } from "node:child_process";
import { open } from "node:fs/promises";
import { setTimeout as sleep } from "node:timers/promises";
import { kinds, type ServerKind } from "./kinds.ts";
import { ownedProcesses, ownerVariable } from "./processes.ts";
import { mustRun, programPath } from "./run.ts";

const readyTimeoutS = 60;
const killDeadlineMs = 10_000;
const pollMs = 20;
const daemonArguments = ["--group", "root"];
/** The discard port: nothing listens there. */
const nowhere = "http://127.0.0.1:9";

/** What a daemon needs: its program's kind, its directory, the file that gets all it says. */
export interface DaemonPlace {
  readonly kind: ServerKind;
  readonly dir: string;
  readonly logFile: string;
}

/** Starts the daemon and waits until it is ready. In a session of its own: it outlives this process until taken down. */
export async function startDaemon({ kind, dir, logFile }: DaemonPlace): Promise<void> {
  const { daemon, dirVariable, waitReady } = kinds[kind];
  const log = await open(logFile, "a");
  try {
    const child = spawn(daemon, daemonArguments, {
      cwd: "/",
      detached: true,
      stdio: ["ignore", log.fd, log.fd],
      env: {
        PATH: programPath,
        HOME: "/root",
        LANG: "C.UTF-8",
        // The daemons ask the internet for lists at every start. Go's rule: loopback addresses go past the proxy.
        HTTPS_PROXY: nowhere,
        HTTP_PROXY: nowhere,
        [dirVariable]: dir,
        [ownerVariable]: dir,
      },
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
  } finally {
    await log.close();
  }
  const timeoutMs = (readyTimeoutS + 5) * 1000;
  await mustRun([daemon, ...waitReady, `--timeout=${readyTimeoutS}`], { env: { [dirVariable]: dir }, timeoutMs });
}

/** Kills the daemon alone and waits until it is gone; what it started runs on. Throws when it does not go. */
export async function killDaemon({ kind, dir }: DaemonPlace): Promise<void> {
  const command = [kinds[kind].daemon, ...daemonArguments].join(" ");
  const deadline = Date.now() + killDeadlineMs;
  for (;;) {
    const daemons = (await ownedProcesses(dir)).filter((owned) => owned.command === command);
    if (daemons.length === 0) return;
    if (Date.now() > deadline) throw new Error(`${command} in ${dir} does not end`);
    for (const { pid } of daemons) process.kill(pid, "SIGKILL");
    await sleep(pollMs);
  }
}
