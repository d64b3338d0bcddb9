import { describe, expect, test } from "vitest";
import { commonErrors, methodFacts } from "../../../sandbox/slack/facts/methods.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, call, complaints, dev, dora, ops, secret, section } from "./calling.ts";

describe("a token", () => {
  test.each([
    ["none", "auth.test", "", "not_authed"],
    ["an unknown one", "auth.test", "xoxb-wrong", "invalid_auth"],
    ["an app token where a bot's belongs", "chat.postMessage", "app", "not_allowed_token_type"],
    ["a bot token where an app's belongs", "apps.connections.open", "bot", "not_allowed_token_type"],
  ])("is judged: %s", async (_name, method, token, error) => {
    await using slack = await startLocalSlack();
    const given = { app: slack.appToken, bot: slack.botToken }[token] ?? token;
    const { status, body } = await call(slack, method, { channel: ops, text: "x" }, given);
    expect({ status, body }).toEqual({ status: 200, body: { ok: false, error } });
  });

  test("may come in a form, but not in JSON", async () => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "auth.test", { token: slack.botToken }, "")).body["ok"]).toBe(true);
    const headers = { "Content-Type": "application/json; charset=utf-8" };
    const json = await fetch(`${slack.apiUrl}auth.test`, {
      method: "POST",
      headers,
      body: JSON.stringify({ token: slack.botToken }),
    });
    expect(await json.json()).toEqual({ ok: false, error: "not_authed" });
  });
});

describe("scopes", () => {
  test("that are missing are named, with what was granted, and in the headers", async () => {
    await using slack = await startLocalSlack({ scopes: ["commands", "chat:write"] });
    const { body, headers } = await call(slack, "users.info", { user: alice });
    expect(body).toEqual({ ok: false, error: "missing_scope", needed: "users:read", provided: "commands,chat:write" });
    expect(headers.get("x-oauth-scopes")).toBe("commands,chat:write");
    expect(headers.get("x-accepted-oauth-scopes")).toBe("users:read");
  });

  test("depend on the kind of conversation", async () => {
    await using slack = await startLocalSlack({ scopes: ["channels:history", "channels:read"] });
    expect((await call(slack, "conversations.history", { channel: ops })).body["ok"]).toBe(true);
    expect((await call(slack, "conversations.history", { channel: "D0ALICE01" })).body).toMatchObject({
      error: "missing_scope",
      needed: "im:history",
    });
  });

  test("of addresses are apart from those of people", async () => {
    await using slack = await startLocalSlack({ scopes: ["users:read"] });
    const { body } = await call(slack, "users.info", { user: alice });
    expect(body).toMatchObject({ ok: true, user: { id: alice, name: "alice", is_admin: true } });
    expect(JSON.stringify(body)).not.toContain("alice@");
  });
});

describe("arguments", () => {
  test("may be a form, JSON with a charset, or JSON without one (with a warning); unknown ones are ignored", async () => {
    await using slack = await startLocalSlack();
    const json = async (type: string): Promise<unknown> => {
      const headers = { "Content-Type": type, Authorization: `Bearer ${slack.botToken}` };
      const body = JSON.stringify({ channel: ops, text: "x", colour: "blue" });
      return (await fetch(`${slack.apiUrl}chat.postMessage`, { method: "POST", headers, body })).json();
    };
    expect(await json("application/json; charset=utf-8")).not.toHaveProperty("warning");
    expect(await json("application/json")).toMatchObject({
      ok: true,
      warning: "missing_charset",
      response_metadata: { warnings: ["missing_charset"] },
    });
    expect(await json("text/csv")).toEqual({ ok: false, error: "invalid_post_type" });
    expect((await call(slack, "chat.postMessage", { channel: ops, text: "x", colour: "blue" })).body["ok"]).toBe(true);
  });

  test.each([
    ["chat.postMessage", { text: "x" }, "channel_not_found"],
    ["users.info", {}, "user_not_found"],
    ["conversations.replies", { channel: ops }, "thread_not_found"],
  ])("that are missing in %s have a word of their own", async (method, args, error) => {
    await using slack = await startLocalSlack();
    expect((await call(slack, method, args)).body).toMatchObject({ ok: false, error });
  });

  test("that are missing elsewhere are named", async () => {
    await using slack = await startLocalSlack();
    const { body } = await call(slack, "files.getUploadURLExternal", { filename: "x" });
    expect(body["error"]).toBe("invalid_arguments");
    expect(complaints(body)).toEqual(["[ERROR] missing required field: length"]);
  });

  test("of an unknown method do not matter", async () => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "chat.shout")).body).toEqual({
      ok: false,
      error: "unknown_method",
      req_method: "chat.shout",
    });
  });
});

