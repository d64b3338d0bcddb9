import { describe, expect, test } from "vitest";
import type { Json } from "../../../sandbox/slack/json.ts";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, call, handClock, ops, plain } from "./calling.ts";
import { rawSocket } from "./raw-app.ts";

const minuteMs = 60_000;
const blocks = [{ type: "actions", block_id: "b", elements: [{ type: "button", action_id: "go", text: plain("Go") }] }];

async function post(url: string, body: Json): Promise<{ readonly status: number; readonly body: unknown }> {
  const headers = { "Content-Type": "application/json" };
  const response = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
  return { status: response.status, body: await response.json() };
}

function responseUrl(slack: LocalSlack): string {
  return String(slack.deliveries().at(-1)?.outgoing.payload["response_url"]);
}

async function command(slack: LocalSlack, channel: string = ops): Promise<string> {
  await slack.say({ as: alice, channel, text: "/lxd list" });
  return responseUrl(slack);
}

async function click(slack: LocalSlack, ts: unknown): Promise<string> {
  const container = { type: "message" as const, channel: ops, ts: String(ts) };
  await slack.act({ as: bob, container, block_id: "b", action_id: "go" });
  return responseUrl(slack);
}

/** Nothing is connected, so a command fails at once; its response_url works all the same. */
describe("a response_url", () => {
  test("answers the person alone unless it says in_channel, also where the bot is not", async () => {
    await using slack = await startLocalSlack();
    const url = await command(slack, "C0SECRET1");
    expect(await post(url, { text: "quiet" })).toEqual({ status: 200, body: { ok: true } });
    await post(url, { text: "loud", response_type: "in_channel" });
    expect(slack.ephemerals(alice)).toMatchObject([{ channel: "C0SECRET1", text: "quiet" }]);
    expect(slack.messages("C0SECRET1")).toMatchObject([{ text: "loud" }]);
  });

  test("works five times", async () => {
    await using slack = await startLocalSlack();
    const url = await command(slack);
    const statuses = [];
    for (let n = 0; n < 6; n += 1) statuses.push((await post(url, { text: `${n}` })).status);
    expect(statuses).toEqual([200, 200, 200, 200, 200, 404]);
    expect((await post(url, { text: "x" })).body).toEqual({ ok: false, error: "used_url" });
  });

  test("works for thirty minutes", async () => {
    const clock = handClock();
    await using slack = await startLocalSlack({ clock });
    const url = await command(slack);
    clock.forward(29 * minuteMs);
    expect((await post(url, { text: "x" })).status).toBe(200);
    clock.forward(2 * minuteMs);
    expect(await post(url, { text: "x" })).toEqual({ status: 404, body: { ok: false, error: "expired_url" } });
  });

  test("of a click replaces or deletes the message that was clicked, only when it says so", async () => {
    await using slack = await startLocalSlack();
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x", blocks })).body;
    await post(await click(slack, ts), { text: "beside" });
    expect(slack.ephemerals(bob)).toMatchObject([{ text: "beside" }]);
    await post(await click(slack, ts), { text: "instead", blocks, replace_original: true });
    expect(slack.messages(ops)).toMatchObject([{ ts, text: "instead" }]);
    await post(await click(slack, ts), { delete_original: true });
    expect(slack.messages(ops)).toEqual([]);
  });

  test("of a click replaces an ephemeral message too", async () => {
    await using slack = await startLocalSlack();
    const sent = (await call(slack, "chat.postEphemeral", { channel: ops, user: bob, text: "x", blocks })).body;
    await post(await click(slack, sent["message_ts"]), { text: "instead", replace_original: true });
    expect(slack.ephemerals(bob)).toMatchObject([{ text: "instead" }]);
  });

  test("refuses what Slack would not show", async () => {
    await using slack = await startLocalSlack();
    const url = await command(slack);
    expect(await post(url, {})).toMatchObject({ status: 400, body: { ok: false, error: "no_text" } });
    expect(await post(url, { text: "x", blocks: [{ type: "section" }] })).toMatchObject({
      status: 400,
      body: { error: "invalid_blocks" },
    });
    expect((await fetch(`${slack.url}commands/T/1/2`, { method: "POST", body: "{}" })).status).toBe(404);
  });

  test("can be made to fail", async () => {
    await using slack = await startLocalSlack();
    const url = await command(slack);
    slack.fail("response_url", { type: "status", status: 500 });
    expect((await post(url, { text: "x" })).status).toBe(500);
    slack.fail("response_url", { type: "apply-and-drop" });
    await expect(post(url, { text: "lost" })).rejects.toThrow("fetch failed");
    expect(slack.ephemerals(alice)).toMatchObject([{ text: "lost" }]);
  });
});

test("an acknowledgement in Socket Mode may hold a message for the channel", async () => {
  await using slack = await startLocalSlack();
  using _app = await rawSocket(slack, {
    acknowledge: true,
    payload: { response_type: "in_channel", text: "all hear this" },
  });
  await slack.say({ as: alice, channel: ops, text: "/lxd list" });
  expect(slack.messages(ops)).toMatchObject([{ text: "all hear this" }]);
});
