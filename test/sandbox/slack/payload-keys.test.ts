import { expect, test } from "vitest";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { objectOf, type Json } from "../../../sandbox/slack/json.ts";
import { alice, bob, call, ops, plain } from "./calling.ts";
import { keysOf, payloadKeys } from "./payload-keys.ts";

const buttons = {
  type: "actions",
  block_id: "b",
  elements: [{ type: "button", action_id: "go", value: "1", text: plain("Go") }],
};
const form = {
  type: "modal",
  callback_id: "form",
  title: plain("Form"),
  submit: plain("Send"),
  notify_on_close: true,
  blocks: [
    buttons,
    {
      type: "input",
      block_id: "n",
      optional: true,
      label: plain("N"),
      element: { type: "plain_text_input", action_id: "v" },
    },
  ],
};

/** Nobody is connected: every payload is made, cannot be delivered, and is kept. */
const quick = { ackDeadlineMs: 50, retryDelaysMs: [] };

function lastPayload(slack: LocalSlack, type: string): Json {
  const payloads = slack.deliveries().map((one) => one.outgoing.payload);
  const found = payloads.findLast(
    (payload) =>
      payload["type"] === type ||
      objectOf(payload, "event")?.["type"] === type ||
      (type === "slash_command" && "command" in payload),
  );
  if (found === undefined) throw new Error(`no ${type}`);
  return found;
}

const makers: Readonly<Record<keyof typeof payloadKeys, (slack: LocalSlack) => Promise<unknown>>> = {
  slash_command: (slack) => slack.say({ as: alice, channel: ops, text: "/lxd list" }),
  message: (slack) => slack.say({ as: alice, channel: ops, text: "hello" }),
  app_mention: (slack) => slack.say({ as: alice, channel: ops, text: "@lxd hello" }),
  member_joined_channel: async (slack) => slack.join("C0SHARED1", "U0CARL001"),
  app_home_opened: async (slack) => {
    await call(slack, "views.publish", { user_id: bob, view: { type: "home", blocks: [] } });
    await slack.openHome({ as: bob });
  },
  block_actions: async (slack) => {
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x", blocks: [buttons] })).body;
    await slack.act({
      as: bob,
      container: { type: "message", channel: ops, ts: String(ts) },
      block_id: "b",
      action_id: "go",
    });
  },
  view_submission: async (slack) => slack.submit({ as: bob, view_id: await openForm(slack), state: {} }),
  view_closed: async (slack) => slack.closeView({ as: bob, view_id: await openForm(slack), state: {} }),
};

async function openForm(slack: LocalSlack): Promise<string> {
  await slack.say({ as: bob, channel: ops, text: "/lxd form" });
  const trigger_id = lastPayload(slack, "slash_command")["trigger_id"];
  const { body } = await call(slack, "views.open", { trigger_id, view: form });
  return String(objectOf(body, "view")?.["id"]);
}

test.each(Object.entries(makers))("%s has no key that Slack's own payloads have not", async (type, make) => {
  await using slack = await startLocalSlack(quick);
  await make(slack);
  // the table of makers has the same keys
  const known = payloadKeys[type as keyof typeof payloadKeys];
  const payload = lastPayload(slack, type);
  expect(keysOf(payload, known).filter((key) => !known.has(key))).toEqual([]);
});

test.each([
  [
    "slash_command",
    [
      "token",
      "team_id",
      "team_domain",
      "channel_id",
      "channel_name",
      "user_id",
      "user_name",
      "command",
      "text",
      "api_app_id",
      "is_enterprise_install",
      "response_url",
      "trigger_id",
    ],
  ],
  [
    "block_actions",
    [
      "type",
      "user",
      "api_app_id",
      "token",
      "container",
      "trigger_id",
      "team",
      "enterprise",
      "is_enterprise_install",
      "channel",
      "message",
      "state",
      "response_url",
      "actions",
    ],
  ],
  [
    "view_submission",
    [
      "type",
      "team",
      "user",
      "api_app_id",
      "token",
      "trigger_id",
      "view",
      "response_urls",
      "is_enterprise_install",
      "enterprise",
    ],
  ],
  [
    "view_closed",
    ["type", "team", "user", "api_app_id", "token", "view", "is_cleared", "is_enterprise_install", "enterprise"],
  ],
  [
    "app_mention",
    [
      "token",
      "team_id",
      "api_app_id",
      "event",
      "type",
      "event_id",
      "event_time",
      "authorizations",
      "is_ext_shared_channel",
      "event_context",
    ],
  ],
] as const)("%s has all keys that an app counts on", async (type, wanted) => {
  await using slack = await startLocalSlack(quick);
  await makers[type](slack);
  expect(Object.keys(lastPayload(slack, type))).toEqual(expect.arrayContaining([...wanted]));
});

test("a command of a private channel or direct message does not name it", async () => {
  await using slack = await startLocalSlack(quick);
  await slack.say({ as: alice, channel: "C0SECRET1", text: "/lxd list" });
  expect(lastPayload(slack, "slash_command")).toMatchObject({
    channel_id: "C0SECRET1",
    channel_name: "privategroup",
    is_enterprise_install: "false",
  });
  await slack.say({ as: alice, channel: "D0ALICE01", text: "/lxd list" });
  expect(lastPayload(slack, "slash_command")).toMatchObject({ channel_name: "directmessage" });
});

test("a click on an ephemeral message comes without the message, one in a view without response_url", async () => {
  await using slack = await startLocalSlack(quick);
  const { message_ts: ts } = (
    await call(slack, "chat.postEphemeral", { channel: ops, user: bob, text: "x", blocks: [buttons] })
  ).body;
  await slack.act({
    as: bob,
    container: { type: "message", channel: ops, ts: String(ts) },
    block_id: "b",
    action_id: "go",
  });
  expect(lastPayload(slack, "block_actions")).toMatchObject({ container: { is_ephemeral: true, message_ts: ts } });
  expect(lastPayload(slack, "block_actions")).not.toHaveProperty("message");
  const id = await openForm(slack);
  await slack.act({ as: bob, container: { type: "view", view_id: id }, block_id: "b", action_id: "go" });
  expect(lastPayload(slack, "block_actions")).toMatchObject({ container: { type: "view", view_id: id }, view: { id } });
  expect(lastPayload(slack, "block_actions")).not.toHaveProperty("response_url");
});
