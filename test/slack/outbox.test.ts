import { expect, test } from "vitest";
import { openStore } from "../../db/database.ts";
import { beginSending, countOpenMessages, enqueueRoot, openMessages } from "../../db/outbox.ts";
import { findJob, moveJob } from "../../db/jobs.ts";
import { say } from "../../src/pipeline/reply.ts";
import { alice, dev, localSlack, ops, putJob, putMessage, secret, startBot, type Bot } from "./setup.ts";

/** Waits until the outbox is empty. */
async function sent(bot: Bot): Promise<void> {
  const deadline = Date.now() + 10_000;
  while ((await countOpenMessages(bot.store.read)) > 0) {
    if (Date.now() > deadline) throw new Error("the outbox did not become empty");
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

test("a job's first message makes its thread, later ones edit it, and replies go into it", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const job = await putJob(bot.store);
  await putMessage(bot.store, { type: "thread" }, say("The image has been downloaded."), job.id);
  bot.slack.outbox.kick();
  const [root, reply] = await world.until(() => {
    const seen = world.messages(ops);
    return seen.length === 2 && seen;
  });
  expect(reply).toMatchObject({ thread_ts: root?.ts, text: "The image has been downloaded." });
  expect(await findJob(bot.store.read, job.id)).toMatchObject({ thread_channel: ops, thread_ts: root?.ts });

  await bot.store.write(async (transaction) => {
    await moveJob(transaction, job.id, { from: ["running"], to: "succeeded", ended_at: Date.now() });
    await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: Date.now() });
  });
  bot.slack.outbox.kick();
  await world.until(() => world.messages(ops)[0]?.text.startsWith("✅"));
  expect(world.messages(ops)).toHaveLength(2);
  expect(JSON.stringify(world.messages(ops)[0]?.blocks)).toContain("lxd1:web1 is running.");
});

test("edits of a root message are 1.5 s apart, and the result does not wait for that", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const job = await putJob(bot.store);
  bot.slack.outbox.kick();
  await sent(bot);
  for (let n = 0; n < 40; n += 1) {
    await bot.store.write(async (transaction) => {
      await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: Date.now() });
      if (n === 39) await moveJob(transaction, job.id, { from: ["running"], to: "cancelled", ended_at: Date.now() });
    });
    bot.slack.outbox.kick();
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await world.until(() => world.messages(ops)[0]?.text.startsWith("🚫"));
  await sent(bot);
  const edits = world.calls("chat.update");
  expect(edits.length).toBeLessThanOrEqual(3);
  const progress = edits.slice(0, -1);
  const gaps = progress.slice(1).map(({ at }, n) => at - (progress[n]?.at ?? 0));
  expect(gaps.filter((gap) => gap < 1_400)).toEqual([]);
});

test("a private answer goes out by the response URL, and otherwise to the person", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.say({ as: alice, channel: ops, text: "/lxd list" });
  const [incoming] = bot.intake.seen;
  if (incoming === undefined || !("responseUrl" in incoming)) throw new Error("no command came");
  const url = String(incoming.responseUrl);
  // five posts are allowed, and the sixth finds another way
  for (let n = 1; n <= 6; n += 1) {
    await putMessage(
      bot.store,
      { type: "response-url", url, public: false, user: alice, channel: ops },
      say(`row ${n}`),
    );
  }
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.ephemerals(alice).map(({ text }) => text)).toEqual([
    "Understood.",
    ...[1, 2, 3, 4, 5, 6].map((n) => `row ${n}`),
  ]);
  expect(world.calls("chat.postEphemeral")).toHaveLength(1);
});

test("a public answer is seen by all, also where the bot is no member", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.say({ as: alice, channel: dev, text: "/lxd list --public" });
  const [incoming] = bot.intake.seen;
  if (incoming === undefined || !("responseUrl" in incoming)) throw new Error("no command came");
  const url = String(incoming.responseUrl);
  await putMessage(bot.store, { type: "response-url", url, public: true, user: alice, channel: dev }, say("for all"));
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(dev).map(({ text }) => text)).toContain("for all");
});

test("a private channel without the bot gets the story by direct message, and a pointer to it", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.say({ as: alice, channel: secret, text: "/lxd launch busybox" });
  const job = await putJob(bot.store, { channel_id: secret });
  bot.slack.outbox.kick();
  const pointer = await world.until(() =>
    world.ephemerals(alice).find(({ channel, text }) => channel === secret && text !== "Understood."),
  );
  const { thread_channel } = (await findJob(bot.store.read, job.id)) ?? {};
  expect(thread_channel).toMatch(/^D/);
  expect(JSON.stringify(pointer.blocks)).toContain("our direct messages");
  expect(world.messages(String(thread_channel))).toHaveLength(1);
  expect(world.messages(secret)).toEqual([]);
});

test("with an ops channel the story goes there instead", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world, { opsChannel: ops });
  await putJob(bot.store, { channel_id: secret });
  bot.slack.outbox.kick();
  await world.until(() => world.messages(ops).length === 1);
});

test("a public channel without the bot is a place like any other", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await putJob(bot.store, { channel_id: dev });
  bot.slack.outbox.kick();
  await world.until(() => world.messages(dev).length === 1);
});

