import { createHmac } from "node:crypto";
import { expect, test } from "vitest";
import { alice, localSlack, ops, startBot } from "./setup.ts";

test("no command is lost while Slack renews all connections at once", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.until(() => world.connections() === 2);
  const commands: ReturnType<typeof world.say>[] = [];
  for (let n = 0; n < 30; n += 1) {
    if (n % 10 === 5) world.disconnectSockets(n === 15 ? "warning" : "refresh_requested");
    commands.push(world.say({ as: alice, channel: ops, text: `/lxd info web${n}` }));
    if (n % 3 === 0) await commands.at(-1);
  }
  const delivered = await Promise.all(commands);
  expect(delivered.filter(({ ok }) => !ok)).toEqual([]);
  expect(bot.intake.seen).toHaveLength(30);
  expect(bot.slack.state().connections).toBeGreaterThan(0);
});

test("connections that are cut are opened again", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.until(() => world.connections() === 2);
  world.disconnectSockets("cut");
  await world.until(() => bot.slack.state().connections === 2 && world.connections() === 2);
  expect((await world.say({ as: alice, channel: ops, text: "/lxd list" })).ok).toBe(true);
});

test("a token that is no longer accepted ends the program, and is no unhandled rejection", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.until(() => world.connections() === 2);
  world.fail("apps.connections.open", { type: "error", error: "invalid_auth", times: 10 });
  world.disconnectSockets("refresh_requested");
  await world.until(() => bot.fatal.length > 0);
  expect(bot.fatal[0]?.message).toContain("invalid_auth");
});

test("Slack that gives no connection for a while is asked again", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  await world.until(() => world.connections() === 2);
  world.fail("apps.connections.open", { type: "status", status: 500, times: 2 });
  world.disconnectSockets("cut");
  await world.until(() => bot.slack.state().connections === 2 && world.connections() === 2);
});

test("a wrong token is told at start as a mistake in the configuration", async () => {
  await using world = await localSlack();
  world.fail("auth.test", { type: "error", error: "invalid_auth" });
  await expect(startBot(world)).rejects.toMatchObject({ code: "config-invalid", why: "Slack says: invalid_auth" });
});

const signingSecret = "8f742231b10e8888abcd99yyyzzz85a5";

async function httpBot(world: Awaited<ReturnType<typeof localSlack>>) {
  const bot = await startBot(world, { mode: { type: "http", signingSecret, port: 0 } });
  return { bot, base: `http://127.0.0.1:${bot.slack.state().httpPort}` };
}

interface Signed {
  readonly seconds?: number;
  readonly secret?: string;
  readonly body?: string;
}

function post(base: string, { seconds = Math.floor(Date.now() / 1000), secret = signingSecret, body }: Signed) {
  const form =
    body ??
    new URLSearchParams({
      command: "/lxd",
      text: "list",
      team_id: "T0ACME001",
      user_id: alice,
      channel_id: ops,
      response_url: `${base}/nowhere`,
    }).toString();
  const hmac = createHmac("sha256", secret).update(`v0:${seconds}:${form}`).digest("hex");
  return fetch(`${base}/slack/events`, {
    method: "POST",
    headers: {
      "content-type": "application/x-www-form-urlencoded",
      "x-slack-request-timestamp": String(seconds),
      "x-slack-signature": `v0=${hmac}`,
    },
    body: form,
  });
}

test("over HTTP a signed command is taken, and a second delivery without trigger has the same id", async () => {
  await using world = await localSlack();
  const { bot, base } = await httpBot(world);
  await using _closing = bot;
  const response = await post(base, {});
  expect(response.status).toBe(200);
  expect(await response.json()).toMatchObject({ response_type: "ephemeral", text: "Understood." });
  expect((await post(base, {})).status).toBe(200);
  expect(bot.intake.seen).toHaveLength(1);
});

test("over HTTP what is not signed by Slack, or not now, is refused", async () => {
  await using world = await localSlack();
  const { bot, base } = await httpBot(world);
  await using _closing = bot;
  const now = Math.floor(Date.now() / 1000);
  expect((await post(base, { secret: "another" })).status).toBe(401);
  expect((await post(base, { seconds: now - 301 })).status).toBe(401);
  expect((await post(base, { seconds: now + 310 })).status).toBe(401);
  expect((await fetch(`${base}/slack/events`, { method: "POST", body: "{}" })).status).toBe(401);
  expect((await fetch(`${base}/elsewhere`)).status).toBe(404);
  expect((await post(base, { body: "x".repeat(1_100_000) })).status).toBe(413);
  expect(bot.intake.seen).toEqual([]);
});

test("over HTTP the port says that it is well, and Slack's own deliveries are acknowledged", async () => {
  await using world = await localSlack({ signingSecret });
  const { bot, base } = await httpBot(world);
  await using _closing = bot;
  expect(await (await fetch(`${base}/healthz`)).text()).toBe("ok\n");
  await world.setRequestUrl(`${base}/slack/events`);
  expect((await world.say({ as: alice, channel: ops, text: "/lxd list" })).ok).toBe(true);
  await world.say({ as: alice, channel: ops, text: "@lxd status" });
  await world.until(() => bot.intake.seen.length === 2);
});
