import { readFileSync } from "node:fs";
import { createApp } from "./app.ts";
import { processEnvironment, readConfig, readLocalConfig } from "./config.ts";
import { UserError } from "./errors.ts";
import { explainLxdError } from "./lxd/explain.ts";
import { createLog } from "./log.ts";
import { doctor } from "./ops/doctor.ts";
import { processTitle } from "./ops/process-title.ts";
import { remoteAddFromHost } from "./ops/remote-add.ts";

/** sysexits.h: EX_USAGE, EX_CONFIG. */
const exitUsage = 64;
const exitConfig = 78;

const usage = `lxd-chatops: a Slack bot with which a team runs its LXD containers

  lxd-chatops start                 run the bot
  lxd-chatops demo [--real] [--check]
                                    try it without Slack: a local Slack and two servers
  lxd-chatops doctor [--json]       look at everything that the bot needs
  lxd-chatops remote add NAME TOKEN | https://HOST:PORT [TOKEN] | unix:///PATH
                                    add a server from the host itself

Settings come from the environment, or from a .env file: docs/operating.md.
`;

/** The only place where the process ends itself. */
export async function main(args: readonly string[]): Promise<void> {
  try {
    process.exitCode = await run(args);
  } catch (error) {
    const known = error instanceof UserError ? error : explainLxdError(error);
    // a bug: its stack is what there is to say
    if (!known) throw error;
    process.stderr.write(`${[known.message, known.why, known.next].filter((line) => line !== undefined).join("\n")}\n`);
    process.exitCode = known.code === "config-invalid" || known.code === "store-newer" ? exitConfig : 1;
  }
}

async function run(args: readonly string[]): Promise<number | undefined> {
  const [command, ...rest] = args;
  switch (command) {
    case "start":
      await start();
      return undefined;
    case "doctor":
      return doctor({ environment: processEnvironment(), json: rest.includes("--json"), version: version() });
    case "remote":
      if (rest[0] === "add" && rest.length >= 3) {
        await remoteAddFromHost(readLocalConfig(processEnvironment()), {
          name: rest[1] ?? "",
          where: rest[2] ?? "",
          token: rest[3],
        });
        return 0;
      }
      break;
    case "help":
    case "--help":
    case "-h":
      process.stdout.write(usage);
      return 0;
    case "version":
    case "--version":
      process.stdout.write(`${version()}\n`);
      return 0;
    default:
  }
  process.stderr.write(usage);
  return exitUsage;
}

async function start(): Promise<void> {
  const { config, secrets } = readConfig(processEnvironment());
  const log = createLog(config.logLevel);
  const title = processTitle(config.mode.type === "socket" ? "socket mode" : "http");
  const app = await createApp({ config, secrets, log, version: version(), onFatal });
  app.onChange(() => title.show(app.state().runningJobs));
  title.show(0);

  function onFatal(error: Error): void {
    log.fatal({ error: error.message }, "cannot go on");
    process.exitCode = 1;
    void end();
  }
  let asked = false;
  async function end(): Promise<void> {
    // whoever asks twice means it: what was under way is taken up at the next start
    if (asked) process.exit(1);
    asked = true;
    log.info("ending: no new commands; running steps go on to a safe point");
    title.ending();
    await app.stop();
    log.info("ended");
    process.exit();
  }
  process.on("SIGTERM", () => void end());
  process.on("SIGINT", () => void end());
  await app.start();
}

function version(): string {
  const text = readFileSync(new URL("../package.json", import.meta.url), "utf8");
  return (JSON.parse(text) as { readonly version: string }).version; // our own file
}
