import { spawn } from "node:child_process";

/** Where the lab's programs are looked for; root's PATH under npm may lack the `sbin` folders. */
export const programPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

const defaultTimeoutMs = 60_000;
const maxOutputBytes = 16 * 1024 * 1024;

/** How a program ended. `code` is null when a signal or the deadline ended it (`timedOut` tells which). */
export interface CommandResult {
  readonly stdout: string;
  readonly stderr: string;
  readonly code: number | null;
  readonly timedOut: boolean;
}

export interface CommandOptions {
  readonly timeoutMs?: number;
  readonly stdin?: string | Uint8Array;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
}

/** Runs one program to its end or to the deadline (then SIGKILL). Rejects only when the program cannot be started. */
export async function run(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<CommandResult> {
  const [program, ...args] = argv;
  const deadline = AbortSignal.timeout(options.timeoutMs ?? defaultTimeoutMs);
  const stop = options.signal === undefined ? deadline : AbortSignal.any([deadline, options.signal]);
  const child = spawn(program, args, {
    env: { PATH: programPath, LANG: "C.UTF-8", ...options.env },
    stdio: ["pipe", "pipe", "pipe"],
  });
  const kill = () => child.kill("SIGKILL");
  stop.addEventListener("abort", kill, { once: true });
  // A program that ends without reading its input is judged by its exit code, not by our broken pipe.
  child.stdin.on("error", () => undefined);
  child.stdin.end(options.stdin ?? "");
  const output = { stdout: [] as Buffer[], stderr: [] as Buffer[], bytes: 0 };
  for (const name of ["stdout", "stderr"] as const) {
    child[name].on("data", (chunk: Buffer) => {
      output.bytes += chunk.length;
      if (output.bytes > maxOutputBytes) kill();
      else output[name].push(chunk);
    });
  }
  try {
    const code = await new Promise<number | null>((resolve, reject) => {
      child.once("error", reject);
      child.once("close", resolve);
    });
    return {
      stdout: Buffer.concat(output.stdout).toString(),
      stderr: Buffer.concat(output.stderr).toString(),
      code,
      timedOut: code === null && deadline.aborted,
    };
  } finally {
    stop.removeEventListener("abort", kill);
  }
}

/** Like `run`, and throws with the program's own words when it does not end with 0. */
export async function mustRun(argv: readonly [string, ...string[]], options: CommandOptions = {}): Promise<string> {
  const result = await run(argv, options);
  if (result.code === 0) return result.stdout;
  const how = result.timedOut ? "did not end in time" : `ended with ${result.code ?? "a signal"}`;
  throw new Error(`${argv.join(" ")} ${how}: ${(result.stderr || result.stdout).trim()}`);
}
