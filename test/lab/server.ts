import { spawn } from "node:child_process";
import { mkdir, open, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { imageAlias } from "./image.ts";
import { kindOf, kinds, serverNames, type ServerName } from "./kinds.ts";
import { bridgeName } from "./network.ts";
import { ownerVariable } from "./processes.ts";
import { mustRun, programPath, run, type CommandOptions, type CommandResult } from "./run.ts";

const readyTimeoutS = 60;
const trustPassword = "lab-trust-password";
const logTailLines = 20;
/** The discard port: nothing listens there. */
const nowhere = "http://127.0.0.1:9";

/** The one project that every server has beside `default`; it shares images and profiles with it. */
export const extraProject = "staging";

/** What is known of a running server; plain data, as it stands in `lab.json`. */
export const ServerFacts = z.object({
  name: z.enum(serverNames),
  kind: z.enum(["lxd", "incus"]),
  /** Version as the server itself gives it, e.g. `5.0.2`. */
  version: z.string(),
  /** LXD_DIR or INCUS_DIR. */
  dir: z.string(),
  socketPath: z.string(),
  httpsPort: z.number(),
  /** `https://127.0.0.1:PORT` */
  url: z.string(),
  bridge: z.string(),
  /** The bridge's own address, e.g. `10.200.7.1/24`; containers get theirs in it by DHCP. */
  subnet: z.string(),
  /** Null where the server knows no trust password (Incus). */
  trustPassword: z.string().nullable(),
  logFile: z.string(),
  /** Configuration folder of the command-line client, so that a person's own one stays untouched. */
  clientDir: z.string(),
});
export type ServerFacts = Readonly<z.infer<typeof ServerFacts>>;

const ServerInfo = z.object({ environment: z.object({ server_version: z.string() }) });

export interface LabServer extends ServerFacts {
  /** Runs `lxc` or `incus` against this server; bounded (60 s unless told otherwise). Rejects only if it cannot start. */
  cli(args: readonly string[], options?: CommandOptions): Promise<CommandResult>;
  /** Makes a join token for a client of this name: the base64 text that a client is given. */
  addToken(clientName: string): Promise<string>;
}

export interface ServerPlan {
  readonly name: ServerName;
  readonly dir: string;
  readonly httpsPort: number;
  readonly subnet: string;
}

/** Starts a server in its empty directory, sets it up and imports the image. Throws with the end of its log. */
export async function startServer(plan: ServerPlan, image: Promise<string>): Promise<LabServer> {
  const kind = kindOf[plan.name];
  const { daemon, dirVariable, hasTrustPassword, preseed, waitReady } = kinds[kind];
  await mkdir(plan.dir, { mode: 0o711 });
  const clientDir = `${plan.dir}.client`;
  await mkdir(clientDir, { recursive: true, mode: 0o700 });
  const facts = {
    name: plan.name,
    kind,
    dir: plan.dir,
    socketPath: join(plan.dir, "unix.socket"),
    httpsPort: plan.httpsPort,
    url: `https://127.0.0.1:${plan.httpsPort}`,
    bridge: bridgeName(plan.dir),
    subnet: plan.subnet,
    trustPassword: hasTrustPassword ? trustPassword : null,
    logFile: `${plan.dir}.log`,
    clientDir,
  };
  try {
    await startDaemon(facts);
    const env = { [dirVariable]: plan.dir };
    await mustRun([daemon, ...waitReady, `--timeout=${readyTimeoutS}`], { env, timeoutMs: (readyTimeoutS + 5) * 1000 });
    await mustRun(preseed, { env: { ...env, ...clientEnvironment(facts) }, stdin: preseedFor(facts) });
    const server = connectServer({ ...facts, version: "" });
    const imported = await server.cli(["image", "import", await image, "--alias", imageAlias]);
    if (imported.code !== 0) throw new Error(`image import: ${imported.stderr.trim()}`);
    const answer = await server.cli(["query", "/1.0"]);
    const { environment } = ServerInfo.parse(JSON.parse(answer.stdout));
    return connectServer({ ...facts, version: environment.server_version });
  } catch (error) {
    const log = await readFile(facts.logFile, "utf8").catch(() => "");
    const tail = log.trimEnd().split("\n").slice(-logTailLines).join("\n");
    throw new Error(`${plan.name} did not come up; the end of its log:\n${tail}`, { cause: error });
  }
}

/** The same handle for a server that somebody else started, from its facts. */
export function connectServer(facts: ServerFacts): LabServer {
  const { client, addToken } = kinds[facts.kind];
  const cli = async (args: readonly string[], options: CommandOptions = {}) =>
    await run([client, ...args], { ...options, env: { ...clientEnvironment(facts), ...options.env } });
  return {
    ...facts,
    cli,
    async addToken(clientName) {
      const result = await cli([...addToken, clientName]);
      if (result.code !== 0) throw new Error(`${facts.name}: no token for ${clientName}: ${result.stderr.trim()}`);
      return result.stdout.trim().split("\n").at(-1) ?? "";
    },
  };
}

type StartedFacts = Omit<ServerFacts, "version">;

/** In a session of its own, so that it outlives this process: the lab's end is a decision, not an accident. */
async function startDaemon(facts: StartedFacts): Promise<void> {
  const { daemon, dirVariable } = kinds[facts.kind];
  const log = await open(facts.logFile, "a");
  try {
    const child = spawn(daemon, ["--group", "root"], {
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
        [dirVariable]: facts.dir,
        [ownerVariable]: facts.dir,
      },
    });
    await new Promise<void>((resolve, reject) => child.once("spawn", resolve).once("error", reject));
    child.unref();
  } finally {
    await log.close();
  }
}

function clientEnvironment(facts: StartedFacts): Readonly<Record<string, string>> {
  const { dirVariable, confVariable } = kinds[facts.kind];
  return { HOME: facts.clientDir, [dirVariable]: facts.dir, [confVariable]: facts.clientDir };
}

/** The server's whole set-up; JSON is YAML too. */
function preseedFor(facts: StartedFacts): string {
  return JSON.stringify({
    config: {
      "core.https_address": `127.0.0.1:${facts.httpsPort}`,
      ...(facts.trustPassword === null ? {} : { "core.trust_password": facts.trustPassword }),
    },
    storage_pools: [{ name: "default", driver: "dir" }],
    networks: [
      {
        name: facts.bridge,
        type: "bridge",
        config: { "ipv4.address": facts.subnet, "ipv4.nat": "true", "ipv6.address": "none" },
      },
    ],
    profiles: [
      {
        name: "default",
        devices: {
          root: { type: "disk", path: "/", pool: "default" },
          eth0: { type: "nic", name: "eth0", network: facts.bridge },
        },
      },
    ],
    projects: [{ name: extraProject, config: { "features.images": "false", "features.profiles": "false" } }],
  });
}
