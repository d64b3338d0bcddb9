import { describe, expect, test } from "vitest";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, bot, call, carl, dev, ops, secret, section } from "./calling.ts";

const long = (count: number): string => "a".repeat(count);
const sectionsOf = (total: number): unknown[] => {
  const blocks = Array.from({ length: Math.floor(total / 2000) }, () => section(long(2000)));
  return total % 2000 === 0 ? blocks : [...blocks, section(long(total % 2000))];
};

describe("a message is posted", () => {
  test.each([
    ["a channel that the bot is in", ops, undefined],
    ["a channel by name", "#ops", undefined],
    ["a person", alice, undefined],
    ["a public channel without the bot", dev, "not_in_channel"],
    ["a private channel without the bot", secret, "channel_not_found"],
    ["a channel that is not there", "C0NOWHERE", "channel_not_found"],
    ["a person who is not there", "U0NOBODY1", "channel_not_found"],
  ])("to %s", async (_name, channel, error) => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "chat.postMessage", { channel, text: "hi" })).body["error"]).toBe(error);
  });

  test("to a public channel without the bot when it has chat:write.public", async () => {
    await using slack = await startLocalSlack({ scopes: ["chat:write", "chat:write.public"] });
    expect((await call(slack, "chat.postMessage", { channel: dev, text: "hi" })).body["ok"]).toBe(true);
  });

  test("not to an archived channel, nor to a person when the messages tab is off", async () => {
    await using slack = await startLocalSlack({
      manifest: {
        features: { app_home: { messages_tab_enabled: false } },
        oauth_config: { scopes: { bot: ["chat:write"] } },
      },
    });
    slack.addChannel({ id: "C0OLD0001", name: "old", kind: "public", topic: "", members: [bot], is_archived: true });
    expect((await call(slack, "chat.postMessage", { channel: "C0OLD0001", text: "hi" })).body["error"]).toBe(
      "is_archived",
    );
    expect((await call(slack, "chat.postMessage", { channel: alice, text: "hi" })).body["error"]).toBe(
      "messages_tab_disabled",
    );
  });

  test("to a person: the answer names the direct messages", async () => {
    await using slack = await startLocalSlack();
    const { body } = await call(slack, "chat.postMessage", { channel: alice, text: "hi" });
    expect(body).toMatchObject({
      ok: true,
      channel: "D0ALICE01",
      message: { text: "hi", bot_id: "B0LXDBOT1", user: bot },
    });
  });

  test.each([
    ["nothing in it", {}, "no_text"],
    ["an empty text and no blocks", { text: "", blocks: [] }, "no_text"],
    ["blocks that are no list", { text: "x", blocks: "no json" }, "invalid_blocks_format"],
    ["a bad block", { text: "x", blocks: [section("")] }, "invalid_blocks"],
    ["blocks of 11,341 characters together", { text: "x", blocks: sectionsOf(11_341) }, "msg_blocks_too_long"],
    ["blocks of 10,000 characters together", { text: "x", blocks: sectionsOf(10_000) }, undefined],
    ["markdown beside text", { text: "x", markdown_text: "y" }, "markdown_text_conflict"],
    ["metadata that is no JSON", { text: "x", metadata: "no json" }, "invalid_metadata_format"],
    ["metadata without payload", { text: "x", metadata: { event_type: "x" } }, "invalid_metadata_schema"],
    ["a thread_ts that is none", { text: "x", thread_ts: "yesterday" }, "invalid_thread_ts"],
  ])("with %s", async (_name, content, error) => {
    await using slack = await startLocalSlack();
    expect((await call(slack, "chat.postMessage", { channel: ops, ...content })).body["error"]).toBe(error);
  });

  test("of more than 40,000 characters is cut", async () => {
    await using slack = await startLocalSlack();
    await call(slack, "chat.postMessage", { channel: ops, text: long(40_001) });
    expect(slack.messages(ops)[0]?.text).toHaveLength(40_000);
  });

  test("in a thread; a reply's ts leads to the same thread, and the root counts its replies", async () => {
    await using slack = await startLocalSlack();
    const root = (await call(slack, "chat.postMessage", { channel: ops, text: "root" })).body["ts"];
    const reply = (await call(slack, "chat.postMessage", { channel: ops, text: "one", thread_ts: root })).body["ts"];
    await call(slack, "chat.postMessage", { channel: ops, text: "two", thread_ts: reply });
    const { body } = await call(slack, "conversations.replies", { channel: ops, ts: root });
    expect(body["messages"]).toMatchObject([
      { text: "root", reply_count: 2 },
      { text: "one", thread_ts: root },
      { text: "two", thread_ts: root },
    ]);
    const history = await call(slack, "conversations.history", { channel: ops });
    expect(history.body["messages"]).toMatchObject([{ text: "root", reply_count: 2 }]);
  });
});

