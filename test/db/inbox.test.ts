import { expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import { countAttempt, endArrival, forgetArrivals, openArrivals, receive } from "../../db/inbox.ts";

const arrive = (store: Store, id: string, at = 1_000): Promise<boolean> =>
  receive(store.read, {
    id,
    kind: "command",
    requestId: `r-of-${id}`,
    payload: { text: "list", url: "https://x" },
    at,
  });

test("a payload is taken once, however often Slack delivers it", async () => {
  await using store = await openStore(":memory:");
  const all = await Promise.all([arrive(store, "p-1"), arrive(store, "p-1"), arrive(store, "p-2")]);
  expect(all).toEqual([true, false, true]);
  expect((await openArrivals(store.read)).map(({ id }) => id)).toEqual(["p-1", "p-2"]);
});

test("what arrived first comes first", async () => {
  await using store = await openStore(":memory:");
  await arrive(store, "p-2", 2_000);
  await arrive(store, "p-3", 1_000);
  await arrive(store, "p-1", 2_000);
  expect((await openArrivals(store.read)).map(({ id }) => id)).toEqual(["p-3", "p-1", "p-2"]);
});

test("an arrival ends once, forgets its payload, and is still known when it is delivered again", async () => {
  await using store = await openStore(":memory:");
  await arrive(store, "p-1");
  await store.write((transaction) => countAttempt(transaction, "p-1"));
  expect((await openArrivals(store.read))[0]).toMatchObject({
    attempts: 1,
    payload: '{"text":"list","url":"https://x"}',
  });
  const end = (): Promise<boolean> => store.write((transaction) => endArrival(transaction, { id: "p-1", at: 2_000 }));
  expect([await end(), await end()]).toEqual([true, false]);
  expect(await openArrivals(store.read)).toEqual([]);
  expect(await arrive(store, "p-1")).toBe(false);
  const row = await store.read.selectFrom("inbox").selectAll().executeTakeFirstOrThrow();
  expect(row).toMatchObject({ state: "done", done_at: 2_000, payload: "{}" });
});

test("only what has ended is forgotten", async () => {
  await using store = await openStore(":memory:");
  for (const id of ["old", "old and open"]) await arrive(store, id, 1_000);
  await arrive(store, "new", 5_000);
  await store.write(async (transaction) => {
    for (const id of ["old", "new"]) await endArrival(transaction, { id, at: 6_000 });
    await forgetArrivals(transaction, { before: 5_000 });
  });
  expect([await arrive(store, "old"), await arrive(store, "new"), await arrive(store, "old and open")]).toEqual([
    true,
    false,
    false,
  ]);
});
