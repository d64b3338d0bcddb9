import { parseArgs } from "node:util";
import { serverNames, type ServerName } from "./kinds.ts";
import type { Lab, LabOptions } from "./lab.ts";
import type { LabServer } from "./server.ts";

const usage = `node test/lab/lab.ts up|down|status --dir DIR [--servers lxd1,lxd2,incus1] [--json]
  up      start the servers and leave them running; does nothing when they all answer already
  status  tell which answer
  down    take all down and remove DIR`;

const statusTimeoutMs = 5_000;
const exitUsage = 64;

/** What the command line needs of the lab; passed in, since the lab's module is the entry that calls this. */
export interface LabActions {
  startLab(options: LabOptions): Promise<Lab>;
  attachLab(dir: string): Promise<readonly LabServer[]>;
  takeDownLab(dir: string): Promise<void>;
}

/** Runs one command and returns the exit code: 0 done, 1 failed (or, for `status`, not all up), 64 wrong usage. */
export async function runCommandLine(argv: readonly string[], lab: LabActions): Promise<number> {
  const parsed = parse(argv);
  if (typeof parsed === "string") {
    process.stderr.write(`${parsed}\n${usage}\n`);
    return exitUsage;
  }
  try {
    if (parsed.action === "down") {
      await lab.takeDownLab(parsed.dir);
      return 0;
    }
    const running = await lab.attachLab(parsed.dir);
    const isUp = await answers(running);
    const absent = parsed.servers.filter((name) => !running.some((server) => server.name === name));
    if (parsed.action === "up" && isUp && absent.length > 0) {
      throw new Error(`this lab runs without ${absent.join(", ")}: take it down first`);
    }
    if (parsed.action === "status" || isUp) {
      print(running, parsed.json, isUp ? "all servers answer" : "down");
      return isUp ? 0 : 1;
    }
    const { servers } = await lab.startLab(parsed);
    print(servers, parsed.json, "up");
    return 0;
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? messages(error) : String(error)}\n`);
    return 1;
  }
}

interface Parsed {
  readonly action: "up" | "down" | "status";
  readonly dir: string;
  readonly servers: readonly ServerName[];
  readonly json: boolean;
}

function parse(argv: readonly string[]): Parsed | string {
  try {
    const { values, positionals } = parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        dir: { type: "string" },
        servers: { type: "string", default: serverNames.join(",") },
        json: { type: "boolean", default: false },
      },
    });
    const [action] = positionals;
    if (action !== "up" && action !== "down" && action !== "status") return "say up, down or status";
    if (values.dir === undefined) return "--dir is missing";
    const wanted = values.servers.split(",");
    const servers = serverNames.filter((name) => wanted.includes(name));
    if (servers.length !== wanted.length) return `--servers knows ${serverNames.join(", ")}`;
    return { action, dir: values.dir, servers, json: values.json };
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

async function answers(servers: readonly LabServer[]): Promise<boolean> {
  if (servers.length === 0) return false;
  const results = await Promise.all(
    servers.map(async (server) => await server.cli(["query", "/1.0"], { timeoutMs: statusTimeoutMs })),
  );
  return results.every((result) => result.code === 0);
}

function print(servers: readonly LabServer[], json: boolean, state: string): void {
  if (json) {
    process.stdout.write(`${JSON.stringify({ state, servers }, undefined, 2)}\n`);
    return;
  }
  process.stdout.write(`${state}\n`);
  for (const { name, kind, version, socketPath, url } of servers) {
    process.stdout.write(`${name}  ${kind} ${version}  ${socketPath}  ${url}\n`);
  }
}

function messages(error: Error): string {
  const inner = error instanceof AggregateError ? error.errors : error.cause === undefined ? [] : [error.cause];
  return [error.message, ...inner.map((one) => (one instanceof Error ? messages(one) : String(one)))].join("\n");
}
