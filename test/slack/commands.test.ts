import { expect, test } from "vitest";
import { say } from "../../src/pipeline/reply.ts";
import { alice, localSlack, ops, startBot } from "./setup.ts";

test("a command is taken and answered over Socket Mode", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const delivered = await world.say({ as: alice, channel: ops, text: "/lxd launch busybox lxd1:web1" });
  expect(delivered).toMatchObject({ ok: true });
  expect(bot.intake.seen).toMatchObject([
    { kind: "command", userId: alice, channelId: ops, teamId: "T0ACME001", text: "launch busybox lxd1:web1" },
  ]);
  expect(world.ephemerals(alice).map(({ text }) => text)).toEqual(["Understood."]);
});

test("nothing is asked of Slack before the acknowledgement", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.until(() => world.connections() === 2);
  const before = world.calls().length;
  bot.intake.answer = () => Promise.resolve(say("Yes."));
  const delivered = await world.say({ as: alice, channel: ops, text: "/lxd list" });
  expect(delivered.ok).toBe(true);
  expect(world.calls().slice(before)).toEqual([]);
});
