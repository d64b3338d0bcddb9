import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as sleep } from "node:timers/promises";

export interface BotProcess extends AsyncDisposable {
  /** From `spawn` until it answers at its port, milliseconds. */
  readonly readyMs: number;
  readonly rssMiB: () => Promise<number>;
}

/** Starts a program that listens on `port` in the end. */
export async function startProcess(
  args: readonly string[],
  options: { readonly env: Readonly<Record<string, string>>; readonly port: number; readonly cwd: string },
): Promise<BotProcess> {
  const begun = performance.now();
  const child: ChildProcess = spawn(process.execPath, args, {
    env: options.env,
    cwd: options.cwd,
    stdio: ["ignore", "ignore", "inherit"],
  });
  const gone = once(child, "exit");
  while (!(await answers(options.port))) {
    if (child.exitCode !== null) throw new Error(`${args.join(" ")} ended at once`);
    await sleep(1);
  }
  return {
    readyMs: performance.now() - begun,
    rssMiB: async () => {
      const status = await readFile(`/proc/${child.pid ?? 0}/status`, "utf8");
      return Number(/VmRSS:\s+(\d+)/.exec(status)?.[1] ?? Number.NaN) / 1024;
    },
    [Symbol.asyncDispose]: async () => {
      child.kill("SIGTERM");
      const late = setTimeout(() => child.kill("SIGKILL"), 10_000);
      await gone;
      clearTimeout(late);
    },
  };
}

async function answers(port: number): Promise<boolean> {
  try {
    await (await fetch(`http://127.0.0.1:${port}/slack/events`, { method: "GET" })).arrayBuffer();
    return true;
  } catch {
    return false;
  }
}

/** A port that nobody has right now. */
export async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  server.close();
  await once(server, "close");
  return address !== null && typeof address === "object" ? address.port : 0;
}
