import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import type { Store } from "../../db/database.ts";
import { openMessages } from "../../db/outbox.ts";
import { createLog } from "../../src/log.ts";
import { jobRow, putJob, stepRow } from "../db/setup.ts";
import { allOver, eventually, startWorld, type World } from "./setup.ts";

const removal = (name: string, lane = name) => stepRow("test.remove", { name }, lane);

function ask(store: Store, id: string, names: readonly string[], queuedAt = 1_000): Promise<unknown> {
  return putJob(store, jobRow(id, { queued_at: queuedAt }), {
    targets: names,
    steps: names.map((name) => removal(name)),
  });
}

/** Lets the store refuse every write, as on a full disk, or not. */
async function setRoom(store: Store, room: "none" | "enough"): Promise<void> {
  await sql.raw(`pragma query_only = ${room === "none" ? "on" : "off"}`).execute(store.read);
}

const states = async (world: World, id: string): Promise<readonly string[]> =>
  (await world.steps(id)).map(({ state }) => state);

describe("a job", () => {
  test("begins, does its steps in order, ends, and is told once for each", async () => {
    await using world = await startWorld(["web1", "web2"]);
    await putJob(world.store, jobRow("j-1"), {
      targets: ["web1"],
      steps: [removal("web1", "a"), stepRow("test.note", { name: "web1" }, "a"), removal("web2", "a")],
    });
    await world.runner.start();
    await allOver(world.store);
    expect(world.told).toEqual(["begun j-1", "step done j-1", "step done j-1", "step done j-1", "ended succeeded j-1"]);
    expect(world.removals()).toEqual(["web1", "web2"]);
    expect((await world.steps("j-1")).map(({ outcome }) => outcome)).toEqual([
      '{"says":"web1 is gone","found":false}',
      '{"says":"noted web1","found":false}',
      '{"says":"web2 is gone","found":false}',
    ]);
    expect(await openMessages(world.store.read)).toMatchObject([{ kind: "root", job_id: "j-1" }]);
  });

  test("whose one lane fails goes on with the others, and has failed", async () => {
    await using world = await startWorld(["web1", "web2", "web3"]);
    world.refuseRemoval("web1");
    await putJob(world.store, jobRow("j-1"), {
      targets: ["web1"],
      steps: [removal("web1", "a"), removal("web2", "b"), removal("web3", "a")],
    });
    await world.runner.start();
    await allOver(world.store);
    expect(await states(world, "j-1")).toEqual(["failed", "done", "skipped"]);
    expect(world.removals().toSorted()).toEqual(["web1", "web2"]);
    const { state, failure } = await world.job("j-1");
    expect(state).toBe("failed");
    expect(failure).toContain("the instance is protected");
  });

  test("of which a step cannot be prepared asks for nothing", async () => {
    await using world = await startWorld([]);
    await ask(world.store, "j-1", ["web1"]);
    await world.runner.start();
    await allOver(world.store);
    expect(await world.job("j-1")).toMatchObject({
      state: "failed",
      failure: '{"code":"instance-missing","what":"There is no web1."}',
    });
    expect(world.removals()).toEqual([]);
  });

  test("planned by another version of the bot is told as unknown, and nothing is asked for", async () => {
    await using world = await startWorld(["web1"]);
    await putJob(world.store, jobRow("j-1"), { steps: [{ ...removal("web1"), version: 2 }] });
    await world.runner.start();
    await allOver(world.store);
    expect((await world.job("j-1")).state).toBe("unknown");
    expect(world.removals()).toEqual([]);
  });

  test("that may no longer start ends without having begun", async () => {
    const failure = { code: "not-allowed", what: "No grant allows this." } as const;
    await using world = await startWorld(["web1"], { mayStart: () => Promise.resolve(failure) });
    await ask(world.store, "j-1", ["web1"]);
    await world.runner.start();
    await allOver(world.store);
    expect(world.told).toEqual(["ended failed j-1"]);
    expect(await world.job("j-1")).toMatchObject({ started_at: null, failure: JSON.stringify(failure) });
    expect(world.removals()).toEqual([]);
  });

  test("that cannot be judged, by a bug or an outage, waits and is judged again", async () => {
    let asked = 0;
    await using world = await startWorld(["web1"], {
      mayStart: () => {
        asked += 1;
        return asked < 3 ? Promise.reject(new Error("the policy cannot be read")) : Promise.resolve(undefined);
      },
    });
    await ask(world.store, "j-1", ["web1"]);
    await world.runner.start();
    await allOver(world.store);
    expect([asked, world.told.at(-1)]).toEqual([3, "ended succeeded j-1"]);
  });

  test("whose own write is refused has failed, and the next one on its target goes on", async () => {
    await using world = await startWorld(["web1"]);
    const steps = [stepRow("test.note", { name: "refused" }, "a"), removal("web1", "a")];
    await putJob(world.store, jobRow("j-1"), { targets: ["web1"], steps });
    await ask(world.store, "j-2", ["web1"], 2_000);
    await world.runner.start();
    await allOver(world.store);
    expect(world.told.at(-1)).toBe("ended succeeded j-2");
    expect(await states(world, "j-1")).toEqual(["failed", "skipped"]);
    expect((await world.job("j-1")).failure).toContain("The name has been taken meanwhile.");
  });
});

