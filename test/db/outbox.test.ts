import { describe, expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import {
  beginSending,
  countOpenMessages,
  endSending,
  enqueue,
  enqueueRoot,
  forgetMessages,
  openMessages,
  type OutboxRow,
  type SendingEnd,
} from "../../db/outbox.ts";

const root = (store: Store, jobId: string, at = 1_000): Promise<void> =>
  store.write((transaction) => enqueueRoot(transaction, { jobId, requestId: "r-1", at }));

async function begin(store: Store): Promise<OutboxRow> {
  const row = (await openMessages(store.read)).find(({ state }) => state === "queued");
  if (!row) throw new Error("nothing waits");
  await store.write((transaction) => beginSending(transaction, row.position));
  return row;
}
const end = (store: Store, row: OutboxRow, how: SendingEnd): Promise<void> =>
  store.write((transaction) => endSending(transaction, row.position, how));
const again = (unknown: boolean): SendingEnd => ({ state: "again", notBefore: 9_000, error: "ratelimited", unknown });

test("messages are sent in the order in which they were written", async () => {
  await using store = await openStore(":memory:");
  await store.write(async (transaction) => {
    for (const text of ["one", "two", "three"]) {
      await enqueue(transaction, {
        requestId: "r-1",
        destination: { type: "channel", channel: "C1" },
        body: text,
        at: 5_000,
      });
    }
  });
  expect((await openMessages(store.read)).map(({ body }) => body)).toEqual(['"one"', '"two"', '"three"']);
});

test.each([
  ["respond", { type: "response-url", url: "https://x", public: false, user: "U1", channel: "C1" }],
  ["ephemeral", { type: "ephemeral", channel: "C1", user: "U1" }],
  ["post", { type: "channel", channel: "C1" }],
  ["post", { type: "direct", user: "U1" }],
  ["post", { type: "thread" }],
] as const)("what is sent by %s goes to %o", async (kind, destination) => {
  await using store = await openStore(":memory:");
  await store.write((transaction) => enqueue(transaction, { requestId: "r-1", destination, body: {}, at: 1 }));
  const [row] = await openMessages(store.read);
  expect(row).toMatchObject({ kind, destination: JSON.stringify(destination), state: "queued", attempts: 0 });
});

describe("a job's root message", () => {
  test("waits once for each job, however often it is asked for", async () => {
    await using store = await openStore(":memory:");
    for (const job of ["j-1", "j-1", "j-2", "j-1"]) await root(store, job);
    expect((await openMessages(store.read)).map(({ job_id: job }) => job)).toEqual(["j-1", "j-2"]);
  });

  test("is asked for again while an older edit is being sent", async () => {
    await using store = await openStore(":memory:");
    await root(store, "j-1");
    await begin(store);
    await root(store, "j-1");
    await root(store, "j-1");
    expect((await openMessages(store.read)).map(({ state }) => state)).toEqual(["sending", "queued"]);
  });

  test("that is to be sent again gives way to a newer one, which then waits as long", async () => {
    await using store = await openStore(":memory:");
    await root(store, "j-1");
    const older = await begin(store);
    await root(store, "j-1");
    await end(store, older, again(false));
    const open = await openMessages(store.read);
    expect(open).toMatchObject([{ state: "queued", not_before: 9_000, attempts: 0 }]);
    expect(open[0]?.position).not.toBe(older.position);
  });

  test("of another job is no newer one", async () => {
    await using store = await openStore(":memory:");
    await root(store, "j-1");
    const row = await begin(store);
    await root(store, "j-2");
    await end(store, row, again(false));
    expect(await openMessages(store.read)).toMatchObject([
      { job_id: "j-1", state: "queued", not_before: 9_000, attempts: 1, error: "ratelimited" },
      { job_id: "j-2", state: "queued", not_before: 1_000 },
    ]);
  });

  test("of which it is not known whether it was sent keeps its row, so that it is looked up first", async () => {
    await using store = await openStore(":memory:");
    await root(store, "j-1");
    const row = await begin(store);
    await root(store, "j-1");
    await end(store, row, again(true));
    expect((await openMessages(store.read)).map(({ state }) => state)).toEqual(["sending", "queued"]);
  });
});

test("what was sent or has failed is over, and is forgotten when it is old", async () => {
  await using store = await openStore(":memory:");
  for (const [job, at] of [
    ["sent", 1_000],
    ["failed", 1_000],
    ["open", 1_000],
    ["young", 8_000],
  ] as const) {
    await root(store, job, at);
  }
  const rows = await openMessages(store.read);
  function of(job: string): OutboxRow {
    const row = rows.find(({ job_id: id }) => id === job);
    if (!row) throw new Error(`no message of ${job}`);
    return row;
  }
  await end(store, of("sent"), { state: "sent", at: 2_000 });
  await end(store, of("failed"), { state: "failed", at: 2_000, error: "channel_not_found" });
  await end(store, of("young"), { state: "sent", at: 9_000 });
  expect(await countOpenMessages(store.read)).toBe(1);
  await store.write((transaction) => forgetMessages(transaction, { before: 5_000 }));
  const left = await store.read.selectFrom("outbox").select(["job_id", "state"]).orderBy("position").execute();
  expect(left).toEqual([
    { job_id: "open", state: "queued" },
    { job_id: "young", state: "sent" },
  ]);
});
