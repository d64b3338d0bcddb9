import { z } from "zod";
import { openStore, type Store } from "../../db/database.ts";
import { countJobs, findJob, stepsOf, type JobRow, type StepRow } from "../../db/jobs.ts";
import { createStepKinds, defineLocalStep, defineServerStep, type Place } from "../../src/jobs/step-kind.ts";
import { Runner } from "../../src/jobs/runner.ts";
import type { RunnerOptions } from "../../src/jobs/runner-options.ts";
import { LxdRefused } from "../../src/lxd/errors.ts";
import { UserError } from "../../src/errors.ts";
import type { Clock } from "../../src/clock.ts";
import type { Lxd } from "../../src/lxd/connection.ts";
import { pair, silent } from "../lxd/setup.ts";
import { operation, refuse, started, sync } from "../lxd/scripted-server.ts";

/** Every look at it is a millisecond later; sleeping takes one turn of the event loop. */
export function quickClock(startMs = 10_000): Clock {
  let now = startMs;
  return {
    now: () => (now += 1),
    sleep: async (ms, signal) => {
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
      now += ms;
    },
  };
}

const Input = z.object({ name: z.string() });
const place = (name: string): Place => ({ remote: "lxd1", project: "default", name });

async function exists(lxd: Lxd, name: string): Promise<boolean> {
  try {
    await lxd.instances.state(place(name));
    return true;
  } catch (error) {
    if (error instanceof LxdRefused && error.status === 404) return false;
    throw error;
  }
}

/** A kind of step that the bot does not have: it removes an instance. */
const remove = defineServerStep<z.infer<typeof Input>, null>({
  kind: "test.remove",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: z.null(),
  place: () => place(""),
  server: (context) => context.lxd("lxd1"),
  prepare: async (context, { name }) => {
    if (!(await exists(context.lxd("lxd1"), name)))
      throw new UserError("instance-missing", { what: `There is no ${name}.` });
    return null;
  },
  look: async (context, { name }) =>
    (await exists(context.lxd("lxd1"), name)) ? { state: "open" } : { state: "done", says: `${name} is gone` },
  act: (context, { name }) => context.lxd("lxd1").instances.delete(place(name)),
});

const note = defineLocalStep<z.infer<typeof Input>>({
  kind: "test.note",
  version: 1,
  input: Input,
  write: (_transaction, { name }) =>
    name === "refused"
      ? Promise.reject(new UserError("remote-taken", { what: "The name has been taken meanwhile." }))
      : Promise.resolve(`noted ${name}`),
});

export interface World extends AsyncDisposable {
  readonly store: Store;
  readonly runner: Runner;
  /** What the runner told, in order: `begun j-1`, `step done j-1`, `ended succeeded j-1`. */
  readonly told: readonly string[];
  /** Names in the order in which their removal was asked for at the server. */
  readonly removals: () => readonly string[];
  /** Removals of this name are answered, and happen, at `release`. */
  readonly hold: (name: string) => void;
  readonly release: (name: string) => void;
  readonly refuseRemoval: (name: string) => void;
  /** Another runner at the same store and server, as after a new start. */
  readonly nextRunner: (options?: Partial<RunnerOptions>) => Runner;
  readonly job: (id: string) => Promise<JobRow>;
  readonly steps: (id: string) => Promise<readonly StepRow[]>;
}

/** A store, a server with the named instances on a real socket, and a runner between them. */
export async function startWorld(names: readonly string[], options: Partial<RunnerOptions> = {}): Promise<World> {
  const store = await openStore(":memory:");
  const { server, connection, [Symbol.asyncDispose]: disposePair } = await pair();
  const told: string[] = [];
  const held = new Map<string, (() => void) | undefined>();
  const runners: Runner[] = [];
  server.on("GET /1.0/operations/op-1/wait", sync(operation("op-1", { status: "Success", status_code: 200 })));
  for (const name of names) {
    const path = `/1.0/instances/${name}`;
    server.on(`GET ${path}/state`, sync({ status: "Running", status_code: 103, pid: 1, processes: 1 }));
    server.on(`DELETE ${path}`, (request, response) => {
      const happen = (): void => {
        server.on(`GET ${path}/state`, refuse(404, "Instance not found"));
        started("op-1", operation("op-1"))(request, response);
      };
      if (held.has(name)) held.set(name, happen);
      else happen();
    });
  }

  function nextRunner(more: Partial<RunnerOptions> = {}): Runner {
    const runner = new Runner({
      store,
      clock: quickClock(),
      log: silent,
      kinds: createStepKinds([remove, note]),
      servers: {
        lxd: (remote, caller) => {
          if (remote !== "lxd1") throw new UserError("remote-unknown", { what: `There is no ${remote}.` });
          return connection.as(caller);
        },
        dial: (_remote, _endpoint, caller) => connection.as(caller),
      },
      mayStart: () => Promise.resolve(undefined),
      tell: {
        begun: (_transaction, job) => tell(`begun ${job.id}`),
        takenUp: (_transaction, job) => tell(`taken up ${job.id}`),
        stepEnded: (_transaction, job, step) => tell(`step ${step.state} ${job.id}`),
        ended: (_transaction, job) => tell(`ended ${job.state} ${job.id}`),
      },
      changed: () => undefined,
      boundary: () => undefined,
      ...options,
      ...more,
    });
    runners.push(runner);
    return runner;
  }
  function tell(line: string): Promise<void> {
    told.push(line);
    return Promise.resolve();
  }

  return {
    store,
    runner: nextRunner(),
    told,
    removals: () =>
      server.arrived
        .filter(({ method, path }) => method === "DELETE" && path.startsWith("/1.0/instances/"))
        .map(({ path }) => path.split("/").at(-1) ?? ""),
    hold: (name) => void held.set(name, undefined),
    release: (name) => {
      held.get(name)?.();
      held.delete(name);
    },
    refuseRemoval: (name) => server.on(`DELETE /1.0/instances/${name}`, refuse(400, "the instance is protected")),
    nextRunner,
    job: async (id) => {
      const job = await findJob(store.read, id);
      if (!job) throw new Error(`there is no job ${id}`);
      return job;
    },
    steps: (id) => stepsOf(store.read, id),
    [Symbol.asyncDispose]: async () => {
      for (const runner of runners) await runner[Symbol.asyncDispose]();
      await disposePair();
      await store[Symbol.asyncDispose]();
    },
  };
}

/** Polls until it holds. */
export async function eventually(condition: () => boolean | Promise<boolean>, deadlineMs = 10_000): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!(await condition())) {
    if (Date.now() > endMs) throw new Error("it did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

/** Polls until no job waits or runs. */
export function allOver(store: Store): Promise<void> {
  return eventually(async () => (await countJobs(store.read, ["queued", "running"])) === 0);
}
