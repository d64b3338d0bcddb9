import { createHmac } from "node:crypto";
import { LogLevel, SocketModeClient } from "@slack/socket-mode";
import { describe, expect, test } from "vitest";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, call, ops } from "./calling.ts";
import { rawServer, rawSocket } from "./raw-app.ts";

const commands = (frames: readonly { readonly type?: unknown }[]): number =>
  frames.filter((frame) => frame.type === "slash_commands").length;
const hello = { as: alice, channel: ops, text: "@lxd hello" };
const list = { as: alice, channel: ops, text: "/lxd list" };

describe("Socket Mode", () => {
  test("says hello and sends commands in envelopes that may be answered", async () => {
    await using slack = await startLocalSlack();
    using app = await rawSocket(slack, { acknowledge: true, payload: { text: "ok" } });

    const said = await slack.say(list);

    expect(said).toMatchObject({ ok: true });
    expect(app.frames).toMatchObject([
      { type: "hello", num_connections: 1, connection_info: { app_id: "A0LXDBOT1" } },
      { type: "slash_commands", accepts_response_payload: true, payload: { command: "/lxd", text: "list" } },
    ]);
    expect(slack.ephemerals(alice)).toMatchObject([{ text: "ok" }]);
  });

  test("tells the person when nobody is connected, and when nobody acknowledges in time", async () => {
    await using slack = await startLocalSlack({ ackDeadlineMs: 60 });
    expect(await slack.say(list)).toMatchObject({
      ok: false,
      error: "dispatch_failed",
      shown: '/lxd failed with the error "dispatch_failed"',
    });
    using _app = await rawSocket(slack, { acknowledge: false });
    expect(await slack.say(list)).toMatchObject({
      ok: false,
      error: "operation_timeout",
      shown: '/lxd failed with the error "operation_timeout"',
    });
  });

  test("sends each payload to one of the connections", async () => {
    await using slack = await startLocalSlack();
    using one = await rawSocket(slack, { acknowledge: true });
    using two = await rawSocket(slack, { acknowledge: true });
    for (let n = 0; n < 6; n += 1) await slack.say(list);
    expect([commands(one.frames), commands(two.frames)]).toEqual([3, 3]);
  });

  test("has room for ten connections", async () => {
    await using slack = await startLocalSlack();
    const ten = await Promise.all(Array.from({ length: 10 }, () => rawSocket(slack, { acknowledge: true })));
    using eleventh = await rawSocket(slack, { acknowledge: true });
    expect(eleventh.frames).toMatchObject([{ type: "disconnect", reason: "too_many_websockets" }]);
    await slack.until(() => eleventh.closed());
    expect(slack.connections()).toBe(10);
    for (const app of ten) app[Symbol.dispose]();
  });

  test("gives out addresses that work once", async () => {
    await using slack = await startLocalSlack();
    const { body } = await call(slack, "apps.connections.open", {}, slack.appToken);
    const url = String(body["url"]);
    const first = new WebSocket(url);
    await new Promise((resolve) => {
      first.addEventListener("open", resolve);
    });
    const second = await new Promise((resolve) => {
      const socket = new WebSocket(url);
      socket.addEventListener("error", () => resolve("refused"));
      socket.addEventListener("open", () => resolve("open"));
    });
    expect(second).toBe("refused");
    first.close();
  });

  test("sends an event again, with number and reason, until it is acknowledged", async () => {
    await using slack = await startLocalSlack({ ackDeadlineMs: 40, retryDelaysMs: [0, 5, 10], manifest: onlyMentions });
    using app = await rawSocket(slack, { acknowledge: false });
    await slack.say(hello);
    const events = await slack.until(() => {
      const found = app.frames.filter((frame) => frame["type"] === "events_api");
      return found.length === 4 ? found : undefined;
    });
    expect(events).toMatchObject([
      { retry_attempt: 0, retry_reason: "", accepts_response_payload: false },
      { retry_attempt: 1, retry_reason: "timeout" },
      { retry_attempt: 2, retry_reason: "timeout" },
      { retry_attempt: 3, retry_reason: "timeout" },
    ]);
    expect(new Set(events.map((frame) => JSON.stringify(frame["payload"]))).size).toBe(1);
    expect(new Set(events.map((frame) => frame["envelope_id"])).size).toBe(4);
  });

  test("redelivers a command on demand: the same payload in a new envelope", async () => {
    await using slack = await startLocalSlack();
    using app = await rawSocket(slack, { acknowledge: true });
    const { delivery } = await slack.say(list);
    expect(await slack.redeliver(delivery)).toMatchObject({ type: "acknowledged" });
    const [, first, second] = app.frames;
    expect(second?.["payload"]).toEqual(first?.["payload"]);
    expect(second?.["envelope_id"]).not.toBe(first?.["envelope_id"]);
    expect(await slack.redeliver("Dv0")).toBeUndefined();
  });

  test("counts an acknowledgement only on the connection that the payload went to", async () => {
    await using slack = await startLocalSlack({ ackDeadlineMs: 80 });
    using one = await rawSocket(slack, { acknowledge: false });
    const said = slack.say(list);
    const frame = await slack.until(() => one.frames.find((each) => each["type"] === "slash_commands"));
    using other = await rawSocket(slack, { acknowledge: false });
    other.socket.send(JSON.stringify({ envelope_id: frame["envelope_id"] }));
    expect(await said).toMatchObject({ ok: false, error: "operation_timeout" });
  });

  test("asks the official client to come back, and it does", async () => {
    await using slack = await startLocalSlack();
    const client = new SocketModeClient({
      appToken: slack.appToken,
      clientPingTimeout: 300,
      logLevel: LogLevel.ERROR,
      clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
    });
    await client.start();
    const back = new Promise((resolve) => {
      client.once("connected", resolve);
    });
    slack.disconnectSockets("refresh_requested");
    await slack.until(() => slack.connections() === 0);
    await back;
    expect(slack.connections()).toBe(1);
    await client.disconnect();
  });
});