describe("metadata", () => {
  const metadata = { event_type: "outbox", event_payload: { id: "m-1" } };

  test("comes back only to those who ask for it", async () => {
    await using slack = await startLocalSlack();
    const posted = await call(slack, "chat.postMessage", { channel: ops, text: "x", metadata });
    expect(posted.body["message"]).toMatchObject({ metadata });
    const without = await call(slack, "conversations.history", { channel: ops });
    expect(JSON.stringify(without.body)).not.toContain("outbox");
    const asked = await call(slack, "conversations.history", { channel: ops, include_all_metadata: true });
    expect(asked.body["messages"]).toMatchObject([{ metadata }]);
  });

  test("stays through an update unless an empty one is given", async () => {
    await using slack = await startLocalSlack();
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x", metadata })).body;
    await call(slack, "chat.update", { channel: ops, ts, text: "y" });
    expect(slack.messages(ops)[0]?.metadata).toEqual(metadata);
    await call(slack, "chat.update", { channel: ops, ts, text: "y", metadata: {} });
    expect(slack.messages(ops)[0]?.metadata).toBeUndefined();
  });
});

describe("an update", () => {
  test("with text alone removes the blocks, with blocks keeps the text; only the first shows that it was edited", async () => {
    await using slack = await startLocalSlack();
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x", blocks: [section("x")] })).body;
    await call(slack, "chat.update", { channel: ops, ts, blocks: [section("y")] });
    expect(slack.messages(ops)[0]).toMatchObject({ text: "x", editShown: false, blocks: [{ text: { text: "y" } }] });
    await call(slack, "chat.update", { channel: ops, ts, text: "z" });
    expect(slack.messages(ops)[0]).toMatchObject({ text: "z", editShown: true, blocks: [] });
  });

  test("is refused for texts over 4,000 characters and for messages of others or that are gone", async () => {
    await using slack = await startLocalSlack();
    const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x" })).body;
    expect((await call(slack, "chat.update", { channel: ops, ts, text: long(4_001) })).body["error"]).toBe(
      "msg_too_long",
    );
    await slack.say({ as: alice, channel: ops, text: "mine" });
    const hers = slack.messages(ops).at(-1)?.ts;
    expect((await call(slack, "chat.update", { channel: ops, ts: hers, text: "y" })).body["error"]).toBe(
      "cant_update_message",
    );
    expect((await call(slack, "chat.delete", { channel: ops, ts: hers })).body["error"]).toBe("cant_delete_message");
    await call(slack, "chat.delete", { channel: ops, ts });
    expect((await call(slack, "chat.update", { channel: ops, ts, text: "y" })).body["error"]).toBe("message_not_found");
  });
});

test("a deleted root with replies leaves a tombstone", async () => {
  await using slack = await startLocalSlack();
  const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "root" })).body;
  await call(slack, "chat.postMessage", { channel: ops, text: "reply", thread_ts: ts });
  await call(slack, "chat.delete", { channel: ops, ts });
  const { body } = await call(slack, "conversations.replies", { channel: ops, ts });
  expect(body["messages"]).toMatchObject([
    { subtype: "tombstone", text: "This message was deleted." },
    { text: "reply" },
  ]);
});

describe("an ephemeral message", () => {
  test("is for one member of the channel, and cannot be updated", async () => {
    await using slack = await startLocalSlack();
    const sent = await call(slack, "chat.postEphemeral", { channel: ops, user: bob, text: "psst" });
    expect(slack.ephemerals(bob)).toMatchObject([{ text: "psst", ephemeral_for: bob }]);
    expect(slack.ephemerals(alice)).toEqual([]);
    expect(slack.messages(ops)).toEqual([]);
    const updated = await call(slack, "chat.update", { channel: ops, ts: sent.body["message_ts"], text: "y" });
    expect(updated.body["error"]).toBe("message_not_found");
  });

  test("does not reach people outside the channel", async () => {
    await using slack = await startLocalSlack();
    const channel = "C0SHARED1";
    expect((await call(slack, "chat.postEphemeral", { channel, user: carl, text: "psst" })).body["error"]).toBe(
      "user_not_in_channel",
    );
  });
});

test("a permalink names the message and its thread", async () => {
  await using slack = await startLocalSlack();
  const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "x" })).body;
  const { body } = await call(slack, "chat.getPermalink", { channel: ops, message_ts: ts });
  expect(body["permalink"]).toBe(`${slack.url}archives/${ops}/p${String(ts).replace(".", "")}`);
});

test("reactions are added once and removed once", async () => {
  await using slack = await startLocalSlack();
  const { ts: timestamp } = (await call(slack, "chat.postMessage", { channel: ops, text: "x" })).body;
  const args = { channel: ops, timestamp, name: "eyes" };
  const errors = [];
  for (const method of ["reactions.add", "reactions.add", "reactions.remove", "reactions.remove"])
    errors.push((await call(slack, method, args)).body["error"]);
  expect(errors).toEqual([undefined, "already_reacted", undefined, "no_reaction"]);
});
