import { describe, expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import {
  countJobs,
  findJob,
  jobsAhead,
  listJobs,
  moveJob,
  replacePlan,
  requestCancel,
  stepsOf,
  targetsOf,
} from "../../db/jobs.ts";
import type { JobState } from "../../db/tables.ts";
import { jobRow, putJob, stepRow } from "./setup.ts";

async function ahead(store: Store, id: string): Promise<readonly string[]> {
  const job = await findJob(store.read, id);
  if (!job) throw new Error(`there is no job ${id}`);
  return (await jobsAhead(store.read, job)).map((each) => each.id);
}

describe("a new job", () => {
  test("is written with its targets, each once, and its steps in order", async () => {
    await using store = await openStore(":memory:");
    const steps = [stepRow("first", { n: 1 }), stepRow("second", { n: 2 }, "b")];
    expect(await putJob(store, jobRow("j-1"), { targets: ["b", "a", "b"], steps })).toEqual({});
    expect(await targetsOf(store.read, "j-1")).toEqual(["a", "b"]);
    expect(await stepsOf(store.read, "j-1")).toMatchObject([
      { position: 0, kind: "first", input: '{"n":1}', lane: "a", state: "pending" },
      { position: 1, kind: "second", input: '{"n":2}', lane: "b", state: "pending" },
    ]);
  });

  test.each(["asking", "queued", "running"] as const)("joins an equal one that is %s", async (state) => {
    await using store = await openStore(":memory:");
    await putJob(store, jobRow("j-1", { join_key: "same", state }));
    const steps = [stepRow("first", {})];
    expect(await putJob(store, jobRow("j-2", { join_key: "same" }), { targets: ["a"], steps })).toEqual({
      joined: "j-1",
    });
    expect(await findJob(store.read, "j-2")).toBeUndefined();
    expect(await stepsOf(store.read, "j-2")).toEqual([]);
  });

  test.each(["succeeded", "failed", "cancelled", "declined", "expired", "unknown"] as const)(
    "does not join one that is over: %s",
    async (state) => {
      await using store = await openStore(":memory:");
      await putJob(store, jobRow("j-1", { join_key: "same", state }));
      expect(await putJob(store, jobRow("j-2", { join_key: "same" }))).toEqual({});
    },
  );

  test("of a request that has made one already is that one", async () => {
    await using store = await openStore(":memory:");
    await putJob(store, jobRow("j-1", { request_id: "r-1" }));
    expect(await putJob(store, jobRow("j-2", { request_id: "r-1" }))).toEqual({ joined: "j-1" });
  });

  test("that joined stays alone when many come together", async () => {
    await using store = await openStore(":memory:");
    const ids = ["j-1", "j-2", "j-3", "j-4"];
    await Promise.all(ids.map((id) => putJob(store, jobRow(id, { join_key: "same" }))));
    expect(await countJobs(store.read, ["queued"])).toBe(1);
  });
});

/** All that is on disk of a job and its steps. */
async function kept(store: Store): Promise<string> {
  return JSON.stringify([await findJob(store.read, "j-1"), await stepsOf(store.read, "j-1")]);
}

describe("the jobs ahead of one", () => {
  test("are those that wait for longer or run, and share a target", async () => {
    await using store = await openStore(":memory:");
    await putJob(store, jobRow("j-older", { queued_at: 1_000 }), { targets: ["a", "b"] });
    await putJob(store, jobRow("j-running", { queued_at: 9_000, state: "running" }), { targets: ["a"] });
    await putJob(store, jobRow("j-elsewhere", { queued_at: 1_000 }), { targets: ["c"] });
    await putJob(store, jobRow("j-younger", { queued_at: 3_000 }), { targets: ["a"] });
    await putJob(store, jobRow("j-mine", { queued_at: 2_000 }), { targets: ["b", "a"] });
    expect(await ahead(store, "j-mine")).toEqual(["j-older", "j-running"]);
  });

  test("are not those that still ask or are over", async () => {
    await using store = await openStore(":memory:");
    const others: readonly JobState[] = [
      "asking",
      "succeeded",
      "failed",
      "cancelled",
      "declined",
      "expired",
      "unknown",
    ];
    for (const state of others) await putJob(store, jobRow(`j-${state}`, { state }), { targets: ["a"] });
    await putJob(store, jobRow("j-mine", { queued_at: 2_000 }), { targets: ["a"] });
    expect(await ahead(store, "j-mine")).toEqual([]);
  });

  test("have an order also within a millisecond", async () => {
    await using store = await openStore(":memory:");
    for (const id of ["j-b", "j-a", "j-c"]) await putJob(store, jobRow(id), { targets: ["a"] });
    expect([await ahead(store, "j-a"), await ahead(store, "j-b"), await ahead(store, "j-c")]).toEqual([
      [],
      ["j-a"],
      ["j-a", "j-b"],
    ]);
  });
});

describe("moving a job", () => {
  const secret = "correct horse battery";
  async function withSecret(): Promise<Store> {
    const store = await openStore(":memory:");
    const job = jobRow("j-1", { input: `remote add lxd1 ${secret}`, state: "asking" });
    await putJob(store, job, { steps: [stepRow("remote.trust", { password: secret })] });
    return store;
  }
  test("goes only from where it is", async () => {
    await using store = await withSecret();
    const move = (from: JobState, to: JobState): Promise<boolean> =>
      store.write((transaction) => moveJob(transaction, "j-1", { from: [from], to }));
    expect([await move("queued", "running"), await move("asking", "queued"), await move("asking", "declined")]).toEqual(
      [false, true, false],
    );
    expect(await findJob(store.read, "j-1")).toMatchObject({ state: "queued" });
    expect(await kept(store)).toContain(secret);
  });

  test.each(["succeeded", "failed", "cancelled", "declined", "expired", "unknown"] as const)(
    "to %s forgets what was typed and what its steps were given",
    async (to) => {
      await using store = await withSecret();
      await store.write((transaction) => moveJob(transaction, "j-1", { from: ["asking"], to, ended_at: 5_000 }));
      expect(await kept(store)).not.toContain(secret);
      expect(await findJob(store.read, "j-1")).toMatchObject({ state: to, input: null, ended_at: 5_000 });
    },
  );

  test("that does not happen forgets nothing", async () => {
    await using store = await withSecret();
    await store.write((transaction) => moveJob(transaction, "j-1", { from: ["running"], to: "failed" }));
    expect(await kept(store)).toContain(secret);
  });
});

test("another plan takes the place of the one that waits for an answer", async () => {
  await using store = await openStore(":memory:");
  const steps = [stepRow("old", {}), stepRow("old", {})];
  await putJob(store, jobRow("j-1", { state: "asking" }), { targets: ["a"], steps });
  const next = { plan: '{"title":"new"}', digest: "d2", targets: ["b"], steps: [stepRow("new", {})] };
  await store.write((transaction) => replacePlan(transaction, "j-1", next));
  expect(await findJob(store.read, "j-1")).toMatchObject({ plan: '{"title":"new"}', digest: "d2" });
  expect(await targetsOf(store.read, "j-1")).toEqual(["b"]);
  expect((await stepsOf(store.read, "j-1")).map(({ kind }) => kind)).toEqual(["new"]);
});

test("a job is asked once to be cancelled, and not when it is over", async () => {
  await using store = await openStore(":memory:");
  await putJob(store, jobRow("j-1"));
  await putJob(store, jobRow("j-over", { state: "succeeded" }));
  const ask = (id: string): Promise<boolean> => store.write((transaction) => requestCancel(transaction, id, 5_000));
  expect([await ask("j-1"), await ask("j-1"), await ask("j-over")]).toEqual([true, false, false]);
});

test("jobs are listed newest first, by state, person and target", async () => {
  await using store = await openStore(":memory:");
  await putJob(store, jobRow("j-1", { created_at: 1_000, state: "failed" }), { targets: ["a"] });
  await putJob(store, jobRow("j-2", { created_at: 2_000, user_id: "U2" }), { targets: ["a", "b"] });
  await putJob(store, jobRow("j-3", { created_at: 3_000 }), { targets: ["b"] });
  const list = async (filter: object): Promise<readonly string[]> =>
    (await listJobs(store.read, { limit: 10, ...filter })).map(({ id }) => id);
  expect(await list({})).toEqual(["j-3", "j-2", "j-1"]);
  expect(await list({ limit: 1 })).toEqual(["j-3"]);
  expect(await list({ states: ["queued"] })).toEqual(["j-3", "j-2"]);
  expect(await list({ userId: "U2" })).toEqual(["j-2"]);
  expect(await list({ target: "a" })).toEqual(["j-2", "j-1"]);
});