const onlyMentions = {
  features: { bot_user: { display_name: "lxd" } },
  oauth_config: { scopes: { bot: ["app_mentions:read"] } },
  settings: { event_subscriptions: { bot_events: ["app_mention"] } },
};

describe("HTTP mode", () => {
  test("signs what it sends, commands as forms", async () => {
    await using slack = await startLocalSlack({ signingSecret: "shh" });
    await using app = await rawServer(() => ({
      body: JSON.stringify({ text: "ok", response_type: "in_channel" }),
      type: "application/json",
    }));
    await slack.setRequestUrl(app.url);

    expect(await slack.say(list)).toMatchObject({ ok: true });

    const [request] = app.requests;
    const timestamp = String(request?.headers["x-slack-request-timestamp"]);
    const wanted = createHmac("sha256", "shh")
      .update(`v0:${timestamp}:${request?.body ?? ""}`)
      .digest("hex");
    expect(request?.headers["x-slack-signature"]).toBe(`v0=${wanted}`);
    expect(Math.abs(Number(timestamp) - Date.now() / 1000)).toBeLessThan(5);
    expect(request?.headers["content-type"]).toBe("application/x-www-form-urlencoded");
    expect(new URLSearchParams(request?.body).get("is_enterprise_install")).toBe("false");
    expect(slack.messages(ops)).toMatchObject([{ text: "ok" }]);
  });

  test("takes a request URL only when it returns the challenge", async () => {
    await using slack = await startLocalSlack();
    await using nobody = await rawServer(() => undefined);
    await expect(slack.setRequestUrl(`${slack.url}nothing-here`)).rejects.toThrow("challenge");
    await expect(slack.setRequestUrl(nobody.url)).resolves.toBeUndefined();
  });

  test.each([
    ["an error", { status: 500 }, "dispatch_failed"],
    ["no answer", undefined, "operation_timeout"],
  ])("tells the person of %s", async (_name, answer, error) => {
    await using slack = await startLocalSlack({ ackDeadlineMs: 100 });
    await using app = await rawServer(() => answer);
    await slack.setRequestUrl(app.url);
    expect(await slack.say(list)).toMatchObject({ ok: false, error });
  });

  test("repeats an event with Slack's headers", async () => {
    await using slack = await startLocalSlack({ retryDelaysMs: [0], manifest: onlyMentions });
    await using app = await rawServer((request) =>
      request.headers["x-slack-retry-num"] === undefined ? { status: 500 } : {},
    );
    await slack.setRequestUrl(app.url);
    await slack.say(hello);
    await slack.until(() => app.requests.length === 2);
    expect(app.requests[1]?.headers).toMatchObject({
      "x-slack-retry-num": "1",
      "x-slack-retry-reason": "http_error",
      "content-type": "application/json",
    });
    expect(app.requests[1]?.body).toBe(app.requests[0]?.body);
  });

  test.each([
    ["a text", { body: "fine" }, true],
    ["nothing", {}, true],
    ["an unknown response_type", { body: '{"response_type":"loud","text":"x"}', type: "application/json" }, false],
    ["an object without content", { body: '{"response_type":"ephemeral"}', type: "application/json" }, false],
    ["bad blocks", { body: '{"blocks":[{"type":"section"}]}', type: "application/json" }, false],
  ])("acknowledged with %s", async (_name, answer, ok) => {
    await using slack = await startLocalSlack();
    await using app = await rawServer(() => answer);
    await slack.setRequestUrl(app.url);
    expect(await slack.say(list)).toMatchObject(ok ? { ok } : { ok, error: "invalid_command_response" });
  });
});

describe("a person cannot", () => {
  test.each([
    ["use a command in a thread", { ...list, thread_ts: "1700000000.000001" }, "not_in_thread"],
    ["use a command that is not there", { ...list, text: "/lxc list" }, "invalid_command"],
    [
      "use this workspace's command when of another one",
      { ...list, as: "U0DORA001", channel: "C0SHARED1" },
      "invalid_command",
    ],
    ["speak where not a member", { ...list, as: "U0GINA001", channel: "C0DEV0001", text: "hi" }, "not_in_channel"],
    ["speak when deactivated", { ...list, as: "U0BOB0001" }, "account_inactive"],
    ["say nothing", { ...list, text: "  " }, "no_text"],
  ])("%s", async (_name, said, error) => {
    await using slack = await startLocalSlack();
    slack.setUser("U0BOB0001", { deleted: true });
    expect(await slack.say(said)).toMatchObject({ ok: false, delivery: "", error });
    expect(slack.deliveries().filter((one) => one.outgoing.kind === "slash_commands")).toEqual([]);
  });
});

describe("events", () => {
  test("reach the app only for channels that it is in, subscriptions that it has, and scopes that it was granted", async () => {
    await using slack = await startLocalSlack({ retryDelaysMs: [], scopes: ["app_mentions:read"] });
    await slack.say({ ...hello, channel: "C0DEV0001" });
    expect(slack.deliveries()).toEqual([]);
    await slack.say(hello);
    expect(slack.deliveries().map((one) => one.outgoing.payload["event"])).toMatchObject([{ type: "app_mention" }]);
  });

  test("of a direct message are messages, not mentions", async () => {
    await using slack = await startLocalSlack({ retryDelaysMs: [] });
    await slack.say({ ...hello, channel: "D0ALICE01" });
    expect(slack.deliveries().map((one) => one.outgoing.payload["event"])).toMatchObject([
      { type: "message", channel_type: "im" },
    ]);
  });
});
