import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveRemote } from "../../db/remotes.ts";
import { openStore } from "../../db/database.ts";
import { createApp, type App, type Overrides } from "../../src/app.ts";
import { createLog, type LogLevel } from "../../src/log.ts";
import { startSimulatedLxd, type SimulatedLxd } from "../../sandbox/lxd/server.ts";
import { startLocalSlack } from "../../sandbox/slack/server.ts";
import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";

/** The ids of the local workspace's people and channels. */
export const people = { alice: "U0ALICE01", bob: "U0BOB0001", gina: "U0GINA001", carl: "U0CARL001" } as const;

export interface Stage extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly lxd1: SimulatedLxd;
  readonly lxd2: SimulatedLxd;
  readonly dir: string;
  /** The bot that runs now. */
  readonly app: () => App;
  /** Ends the bot in order, and starts it anew on the same data. */
  readonly restart: () => Promise<void>;
}

export interface StageOptions {
  readonly overrides?: Overrides;
  readonly operationMs?: number;
  readonly logLevel?: LogLevel;
  readonly remotes?: readonly ("lxd1" | "lxd2")[];
}

/** A local Slack, two simulated servers, and the bot between them, on data of their own. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "chatops-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const sockets = { lxd1: join(dir, "lxd1.socket"), lxd2: join(dir, "lxd2.socket") };
  const operationMs = options.operationMs ?? 0;
  const lxd1 = stack.use(
    await startSimulatedLxd({ name: "lxd1", listen: { type: "unix", path: sockets.lxd1 }, operationMs }),
  );
  const lxd2 = stack.use(
    await startSimulatedLxd({ name: "lxd2", listen: { type: "unix", path: sockets.lxd2 }, operationMs }),
  );
  const slack = stack.use(await startLocalSlack({ manifest: "manifest.yml", rateLimits: "off" }));
  await plantRemotes(dir, sockets, options.remotes ?? ["lxd1", "lxd2"]);
  let app = await startApp();
  stack.defer(() => app.stop());

  async function startApp(): Promise<App> {
    const started = await createApp(
      {
        config: {
          mode: { type: "socket" },
          slackApiUrl: slack.apiUrl,
          admins: [{ userId: people.alice }],
          dataDir: dir,
          databaseFile: join(dir, "bot.sqlite"),
          logLevel: options.logLevel ?? "silent",
          opsChannel: undefined,
          remoteAllowList: [],
        },
        secrets: { slackBotToken: slack.botToken, slackAppToken: slack.appToken, slackSigningSecret: undefined },
        log: createLog(options.logLevel ?? "silent"),
        version: "0.0.0-test",
        onFatal: (error) => {
          throw error;
        },
      },
      options.overrides,
    );
    await started.start();
    return started;
  }

  return {
    slack,
    lxd1,
    lxd2,
    dir,
    app: () => app,
    restart: async () => {
      await app.stop();
      app = await startApp();
    },
    [Symbol.asyncDispose]: () => stack.disposeAsync(),
  };
}

async function plantRemotes(
  dir: string,
  sockets: Readonly<Record<"lxd1" | "lxd2", string>>,
  names: readonly ("lxd1" | "lxd2")[],
): Promise<void> {
  await using store = await openStore(join(dir, "bot.sqlite"));
  for (const name of names) {
    await store.write((transaction) =>
      saveRemote(transaction, {
        name,
        kind: "unix",
        addresses: JSON.stringify([sockets[name]]),
        certificate_pem: null,
        fingerprint: null,
        server: "lxd",
        version: "5.0.2",
        added_by: "test",
        added_at: 0,
      }),
    );
  }
}