test("Retry-After is obeyed for its channel, and other channels go on", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("chat.postMessage", { type: "ratelimited", retryAfterSeconds: 1 });
  await putMessage(bot.store, { type: "channel", channel: ops }, say("held"));
  bot.slack.outbox.kick();
  await world.until(() => world.calls("chat.postMessage").length === 1);
  await putMessage(bot.store, { type: "channel", channel: dev }, say("free"));
  bot.slack.outbox.kick();
  await world.until(() => world.messages(dev).length === 1);
  expect(world.messages(ops)).toEqual([]);
  await sent(bot);
  const calls = world.calls("chat.postMessage");
  const refused = calls.find(({ status }) => status === 429);
  const taken = calls.find(({ status, args }) => status === 200 && args["channel"] === ops);
  expect((taken?.at ?? 0) - (refused?.at ?? 0)).toBeGreaterThanOrEqual(1_000);
});

test("after a 500 the message is looked for and then sent, once", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("chat.postMessage", { type: "status", status: 500 });
  await putMessage(bot.store, { type: "channel", channel: ops }, say("once"));
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(ops)).toHaveLength(1);
  expect(world.calls("conversations.history")).toHaveLength(1);
});

test("a message whose answer was lost is found, and not sent twice", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("chat.postMessage", { type: "apply-and-drop" });
  const job = await putJob(bot.store);
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(ops)).toHaveLength(1);
  expect(world.calls("chat.postMessage")).toHaveLength(1);
  world.fail("chat.postMessage", { type: "apply-and-drop" });
  await putMessage(bot.store, { type: "thread" }, say("a reply"), job.id);
  bot.slack.outbox.kick();
  await sent(bot);
  expect(
    world
      .messages(ops)
      .map(({ text }) => text)
      .filter((text) => text === "a reply"),
  ).toHaveLength(1);
});

test("a program that died in the middle of sending finds out at its next start what became of it", async () => {
  await using world = await localSlack();
  const store = await openStore(":memory:");
  await using _closing = store;
  const job = await putJob(store);
  const first = await startBot(world, { store });
  await sent(first);
  await first[Symbol.asyncDispose]();
  // as if the process had died between Slack's answer and the commit
  await store.write(async (transaction) => {
    const row = await transaction.selectFrom("outbox").selectAll().executeTakeFirstOrThrow();
    await beginSending(transaction, row.position);
    await transaction
      .updateTable("jobs")
      .set({ thread_channel: null, thread_ts: null })
      .where("id", "=", job.id)
      .execute();
  });
  expect(await openMessages(store.read)).toMatchObject([{ state: "sending" }]);
  await using bot = await startBot(world, { store });
  await sent(bot);
  expect(world.messages(ops)).toHaveLength(1);
  expect(await findJob(store.read, job.id)).toMatchObject({
    thread_channel: ops,
    thread_ts: world.messages(ops)[0]?.ts,
  });
});

test("what is refused for good is given up with a warning, and what waits behind it is sent", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("chat.postMessage", { type: "error", error: "message_limit_exceeded_forever" });
  await putMessage(bot.store, { type: "channel", channel: ops }, say("lost"));
  await putMessage(bot.store, { type: "channel", channel: ops }, say("next"));
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(ops).map(({ text }) => text)).toEqual(["next"]);
  expect(bot.lines.some(({ msg }) => msg === "a message was given up")).toBe(true);
});

test("blocks that Slack does not take are sent as plain text", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("chat.postMessage", { type: "error", error: "invalid_blocks" });
  await putMessage(bot.store, { type: "channel", channel: ops }, say("still told"));
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(ops)).toMatchObject([{ text: "still told" }]);
});

test("messages of one channel keep their order, no faster than Slack allows", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  for (let n = 1; n <= 5; n += 1) await putMessage(bot.store, { type: "channel", channel: ops }, say(`line ${n}`));
  bot.slack.outbox.kick();
  await sent(bot);
  expect(world.messages(ops).map(({ text }) => text)).toEqual([1, 2, 3, 4, 5].map((n) => `line ${n}`));
  expect(world.calls("chat.postMessage").filter(({ status }) => status === 429)).toEqual([]);
});

test("stopping sends what waits, within its time", async () => {
  await using world = await localSlack();
  const store = await openStore(":memory:");
  await using _closing = store;
  const bot = await startBot(world, { store, limits: { flushMs: 2_000 } });
  world.fail("chat.postMessage", { type: "status", status: 500, times: 50 });
  await putMessage(store, { type: "channel", channel: dev }, say("never"));
  await putMessage(
    store,
    { type: "response-url", url: "", public: false, user: alice, channel: ops },
    say("last words"),
  );
  const began = Date.now();
  await bot[Symbol.asyncDispose]();
  expect(Date.now() - began).toBeLessThan(3_500);
  expect(world.ephemerals(alice).map(({ text }) => text)).toEqual(["last words"]);
  expect(await openMessages(store.read)).toHaveLength(1);
});

test("a sending that outlives the stop does no harm, and is looked up at the next start", async () => {
  await using world = await localSlack();
  const store = await openStore(":memory:");
  await using _closing = store;
  const bot = await startBot(world, { store, limits: { flushMs: 100 } });
  world.fail("chat.postMessage", { type: "hang" });
  await putMessage(store, { type: "channel", channel: ops }, say("late"));
  bot.slack.outbox.kick();
  await world.until(() => bot.slack.state().connections > 0);
  await bot[Symbol.asyncDispose]();
  bot.slack.outbox.kick();
  expect(await openMessages(store.read)).toMatchObject([{ state: "sending" }]);
  await using next = await startBot(world, { store });
  await sent(next);
  expect(world.messages(ops).map(({ text }) => text)).toEqual(["late"]);
});