describe("a second job", () => {
  test("on the same target waits for the first; one on another does not", async () => {
    await using world = await startWorld(["web1", "web2", "web3"]);
    world.hold("web1");
    await ask(world.store, "j-1", ["web1"], 1_000);
    await ask(world.store, "j-2", ["web1", "web2"], 2_000);
    await ask(world.store, "j-3", ["web3"], 3_000);
    await world.runner.start();
    await eventually(() => world.told.includes("ended succeeded j-3"));
    await eventually(() => world.removals().includes("web1"));
    expect(world.told).not.toContain("begun j-2");
    world.release("web1");
    await allOver(world.store);
    expect(world.told.indexOf("begun j-2")).toBeGreaterThan(world.told.indexOf("ended succeeded j-1"));
  });

  test("that is asked for in the same millisecond does not overtake one that is about to begin", async () => {
    const asked: string[] = [];
    const { promise: going, resolve: go } = Promise.withResolvers<void>();
    await using world = await startWorld(["web1"], {
      mayStart: async (job) => {
        asked.push(job.id);
        await going;
        return undefined;
      },
    });
    await ask(world.store, "j-b", ["web1"]);
    await world.runner.start();
    await eventually(() => asked.includes("j-b"));
    // its id sorts before the first one's
    await ask(world.store, "j-a", ["web1"]);
    await ask(world.store, "j-c", ["web2"]);
    world.runner.kick();
    await eventually(() => asked.includes("j-c"));
    expect(asked).toEqual(["j-b", "j-c"]);
    go();
    await allOver(world.store);
    expect(world.told.indexOf("begun j-a")).toBeGreaterThan(world.told.indexOf("ended succeeded j-b"));
  });
});

describe("cancelling", () => {
  test("before a job begins ends it at once, and nothing is asked for", async () => {
    await using world = await startWorld(["web1"]);
    world.hold("web1");
    await ask(world.store, "j-1", ["web1"], 1_000);
    await ask(world.store, "j-2", ["web1"], 2_000);
    await world.runner.start();
    await eventually(() => world.removals().length === 1);
    expect([await world.runner.cancel("j-2"), await world.runner.cancel("j-2")]).toEqual([true, false]);
    expect(await world.job("j-2")).toMatchObject({ state: "cancelled", started_at: null });
    world.release("web1");
    await allOver(world.store);
    expect(world.told).not.toContain("begun j-2");
    expect(world.removals()).toEqual(["web1"]);
  });

  test("ends a job that asks", async () => {
    await using world = await startWorld([]);
    await putJob(world.store, jobRow("j-1", { state: "asking", queued_at: null }));
    expect(await world.runner.cancel("j-1")).toBe(true);
    expect((await world.job("j-1")).state).toBe("cancelled");
  });

  test("a running job lets its step end, tells the truth of it, and begins no other", async () => {
    await using world = await startWorld(["web1", "web2"]);
    world.hold("web1");
    await putJob(world.store, jobRow("j-1"), { steps: [removal("web1", "a"), removal("web2", "a")] });
    await world.runner.start();
    await eventually(() => world.removals().length === 1);
    expect(await world.runner.cancel("j-1")).toBe(true);
    world.release("web1");
    await allOver(world.store);
    expect(await states(world, "j-1")).toEqual(["done", "skipped"]);
    expect((await world.job("j-1")).state).toBe("cancelled");
    expect(world.removals()).toEqual(["web1"]);
  });

  test("is too late for a job that is over or unknown", async () => {
    await using world = await startWorld([]);
    await putJob(world.store, jobRow("j-1", { state: "succeeded" }));
    expect([await world.runner.cancel("j-1"), await world.runner.cancel("j-0")]).toEqual([false, false]);
  });
});

