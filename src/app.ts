import { commands } from "../commands/index.ts";
import { countJobs } from "../db/jobs.ts";
import { openStore, type Store } from "../db/database.ts";
import { becomeSoleUser } from "../db/sole-user.ts";
import { expireQuestions } from "./approvals/expiry.ts";
import { recordCalls } from "./audit/trail.ts";
import { systemClock, type Clock } from "./clock.ts";
import type { Config, Secrets } from "./config.ts";
import { Inventory } from "./inventory/inventory.ts";
import { Runner } from "./jobs/runner.ts";
import type { Log } from "./log.ts";
import { keepHouse } from "./ops/housekeeping.ts";
import { helpFacts } from "./pipeline/help-facts.ts";
import { createIntake } from "./pipeline/intake-service.ts";
import { createTeller, mayStart } from "./pipeline/job-hooks.ts";
import type { Desk } from "./pipeline/desk.ts";
import { Pipeline } from "./pipeline/pipeline.ts";
import { PolicyKeeper } from "./pipeline/policy.ts";
import { createRegistry } from "./pipeline/registry.ts";
import { SecretKeeper } from "./pipeline/secrets.ts";
import { createAddressCheck } from "./remotes/allow-list.ts";
import { ensureClientCertificate } from "./remotes/client-certificate.ts";
import { Remotes } from "./remotes/registry.ts";
import { createSlack } from "./slack/app.ts";
import { stepKinds } from "./steps/index.ts";

/** How long the parts of a shutdown may take together: requests, then steps, then messages. */
const stopRequestsMs = 3_000;
const stopStepsMs = 10_000;

/** What tests put in place of the real thing. */
export interface Overrides {
  readonly clock?: Clock;
  readonly store?: Store;
  /** See `StepDependencies.boundary`. */
  readonly boundary?: (name: string) => void;
}

export interface App extends AsyncDisposable {
  /** Resolves when commands are taken. @throws UserError `config-invalid`, `store-newer`… */
  readonly start: () => Promise<void>;
  /** Ends in order: no new commands, running steps to a safe point, waiting messages sent. */
  readonly stop: () => Promise<void>;
  /** For the process title and for tests. */
  readonly state: () => {
    readonly runningJobs: number;
    readonly slack: { readonly connections: number; readonly httpPort?: number | undefined };
  };
  readonly onChange: (listener: () => void) => void;
}

export interface AppOptions {
  readonly config: Config;
  readonly secrets: Secrets;
  readonly log: Log;
  readonly version: string;
  /** The program cannot go on, and should end. */
  readonly onFatal: (error: Error) => void;
}

/** Puts the parts together. Wiring only: every decision stands in the part that makes it. */
export async function createApp(options: AppOptions, overrides: Overrides = {}): Promise<App> {
  const { config, secrets, log } = options;
  const clock = overrides.clock ?? systemClock;
  const boundary = overrides.boundary ?? (() => undefined);
  const sole = await becomeSoleUser(`${config.databaseFile}.lock`, clock);
  const store = overrides.store ?? (await openStore(config.databaseFile));
  const certificate = await ensureClientCertificate({ dir: config.dataDir, clock });
  const registry = createRegistry(commands);
  const policy = new PolicyKeeper({ admins: config.admins, store: store.read, clock, log });
  const remotes = new Remotes({ store, log, certificate });
  const inventory = new Inventory({ registry: remotes, clock, log });
  const kept = new SecretKeeper();
  const ending = new AbortController();
  const changeListeners: (() => void)[] = [];

  const intake = createIntake({
    registry,
    store: store.read,
    clock,
    log,
    policy,
    facts: () => helpFacts(remotes, inventory),
    // the acknowledgement goes first
    arrived: () => void setImmediate(() => pipeline.kick()),
    secrets: kept,
    boundary,
  });
  const slack = createSlack({
    mode:
      config.mode.type === "socket"
        ? { type: "socket", appToken: secrets.slackAppToken ?? "" }
        : { type: "http", signingSecret: secrets.slackSigningSecret ?? "", port: config.mode.port },
    botToken: secrets.slackBotToken,
    apiUrl: config.slackApiUrl,
    intake,
    store,
    log,
    clock,
    opsChannel: config.opsChannel,
    onFatal: options.onFatal,
  });
  const desk: Desk = {
    registry,
    store,
    clock,
    log,
    directory: slack.directory,
    policy,
    remotes,
    inventory,
    cancelJob: (jobId) => runner.cancel(jobId),
    about: {
      version: options.version,
      mode: config.mode.type === "socket" ? "Socket Mode" : "HTTP",
      startedAt: clock.now(),
    },
    checkAddress: createAddressCheck(config.remoteAllowList),
  };
  const record = recordCalls(store.read, clock, log);
  const runner: Runner = new Runner({
    store,
    clock,
    log,
    kinds: stepKinds,
    servers: {
      lxd: (remote, caller) => remotes.lxd(remote, { ...caller, record }),
      dial: (remote, endpoint, caller) => remotes.dial(remote, endpoint, { ...caller, record }),
    },
    mayStart: (job, signal) => mayStart(desk, job, signal),
    tell: createTeller(desk),
    changed,
    boundary,
  });
  const pipeline: Pipeline = new Pipeline({
    desk,
    port: slack.port,
    secrets: kept,
    facts: () => helpFacts(remotes, inventory),
    changed,
    boundary,
  });

  function changed(): void {
    slack.outbox.kick();
    runner.kick();
    for (const listener of changeListeners) listener();
  }

  async function stop(): Promise<void> {
    if (ending.signal.aborted) return;
    ending.abort(new Error("the program ends"));
    await slack.stopReceiving();
    await pipeline.stop(stopRequestsMs);
    await runner.stop(stopStepsMs);
    await slack.stop();
    await inventory[Symbol.asyncDispose]();
    await remotes[Symbol.asyncDispose]();
    await store[Symbol.asyncDispose]();
    sole[Symbol.dispose]();
  }

  return {
    start: async () => {
      await remotes.reload();
      await slack.start();
      await policy.reload(slack.identity().teamId);
      await runner.start();
      pipeline.kick();
      void expireQuestions({ store, clock, log, changed }, ending.signal);
      void keepHouse({ store, clock, log }, ending.signal);
      log.info({ remotes: remotes.names, openJobs: await countJobs(store.read, ["queued", "running"]) }, "ready");
    },
    stop,
    state: () => ({ runningJobs: runner.runningCount, slack: slack.state() }),
    onChange: (listener) => void changeListeners.push(listener),
    [Symbol.asyncDispose]: stop,
  };
}
