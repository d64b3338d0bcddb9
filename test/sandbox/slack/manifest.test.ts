import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { readApp } from "../../../sandbox/slack/manifest.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, call, ops } from "./calling.ts";

const manifest = `
features:
  bot_user: { display_name: captain }
  app_home: { home_tab_enabled: true, messages_tab_enabled: true }
  slash_commands:
    - { command: /ship, description: Ship it, usage_hint: "[what]", should_escape: false }
oauth_config:
  scopes:
    bot: [commands, chat:write]
settings:
  event_subscriptions:
    bot_events: [app_home_opened]
  interactivity: { is_enabled: false }
`;

test("a manifest file decides on name, scopes, commands, events and interactivity", async () => {
  const folder = await mkdtemp(join(tmpdir(), "manifest-"));
  try {
    const path = join(folder, "manifest.yml");
    await writeFile(path, manifest);
    await using slack = await startLocalSlack({ manifest: path });
    expect((await call(slack, "users.info", { user: alice })).body).toMatchObject({
      error: "missing_scope",
      provided: "commands,chat:write",
    });
    expect(await slack.say({ as: bob, channel: ops, text: "/lxd list" })).toMatchObject({ error: "invalid_command" });
    // nothing is connected, but the command was sent off, with its text as typed
    expect(await slack.say({ as: bob, channel: ops, text: "/ship @bob & co" })).toMatchObject({
      error: "dispatch_failed",
    });
    expect(slack.deliveries().at(-1)?.outgoing.payload).toMatchObject({ command: "/ship", text: "@bob & co" });
    await slack.say({ as: bob, channel: ops, text: "@captain hello" });
    expect(slack.deliveries()).toHaveLength(1);
    const blocks = [
      {
        type: "actions",
        block_id: "b",
        elements: [{ type: "button", action_id: "go", text: { type: "plain_text", text: "Go" } }],
      },
    ];
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x", blocks })).body;
    const container = { type: "message" as const, channel: ops, ts: String(ts) };
    expect(await slack.act({ as: bob, container, block_id: "b", action_id: "go" })).toMatchObject({
      error: "interactivity_disabled",
    });
  } finally {
    await rm(folder, { recursive: true });
  }
});

test("what is no manifest is refused", () => {
  expect(() => readApp("/nowhere/manifest.yml")).toThrow("ENOENT");
});
