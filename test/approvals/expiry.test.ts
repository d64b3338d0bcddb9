import { describe, expect, test } from "vitest";
import { decideApproval, findApproval, insertApproval } from "../../db/approvals.ts";
import { openStore, type Store } from "../../db/database.ts";
import { findJob, moveJob } from "../../db/jobs.ts";
import { openMessages } from "../../db/outbox.ts";
import { expireQuestions } from "../../src/approvals/expiry.ts";
import { storyOf } from "../../src/audit/trail.ts";
import type { Clock } from "../../src/clock.ts";
import { jobRow, putJob } from "../db/setup.ts";
import { silent } from "../lxd/setup.ts";

/** Time passes only while somebody sleeps; it ends (the signal is aborted) at `endMs`. */
function sleepingClock({ startMs, endMs }: { readonly startMs: number; readonly endMs: number }) {
  const ending = new AbortController();
  const slept: number[] = [];
  let now = startMs;
  const clock: Clock = {
    now: () => now,
    sleep: async (ms, signal) => {
      slept.push(ms);
      now += ms;
      if (now >= endMs) ending.abort(new Error("the program ends"));
      await new Promise((resolve) => setImmediate(resolve));
      signal?.throwIfAborted();
    },
  };
  return { clock, slept, signal: ending.signal };
}

async function question(store: Store, id: string, expiresAt: number): Promise<void> {
  await putJob(store, jobRow(`j-${id}`, { state: "asking", queued_at: null }));
  await store.write((transaction) =>
    insertApproval(transaction, {
      id: `a-${id}`,
      job_id: `j-${id}`,
      digest: "d1",
      created_at: 1_000,
      expires_at: expiresAt,
    }),
  );
}

async function states(store: Store, id: string): Promise<readonly (string | undefined)[]> {
  const [approval, job] = [await findApproval(store.read, `a-${id}`), await findJob(store.read, `j-${id}`)];
  return [approval?.state, job?.state];
}

async function run(
  store: Store,
  time: { readonly startMs: number; readonly endMs: number },
): Promise<{ readonly slept: readonly number[]; readonly changes: number }> {
  const { clock, slept, signal } = sleepingClock(time);
  let changes = 0;
  await expireQuestions({ store, clock, log: silent, changed: () => void (changes += 1) }, signal);
  return { slept, changes };
}

describe("a question whose time is over", () => {
  test("ends with its job, is told, and stands in the story", async () => {
    await using store = await openStore(":memory:");
    await question(store, "1", 5_000);
    const { changes } = await run(store, { startMs: 2_000, endMs: 6_000 });
    expect(await states(store, "1")).toEqual(["expired", "expired"]);
    expect(await findJob(store.read, "j-1")).toMatchObject({ ended_at: 5_000, input: null });
    expect(await openMessages(store.read)).toMatchObject([{ kind: "root", job_id: "j-1" }]);
    expect(await storyOf(store.read, "r-of-j-1")).toMatchObject([
      { kind: "answer", outcome: "expired", target: "j-1", at: 5_000 },
    ]);
    expect(changes).toBe(1);
  });

  test("while the program was down ends at its start", async () => {
    await using store = await openStore(":memory:");
    await question(store, "1", 5_000);
    await question(store, "2", 90_000);
    await run(store, { startMs: 80_000, endMs: 80_100 });
    expect([await states(store, "1"), await states(store, "2")]).toEqual([
      ["expired", "expired"],
      ["pending", "asking"],
    ]);
  });

  test("but was answered stays as it was answered", async () => {
    await using store = await openStore(":memory:");
    await question(store, "1", 5_000);
    await store.write(async (transaction) => {
      await decideApproval(transaction, "a-1", { state: "approved", by: "U1", at: 4_999 });
      await moveJob(transaction, "j-1", { from: ["asking"], to: "queued", queued_at: 4_999 });
    });
    const { changes } = await run(store, { startMs: 2_000, endMs: 9_000 });
    expect(await states(store, "1")).toEqual(["approved", "queued"]);
    expect(changes).toBe(0);
  });

  test("leaves a job alone that was cancelled meanwhile", async () => {
    await using store = await openStore(":memory:");
    await question(store, "1", 5_000);
    await store.write((transaction) => moveJob(transaction, "j-1", { from: ["asking"], to: "cancelled" }));
    await run(store, { startMs: 2_000, endMs: 6_000 });
    expect(await states(store, "1")).toEqual(["expired", "cancelled"]);
  });
});

test("it sleeps until the next question expires, and never so long that a wrong clock matters", async () => {
  await using store = await openStore(":memory:");
  await question(store, "1", 130_000);
  const { slept } = await run(store, { startMs: 2_000, endMs: 131_000 });
  expect(slept.slice(0, 3)).toEqual([60_000, 60_000, 8_000]);
  expect(await states(store, "1")).toEqual(["expired", "expired"]);
});

test("each of two answers to one question finds the other, and only the first counts", async () => {
  await using store = await openStore(":memory:");
  await question(store, "1", 5_000);
  const decide = (state: "approved" | "declined"): Promise<boolean> =>
    store.write((transaction) => decideApproval(transaction, "a-1", { state, by: "U1", at: 3_000 }));
  expect(await Promise.all([decide("approved"), decide("declined")])).toEqual([true, false]);
  expect(await findApproval(store.read, "a-1")).toMatchObject({ state: "approved", decided_by: "U1" });
});
