import { WebClient } from "@slack/web-api";
import { describe, expect, test } from "vitest";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, call, handClock, ops } from "./calling.ts";

const secondMs = 1_000;

describe("rate limits", () => {
  test("let a short burst into a channel, then one message a second", async () => {
    const clock = handClock();
    await using slack = await startLocalSlack({ clock });
    const send = async (channel: string): Promise<number> =>
      (await call(slack, "chat.postMessage", { channel, text: "x" })).status;
    const burst = [];
    for (let n = 0; n < 6; n += 1) burst.push(await send(ops));
    expect(burst).toEqual([200, 200, 200, 200, 200, 429]);
    expect(await send(alice)).toBe(200);
    const refused = await call(slack, "chat.postMessage", { channel: ops, text: "x" });
    expect(refused.body).toEqual({ ok: false, error: "ratelimited" });
    expect(refused.headers.get("retry-after")).toBe("1");
    clock.forward(secondMs);
    expect([await send(ops), await send(ops)]).toEqual([200, 429]);
    expect(slack.messages(ops)).toHaveLength(6);
  });

  test.each([
    ["usergroups.list", {}, 20],
    ["conversations.info", { channel: ops }, 50],
    ["users.info", { user: alice }, 100],
  ])("of %s are its tier's", async (method, args, perMinute) => {
    const clock = handClock();
    await using slack = await startLocalSlack({ clock });
    for (let n = 0; n < perMinute; n += 1) expect((await call(slack, method, args)).status).toBe(200);
    const refused = await call(slack, method, args);
    expect(refused.status).toBe(429);
    clock.forward(Number(refused.headers.get("retry-after")) * secondMs);
    expect((await call(slack, method, args)).status).toBe(200);
  });

  test("can be switched off", async () => {
    await using slack = await startLocalSlack({ rateLimits: "off" });
    for (let n = 0; n < 30; n += 1) expect((await call(slack, "usergroups.list")).status).toBe(200);
  });
});

describe("a fault", () => {
  test("of 429 is seen by the official client with its seconds, as often as was asked", async () => {
    await using slack = await startLocalSlack();
    slack.fail("auth.test", { type: "ratelimited", retryAfterSeconds: 7, times: 2 });
    const client = new WebClient(slack.botToken, {
      slackApiUrl: slack.apiUrl,
      rejectRateLimitedCalls: true,
      retryConfig: { retries: 0 },
    });
    await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
    await expect(client.auth.test()).rejects.toMatchObject({ retryAfter: 7 });
    await expect(client.auth.test()).resolves.toMatchObject({ ok: true });
    expect(slack.calls("auth.test").map((one) => one.status)).toEqual([429, 429, 200]);
  });

  test.each([
    ["a broken connection before anything is done", { type: "drop" }, 0],
    ["a broken connection after all is done", { type: "apply-and-drop" }, 1],
  ] as const)("may be %s", async (_name, fault, stored) => {
    await using slack = await startLocalSlack();
    slack.fail("chat.postMessage", fault);
    await expect(call(slack, "chat.postMessage", { channel: ops, text: "x" })).rejects.toThrow("fetch failed");
    expect(slack.messages(ops)).toHaveLength(stored);
    expect((await call(slack, "chat.postMessage", { channel: ops, text: "y" })).body["ok"]).toBe(true);
  });

  test("may be an HTTP status, a word of Slack's, or silence", async () => {
    await using slack = await startLocalSlack();
    slack.fail("*", { type: "status", status: 503 });
    const down = await fetch(`${slack.apiUrl}auth.test`, {
      method: "POST",
      headers: { Authorization: `Bearer ${slack.botToken}` },
    });
    expect(down.status).toBe(503);
    slack.fail("auth.test", { type: "error", error: "account_inactive" });
    expect((await call(slack, "auth.test")).body).toEqual({ ok: false, error: "account_inactive" });
    slack.fail("auth.test", { type: "hang" });
    const signal = AbortSignal.timeout(50);
    await expect(fetch(`${slack.apiUrl}auth.test`, { method: "POST", signal })).rejects.toThrow("timeout");
  });
});
