import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { saveRemote } from "../../db/remotes.ts";
import { openStore, type Store } from "../../db/database.ts";
import { createApp, type App, type Overrides } from "../../src/app.ts";
import { createLog, type LogLevel } from "../../src/log.ts";
import type { SeedInstance } from "../../sandbox/lxd/engine/seed.ts";
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
  /** What is on the servers from the start. */
  readonly instances?: { readonly lxd1?: readonly SeedInstance[]; readonly lxd2?: readonly SeedInstance[] };
  readonly remotes?: readonly ("lxd1" | "lxd2")[];
  /** How the bot hears of what people do. Default: "socket". */
  readonly mode?: "socket" | "http";
}

/** A local Slack, two simulated servers, and the bot between them, on data of their own. */
export async function setStage(options: StageOptions = {}): Promise<Stage> {
  const stack = new AsyncDisposableStack();
  const dir = await mkdtemp(join(tmpdir(), "chatops-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  const sockets = { lxd1: join(dir, "lxd1.socket"), lxd2: join(dir, "lxd2.socket") };
  const operationMs = options.operationMs ?? 0;
  const lxd1 = stack.use(
    await startSimulatedLxd({
      name: "lxd1",
      listen: { type: "unix", path: sockets.lxd1 },
      seed: { instances: options.instances?.lxd1 ?? [] },
      operationMs,
    }),
  );
  const lxd2 = stack.use(
    await startSimulatedLxd({
      name: "lxd2",
      listen: { type: "unix", path: sockets.lxd2 },
      seed: { instances: options.instances?.lxd2 ?? [] },
      operationMs,
    }),
  );
  const slack = stack.use(
    await startLocalSlack({
      manifest: "manifest.yml",
      rateLimits: "off",
      mode: { type: options.mode ?? "socket" },
    }),
  );
  await plantRemotes(dir, sockets, options.remotes ?? ["lxd1", "lxd2"]);
  const bot = await startBot({ slack, dir, ...options });
  stack.defer(() => bot.app().stop());
  return { slack, lxd1, lxd2, dir, ...bot, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

/** The bot on the data in `dir`; it can be ended and started anew. */
export async function startBot({
  slack,
  dir,
  logLevel = "silent",
  mode = "socket",
  overrides,
}: {
  readonly slack: LocalSlack;
  readonly dir: string;
  readonly logLevel?: LogLevel;
  readonly mode?: "socket" | "http";
  readonly overrides?: Overrides;
}): Promise<Pick<Stage, "app" | "restart">> {
  let app = await start();

  async function start(): Promise<App> {
    const started = await createApp(
      {
        config: {
          mode: mode === "http" ? { type: "http", port: 0 } : { type: "socket" },
          slackApiUrl: slack.apiUrl,
          admins: [{ userId: people.alice }],
          dataDir: dir,
          databaseFile: join(dir, "bot.sqlite"),
          logLevel,
          opsChannel: undefined,
          remoteAllowList: [],
        },
        secrets: {
          slackBotToken: slack.botToken,
          slackAppToken: mode === "socket" ? slack.appToken : undefined,
          slackSigningSecret: mode === "http" ? slack.signingSecret : undefined,
        },
        log: createLog(logLevel),
        version: "0.0.0-test",
        onFatal: (error) => {
          throw error;
        },
      },
      overrides,
    );
    await started.start();
    if (mode === "http") {
      // what somebody enters on the app's page at api.slack.com
      await slack.setRequestUrl(`http://127.0.0.1:${started.state().slack.httpPort ?? 0}/slack/events`);
    }
    return started;
  }

  return {
    app: () => app,
    restart: async () => {
      await app.stop();
      app = await start();
    },
  };
}

/** Writes remotes that are reached by their sockets into the bot's database. */
export async function plantRemotes(
  dir: string,
  sockets: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<void> {
  await using store = await openStore(join(dir, "bot.sqlite"));
  await plantInto(store, sockets, names);
}

/** The same, in a database that is open. */
export async function plantInto(
  store: Store,
  sockets: Readonly<Record<string, string>>,
  names: readonly string[],
): Promise<void> {
  for (const name of names) {
    await store.write((transaction) =>
      saveRemote(transaction, {
        name,
        kind: "unix",
        addresses: JSON.stringify([sockets[name] ?? ""]),
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
