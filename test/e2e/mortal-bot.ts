import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";
import { people } from "./stage.ts";

const script = fileURLToPath(new URL("bot-process.ts", import.meta.url));
const readyMs = 20_000;

/** A bot in its own process. */
export interface MortalBot extends AsyncDisposable {
  /** Resolves when it has ended, with what it wrote. */
  readonly ended: Promise<string>;
  readonly alive: () => boolean;
  /** SIGKILL. */
  readonly kill: () => void;
}

/** Starts a bot on the data in `dir`; resolves when it is connected, or has ended before. */
export async function startMortalBot(
  slack: LocalSlack,
  { dir, killAt }: { readonly dir: string; readonly killAt?: number },
): Promise<MortalBot> {
  const orders = {
    slackApiUrl: slack.apiUrl,
    botToken: slack.botToken,
    appToken: slack.appToken,
    admin: people.alice,
    dir,
    databaseFile: join(dir, "bot.sqlite"),
    ...(killAt === undefined ? {} : { killAt }),
  };
  const child: ChildProcess = spawn(process.execPath, [script, JSON.stringify(orders)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let said = "";
  child.stdout?.on("data", (data: Buffer) => {
    said += data.toString();
  });
  const ended = once(child, "close").then(() => said);
  const alive = (): boolean => child.exitCode === null && child.signalCode === null;
  await slack.until(() => slack.connections() > 0 || !alive(), readyMs);
  return {
    ended,
    alive,
    kill: () => void child.kill("SIGKILL"),
    [Symbol.asyncDispose]: async () => {
      if (alive()) child.kill("SIGTERM");
      await ended;
    },
  };
}
