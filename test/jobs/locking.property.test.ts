import fc from "fast-check";
import { expect, test } from "vitest";
import { z } from "zod";
import { openStore } from "../../db/database.ts";
import { targetsOf } from "../../db/jobs.ts";
import { Runner } from "../../src/jobs/runner.ts";
import { createStepKinds, defineServerStep } from "../../src/jobs/step-kind.ts";
import { connect } from "../../src/lxd/connection.ts";
import { jobRow, putJob, stepRow } from "../db/setup.ts";
import { silent } from "../lxd/setup.ts";
import { allOver, quickClock } from "./setup.ts";

interface Asked {
  readonly id: string;
  readonly targets: readonly string[];
  /** Turns of the event loop before it is asked for, until it may start, and while its effect is under way. */
  readonly waits: number;
  readonly mayStart: number;
  readonly works: number;
  /** The clock may have stood still since the last one. */
  readonly later: number;
}

const turns = fc.nat({ max: 4 });
const jobs = fc.uniqueArray(
  fc.record({
    id: fc.stringMatching(/^j-[bcdf]{3}$/),
    targets: fc.uniqueArray(fc.constantFrom("web1", "web2", "web3"), { minLength: 1, maxLength: 3 }),
    waits: turns,
    mayStart: turns,
    works: turns,
    later: fc.nat({ max: 1 }),
  }),
  { selector: ({ id }) => id, minLength: 2, maxLength: 7 },
);

async function pass(count: number): Promise<void> {
  for (let turn = 0; turn < count; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}

const disjoint = (a: readonly string[], b: readonly string[]): boolean => a.every((target) => !b.includes(target));

/** Runs them all; throws where two that share a target run at once. Answers the order in which they began. */
async function runAll(all: readonly Asked[]): Promise<readonly string[]> {
  await using store = await openStore(":memory:");
  // nothing listens there: the effect of this kind happens here
  await using connection = connect({ remote: "lxd1", endpoint: { type: "unix", path: "/nowhere" }, log: silent });
  const under = new Map<string, readonly string[]>();
  const clashes: string[] = [];
  const begun: string[] = [];
  const done = new Set<string>();
  const work = defineServerStep<{ readonly id: string; readonly works: number }, null>({
    kind: "test.work",
    version: 1,
    honesty: "converge",
    input: z.object({ id: z.string(), works: z.number() }),
    evidence: z.null(),
    place: () => ({ remote: "lxd1", project: "default", name: "" }),
    server: (context) => context.lxd("lxd1"),
    prepare: () => Promise.resolve(null),
    look: (_context, { id }) => Promise.resolve(done.has(id) ? { state: "done" } : { state: "open" }),
    act: async (_context, { id, works }) => {
      await pass(works);
      done.add(id);
      return undefined;
    },
  });
  await using runner = new Runner({
    store,
    clock: quickClock(),
    log: silent,
    kinds: createStepKinds([work]),
    servers: {
      lxd: (_remote, caller) => connection.as(caller),
      dial: (_remote, _endpoint, caller) => connection.as(caller),
    },
    mayStart: async (job) => {
      await pass(all.find(({ id }) => id === job.id)?.mayStart ?? 0);
      return undefined;
    },
    tell: {
      begun: async (transaction, job) => {
        const targets = await targetsOf(transaction, job.id);
        for (const [other, theirs] of under) if (!disjoint(targets, theirs)) clashes.push(`${job.id} beside ${other}`);
        under.set(job.id, targets);
        begun.push(job.id);
      },
      takenUp: () => Promise.resolve(),
      stepEnded: () => Promise.resolve(),
      ended: (_transaction, job) => {
        under.delete(job.id);
        return Promise.resolve();
      },
    },
    changed: () => undefined,
    boundary: () => undefined,
  });
  await runner.start();
  let at = 1_000;
  for (const { id, targets, waits, works, later } of all) {
    await pass(waits);
    at += later;
    await putJob(store, jobRow(id, { queued_at: at }), { targets, steps: [stepRow("test.work", { id, works })] });
    runner.kick();
  }
  await allOver(store);
  expect(clashes).toEqual([]);
  return begun;
}

test("two jobs that share a target never run at once, all end, and those asked for later do not overtake", async () => {
  await fc.assert(
    fc.asyncProperty(jobs, async (all) => {
      const begun = await runAll(all);
      expect(begun.toSorted()).toEqual(all.map(({ id }) => id).toSorted());
      let at = 0;
      const timed = all.map((job) => ({ ...job, at: (at += job.later) }));
      const overtaken = timed.flatMap((first) =>
        timed
          .filter((second) => second.at > first.at && !disjoint(first.targets, second.targets))
          .filter((second) => begun.indexOf(second.id) < begun.indexOf(first.id))
          .map((second) => `${second.id} before ${first.id}`),
      );
      expect(overtaken).toEqual([]);
    }),
    { numRuns: 40 },
  );
});