test("nothing begins before the start, which takes up first what ran", async () => {
  await using world = await startWorld(["web1", "web2"]);
  await ask(world.store, "j-1", ["web1"]);
  await putJob(world.store, jobRow("j-2", { state: "running", queued_at: 2_000 }), {
    targets: ["web1"],
    steps: [removal("web2")],
  });
  world.runner.kick();
  expect(world.runner.runningCount).toBe(0);
  await world.runner.start();
  await allOver(world.store);
  expect(world.told.filter((line) => !line.startsWith("step"))).toEqual([
    "taken up j-2",
    "ended succeeded j-2",
    "begun j-1",
    "ended succeeded j-1",
  ]);
});

test("a full disk in the middle stops a job; when there is room it is taken up, and nothing is asked for twice", async () => {
  let stopped = 0;
  let full = Promise.resolve();
  await using world = await startWorld(["web1"], {
    log: createLog("error", { write: () => void (stopped += 1) }),
    boundary: (name) => {
      if (name === "0:test.remove acted" && stopped === 0) full = setRoom(world.store, "none");
    },
  });
  await ask(world.store, "j-1", ["web1"]);
  await world.runner.start();
  await eventually(() => stopped > 2);
  await full;
  expect((await world.job("j-1")).state).toBe("running");
  await setRoom(world.store, "enough");
  await allOver(world.store);
  expect(world.told.at(-1)).toBe("ended succeeded j-1");
  expect(world.removals()).toEqual(["web1"]);
});

test("an operation whose id cannot be written is followed all the same, and told as it ended", async () => {
  let stopped = 0;
  await using world = await startWorld(["web1"], {
    log: createLog("error", { write: () => void (stopped += 1) }),
    boundary: (name) => {
      if (name === "0:test.remove acted") void setRoom(world.store, "none");
      if (name === "0:test.remove operation") void setRoom(world.store, "enough");
    },
  });
  await ask(world.store, "j-1", ["web1"]);
  await world.runner.start();
  await allOver(world.store);
  expect((await world.job("j-1")).state).toBe("succeeded");
  expect(await world.steps("j-1")).toMatchObject([{ state: "done", operation_id: null }]);
  expect([world.removals(), stopped]).toEqual([["web1"], 0]);
});

describe("the end of the program", () => {
  test("lets go of what runs; the next one takes it up, looks, and asks for nothing twice", async () => {
    await using world = await startWorld(["web1", "web2"]);
    world.hold("web1");
    await putJob(world.store, jobRow("j-1"), {
      targets: ["web1"],
      steps: [removal("web1", "a"), removal("web2", "a")],
    });
    await ask(world.store, "j-2", ["web1"], 2_000);
    await world.runner.start();
    await eventually(() => world.removals().length === 1);
    await world.runner.stop(5_000);
    expect(world.runner.runningCount).toBe(0);
    expect(await world.job("j-1")).toMatchObject({ state: "running", ended_at: null });
    expect(await states(world, "j-1")).toEqual(["running", "pending"]);
    world.runner.kick();
    // the server does it while nobody looks
    world.release("web1");

    await world.nextRunner().start();
    await allOver(world.store);
    expect(world.told.slice(0, 2)).toEqual(["begun j-1", "taken up j-1"]);
    expect(world.told).toContain("ended succeeded j-1");
    expect(world.removals()).toEqual(["web1", "web2"]);
    expect((await world.steps("j-1"))[0]?.outcome).toBe('{"says":"web1 is gone","found":true}');
  });

  test("before the effect leaves a step that the next program asks for, once", async () => {
    await using world = await startWorld(["web1"], {
      boundary: (name) => {
        if (name === "0:test.remove begun") void world.runner.stop(0);
      },
    });
    await ask(world.store, "j-1", ["web1"]);
    await world.runner.start();
    await eventually(() => world.told.includes("begun j-1") && world.runner.runningCount === 0);
    expect(world.removals()).toEqual([]);
    await world.nextRunner({ boundary: () => undefined }).start();
    await allOver(world.store);
    expect(world.removals()).toEqual(["web1"]);
    expect((await world.job("j-1")).state).toBe("succeeded");
  });
});
