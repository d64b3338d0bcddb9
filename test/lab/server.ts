import { mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { killDaemon, startDaemon } from "./daemon.ts";
import { imageAlias } from "./image.ts";
import { kindOf, kinds, serverNames, type ServerName } from "./kinds.ts";
import { bridgeName } from "./network.ts";
import { mustRun, run, type CommandOptions, type CommandResult } from "./run.ts";

const trustPassword = "lab-trust-password";
const logTailLines = 20;

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
  /** Kills the daemon as a crash would: containers run on, the socket file stays, every connection breaks. */
  killDaemon(): Promise<void>;
  /** Starts a killed daemon again, on the same port; resolves when it is ready. */
  startDaemon(): Promise<void>;
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
  const { hasTrustPassword, preseed } = kinds[kind];
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
    await mustRun(preseed, { env: clientEnvironment(facts), stdin: preseedFor(facts) });
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
    killDaemon: async () => await killDaemon(facts),
    startDaemon: async () => await startDaemon(facts),
  };
}

type StartedFacts = Omit<ServerFacts, "version">;

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
