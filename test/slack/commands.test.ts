import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { say } from "../../src/pipeline/reply.ts";
import { alice, localSlack, ops, putMessage, startBot } from "./setup.ts";

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

test("a command that is delivered twice has the same id, and is answered once", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const { delivery } = await world.say({ as: alice, channel: ops, text: "/lxd list" });
  await world.redeliver(delivery);
  expect(bot.intake.seen).toHaveLength(1);
  expect(
    world
      .deliveries()
      .at(-1)
      ?.answers.map(({ type }) => type),
  ).toEqual(["acknowledged", "acknowledged"]);
  expect(world.ephemerals(alice)).toHaveLength(1);
});

test("a command that cannot be kept is refused with the reason, so that nobody believes it was taken", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  bot.intake.answer = () =>
    Promise.reject(new UserError("store-full", { what: "The bot cannot write.", next: "Make room." }));
  await world.say({ as: alice, channel: ops, text: "/lxd list" });
  bot.intake.answer = () => Promise.reject(new Error("a bug with a secret in it"));
  await world.say({ as: alice, channel: ops, text: "/lxd list" });
  const [full, bug] = world.ephemerals(alice);
  expect(JSON.stringify(full?.blocks)).toContain("Make room.");
  expect(bug?.text).toContain("nothing was done");
  expect(JSON.stringify(bug)).not.toContain("a secret");
  expect(bot.lines.some(({ msg }) => msg === "a command was not taken")).toBe(true);
});

test("a click is taken with its action, value and message", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await putMessage(
    bot.store,
    { type: "channel", channel: ops },
    {
      summary: "Which one?",
      parts: [
        {
          type: "buttons",
          buttons: [
            { label: "lxd1:web1", action: "offer.run", value: "o-1" },
            { label: "lxd2:web1", action: "offer.run", value: "o-2" },
          ],
        },
      ],
    },
  );
  bot.slack.outbox.kick();
  const message = await world.until(() => world.messages(ops)[0]);
  const block_id = String(message.blocks[0]?.["block_id"]);
  const container = { type: "message", channel: ops, ts: message.ts } as const;
  const delivered = await world.act({ as: alice, container, block_id, action_id: "offer.run:2" });
  expect(delivered.ok).toBe(true);
  expect(bot.intake.seen).toMatchObject([
    {
      kind: "click",
      action: "offer.run",
      value: "o-2",
      userId: alice,
      message: { channel: ops, ts: message.ts, ephemeral: false },
    },
  ]);
});

test("a click that cannot be kept is not acknowledged", async () => {
  await using world = await localSlack({ ackDeadlineMs: 300 });
  await using bot = await startBot(world);
  await putMessage(
    bot.store,
    { type: "channel", channel: ops },
    { summary: "?", parts: [{ type: "buttons", buttons: [{ label: "Cancel", action: "job.cancel", value: "j-1" }] }] },
  );
  bot.slack.outbox.kick();
  const message = await world.until(() => world.messages(ops)[0]);
  bot.intake.answer = () => Promise.reject(new Error("no disk"));
  const delivered = await world.act({
    as: alice,
    container: { type: "message", channel: ops, ts: message.ts },
    block_id: String(message.blocks[0]?.["block_id"]),
    action_id: "job.cancel",
  });
  expect(delivered.ok).toBe(false);
});

test("a mention that cannot be kept is delivered again by Slack, and then taken", async () => {
  await using world = await localSlack({ retryDelaysMs: [0, 10, 10] });
  await using bot = await startBot(world);
  let failures = 0;
  bot.intake.answer = () => {
    failures += 1;
    return failures === 1 ? Promise.reject(new Error("no disk")) : Promise.resolve(null);
  };
  await world.say({ as: alice, channel: ops, text: "@lxd status web1" });
  await world.until(() => bot.intake.seen.length === 1, 15_000);
  expect(bot.intake.seen).toMatchObject([{ kind: "mention", text: "status web1", userId: alice }]);
});

test("what is said to the bot alone is a mention; what is said in channels without naming it is not heard", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.say({ as: alice, channel: ops, text: "lunch?" });
  await putMessage(bot.store, { type: "direct", user: alice }, say("Hello."));
  bot.slack.outbox.kick();
  const call = await world.until(() => world.calls("chat.postMessage")[0]);
  await world.say({ as: alice, channel: String(call.answer?.["channel"]), text: "help" });
  await world.until(() => bot.intake.seen.length === 1);
  expect(bot.intake.seen).toMatchObject([{ kind: "mention", text: "help" }]);
});

test("the window for a secret hands over what was typed, and shows what is wrong with it", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await putMessage(
    bot.store,
    { type: "channel", channel: ops },
    {
      summary: "?",
      parts: [{ type: "buttons", buttons: [{ label: "Password", action: "secret.ask", value: "o-1" }] }],
    },
  );
  bot.slack.outbox.kick();
  const message = await world.until(() => world.messages(ops)[0]);
  const modal = {
    view: "remote.trust-password",
    value: "o-1",
    title: "A title that is longer than Slack takes",
    explanation: "It is used once.",
    label: "Password",
    submit: "Trust",
  };
  await world.act({
    as: alice,
    container: { type: "message", channel: ops, ts: message.ts },
    block_id: String(message.blocks[0]?.["block_id"]),
    action_id: "secret.ask",
  });
  const [click] = bot.intake.seen;
  if (click === undefined || !("triggerId" in click)) throw new Error("no click came");
  await bot.slack.port.openSecretModal(String(click.triggerId), modal, AbortSignal.timeout(5_000));
  const [view] = world.views(alice);
  const state = { password: { password: { type: "plain_text_input", value: "hunter2" } } };
  bot.intake.errors = { password: "It was refused." };
  await world.submit({ as: alice, view_id: String(view?.shape["id"]), state });
  expect(bot.intake.seen.at(-1)).toMatchObject({
    kind: "submission",
    view: "remote.trust-password",
    value: "o-1",
    secrets: { password: "hunter2" },
  });
  expect(world.views(alice)[0]?.errors).toEqual({ password: "It was refused." });
  expect(JSON.stringify(bot.lines)).not.toContain("hunter2");
  await expect(
    bot.slack.port.openSecretModal(String(click.triggerId), modal, AbortSignal.timeout(5_000)),
  ).rejects.toThrow(UserError);
});

test("Home greets whoever opens it", async () => {
  await using world = await localSlack();
  await using _bot = await startBot(world);
  await world.openHome({ as: alice });
  const home = await world.until(() => world.home(alice));
  expect(JSON.stringify(home.shape)).toContain("/lxd help");
});
