import { expect, test } from "vitest";
import { enqueueRoot } from "../../db/outbox.ts";
import { findJob, moveJob } from "../../db/jobs.ts";
import { say } from "../../src/pipeline/reply.ts";
import { alice, localSlack, ops, putJob, putMessage, startBot } from "./setup.ts";

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

test("a private answer goes out by the response URL, and otherwise to the person", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await putMessage(
    bot.store,
    { type: "response-url", url: `${world.url}response/no-such-url`, public: false, user: alice, channel: ops },
    say("web1 is running"),
  );
  bot.slack.outbox.kick();
  await world.until(() => world.ephemerals(alice).some(({ text }) => text === "web1 is running"));
  expect(world.messages(ops)).toEqual([]);
});