describe("who and where", () => {
  test("auth.test names the bot and its team", async () => {
    await using slack = await startLocalSlack();
    const { body } = await call(slack, "auth.test");
    expect(body).toMatchObject({
      ok: true,
      team_id: "T0ACME001",
      user_id: "U0LXDBOT1",
      bot_id: "B0LXDBOT1",
      is_enterprise_install: false,
    });
  });

  test("guests, strangers and deactivated people are marked", async () => {
    await using slack = await startLocalSlack();
    slack.setUser(bob, { deleted: true });
    const { body } = await call(slack, "users.list");
    expect(body["members"]).toEqual(
      expect.arrayContaining([
        expect.objectContaining({ name: "gina", is_restricted: true, is_ultra_restricted: false }),
        expect.objectContaining({ id: dora, is_stranger: true, team_id: "T0ZENITH1" }),
        expect.objectContaining({ id: bob, deleted: true }),
        expect.objectContaining({ name: "lxd", is_bot: true }),
      ]),
    );
  });

  test("conversations.info tells a shared channel, membership, and hides private channels", async () => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "conversations.info", { channel: "C0SHARED1" })).body).toMatchObject({
      channel: { is_ext_shared: true, is_member: true },
    });
    expect((await call(slack, "conversations.info", { channel: dev })).body).toMatchObject({
      channel: { is_member: false, is_private: false },
    });
    expect((await call(slack, "conversations.info", { channel: secret })).body["error"]).toBe("channel_not_found");
    expect((await call(slack, "conversations.history", { channel: dev })).body["error"]).toBe("not_in_channel");
  });

  test("lists come in pages that end with an empty cursor", async () => {
    await using slack = await startLocalSlack();
    const seen: string[] = [];
    let cursor = "";
    do {
      const { body } = await call(slack, "conversations.members", {
        channel: ops,
        limit: 2,
        ...(cursor === "" ? {} : { cursor }),
      });
      // a test may trust the shape that the next line compares
      const page = body as { members: string[]; response_metadata: { next_cursor: string } };
      seen.push(...page.members);
      cursor = page.response_metadata.next_cursor;
    } while (cursor !== "");
    expect(seen).toEqual(slack.workspace.channels.find((one) => one.id === ops)?.members);
    expect((await call(slack, "conversations.members", { channel: ops, cursor: "bogus" })).body["error"]).toBe(
      "invalid_cursor",
    );
  });

  test("user groups and their people", async () => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "usergroups.list", { include_users: true })).body).toMatchObject({
      usergroups: [{ handle: "ops-team", users: [alice, bob] }],
    });
    expect((await call(slack, "usergroups.users.list", { usergroup: "S0OPSTEAM" })).body["users"]).toEqual([
      alice,
      bob,
    ]);
    expect((await call(slack, "users.lookupByEmail", { email: "ALICE@acme.example" })).body).toMatchObject({
      user: { id: alice },
    });
    expect((await call(slack, "users.lookupByEmail", { email: "nobody@acme.example" })).body["error"]).toBe(
      "users_not_found",
    );
  });

  test("a direct message is opened for people, not for the deactivated", async () => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "conversations.open", { users: alice })).body).toMatchObject({
      ok: true,
      channel: { id: "D0ALICE01" },
    });
    slack.setUser(alice, { deleted: true });
    expect((await call(slack, "conversations.open", { users: alice })).body["error"]).toBe("user_disabled");
    expect((await call(slack, "conversations.open", { users: "U0NOBODY1" })).body["error"]).toBe("user_not_found");
  });
});

test("every refusal that was seen is in Slack's list for the method", async () => {
  await using slack = await startLocalSlack({ rateLimits: "off" });
  await call(slack, "chat.postMessage", { channel: "C0NOWHERE" });
  await call(slack, "chat.postMessage", { channel: ops });
  await call(slack, "chat.postMessage", { channel: dev, text: "x" });
  await call(slack, "chat.postMessage", { channel: ops, blocks: [section("")] });
  await call(slack, "chat.update", { channel: ops, ts: "1.1", text: "x" });
  await call(slack, "chat.delete", { channel: ops, ts: "1.1" });
  await call(slack, "views.open", {
    trigger_id: "1.1.a",
    view: { type: "modal", title: { type: "plain_text", text: "x" }, blocks: [] },
  });
  await call(slack, "views.update", {
    view_id: "V1",
    view: { type: "modal", title: { type: "plain_text", text: "x" }, blocks: [] },
  });
  await call(slack, "reactions.add", { channel: ops, timestamp: "1700000000.000001", name: "tada" });
  await call(slack, "files.completeUploadExternal", { files: [{ id: "F1" }] });
  for (const { method, answer } of slack.calls()) {
    // every method called here is in the table
    const facts = methodFacts[method as keyof typeof methodFacts];
    const documented: readonly string[] = [...facts.errors, ...commonErrors];
    const error = String(answer?.["error"]);
    expect([method, error, documented.includes(error)]).toEqual([method, error, true]);
  }
  expect(slack.calls()).toHaveLength(10);
});
