import { mkdtemp, mkdir, rm, writeFile } from "node:fs/promises";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { isObject, parseJson, type Json } from "../../../sandbox/slack/json.ts";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, call, gina, ops, plain } from "./calling.ts";
import { rawSocket } from "./raw-app.ts";

async function control(
  slack: LocalSlack,
  name: string,
  body: Json,
  headers: Record<string, string> = {},
): Promise<{ readonly status: number; readonly body: unknown }> {
  const response = await fetch(`${slack.url}control/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", ...headers },
    body: JSON.stringify(body),
  });
  return { status: response.status, body: parseJson(await response.text()) };
}

async function state(slack: LocalSlack, as: string): Promise<Json> {
  const body: unknown = await (await fetch(`${slack.url}control/state?as=${as}`)).json();
  if (!isObject(body)) throw new Error("no state");
  return body;
}

/** Reads the feed until an event of this type has come. */
async function nextEvent(feed: ReadableStreamDefaultReader<Uint8Array>, type: string): Promise<Json> {
  let text = "";
  for (;;) {
    const { value, done } = await feed.read();
    if (done) throw new Error(`The feed ended without ${type}: ${text}`);
    text += new TextDecoder().decode(value);
    for (const line of text.split("\n")) {
      const event = line.startsWith("data: ") ? parseJson(line.slice(6)) : undefined;
      if (isObject(event) && event["type"] === type) return event;
    }
  }
}

describe("the state", () => {
  test("shows a person what belongs to that person", async () => {
    await using slack = await startLocalSlack({ suggestions: ["/lxd help"] });
    await call(slack, "chat.postMessage", { channel: ops, text: "for all" });
    await call(slack, "chat.postEphemeral", { channel: ops, user: bob, text: "for bob" });
    await call(slack, "chat.postMessage", { channel: alice, text: "for alice" });
    const texts = async (as: string): Promise<unknown> =>
      ((await state(slack, as))["messages"] as Json[]).map((message) => message["text"]);
    expect(await texts(bob)).toEqual(["for all", "for bob"]);
    expect(await texts(alice)).toEqual(["for all", "for alice"]);
    expect(await state(slack, gina)).toMatchObject({
      team: { id: "T0ACME001" },
      bot: { name: "lxd", connected: false },
      channels: [{ name: "ops" }, { kind: "im", name: "lxd" }],
      commands: [{ command: "/lxd" }],
      suggestions: ["/lxd help"],
    });
  });

  test("without a name is that of the first person, and of nobody it is 404", async () => {
    await using slack = await startLocalSlack();
    expect((await fetch(`${slack.url}control/state`)).status).toBe(200);
    expect((await fetch(`${slack.url}control/state?as=U0NOBODY1`)).status).toBe(404);
  });

  test("has a block_id and action_id for everything, made up where the app gave none", async () => {
    await using slack = await startLocalSlack();
    const blocks = [{ type: "actions", elements: [{ type: "button", text: plain("Go") }] }];
    await call(slack, "chat.postMessage", { channel: ops, text: "x", blocks });
    expect((await state(slack, bob))["messages"]).toMatchObject([
      { blocks: [{ block_id: expect.stringMatching(/.+/), elements: [{ action_id: expect.stringMatching(/.+/) }] }] },
    ]);
  });
});

test("the feed tells messages, deletions, the bot's connection and people as they change", async () => {
  await using slack = await startLocalSlack();
  const response = await fetch(`${slack.url}control/events?as=${bob}`);
  expect(response.headers.get("content-type")).toBe("text/event-stream; charset=utf-8");
  const feed = response.body?.getReader();
  if (feed === undefined) throw new Error("no feed");
  const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "grüezi" })).body;
  expect(await nextEvent(feed, "message")).toMatchObject({ message: { text: "grüezi" } });
  await call(slack, "chat.delete", { channel: ops, ts });
  expect(await nextEvent(feed, "message_deleted")).toMatchObject({ channel: ops, ts });
  using _app = await rawSocket(slack, { acknowledge: true });
  expect(await nextEvent(feed, "bot")).toMatchObject({ connected: true });
  slack.setUser(alice, { deleted: true });
  expect(await nextEvent(feed, "people")).toMatchObject({
    people: expect.arrayContaining([expect.objectContaining({ id: alice, deleted: true })]),
  });
  await feed.cancel();
});

describe("the control API", () => {
  test("does what a person does", async () => {
    await using slack = await startLocalSlack();
    using _app = await rawSocket(slack, { acknowledge: true });
    const said = await control(slack, "say", { as: bob, channel: ops, text: "/lxd list" });
    expect(said.body).toMatchObject({ ok: true, ack_ms: expect.any(Number) });
    const delivery = isObject(said.body) ? said.body["delivery"] : "";
    expect((await control(slack, "redeliver", { delivery })).body).toMatchObject({ type: "acknowledged" });
    const container = { type: "message", channel: ops, ts: "1.1" };
    expect((await control(slack, "act", { as: bob, container, block_id: "b", action_id: "a" })).body).toMatchObject({
      error: "message_not_found",
    });
    expect((await control(slack, "home", { as: bob })).body).toMatchObject({ ok: true });
    expect((await control(slack, "user", { id: bob, deleted: true })).body).toEqual({ ok: true });
    expect((await control(slack, "fail", { method: "auth.test", fault: { type: "error", error: "x" } })).body).toEqual({
      ok: true,
    });
    expect((await call(slack, "auth.test")).body["error"]).toBe("x");
    expect((await control(slack, "nonsense", {})).status).toBe(404);
  });

  test("is closed to other sites: their origin, their host name, their forms", async () => {
    await using slack = await startLocalSlack();
    const said = { as: bob, channel: ops, text: "hi" };
    expect((await control(slack, "say", said, { Origin: "https://evil.example" })).status).toBe(403);
    expect((await control(slack, "say", said, { "Content-Type": "text/plain" })).status).toBe(400);
    const rebound = await new Promise((resolve) => {
      request(`${slack.url}control/state`, { headers: { Host: "evil.example" } }, (response) => {
        response.resume();
        resolve(response.statusCode);
      }).end();
    });
    expect(rebound).toBe(403);
  });
});

test("the page's folder is served with a charset, and nothing outside of it", async () => {
  const folder = await mkdtemp(join(tmpdir(), "local-slack-"));
  try {
    const page = join(folder, "page");
    await mkdir(join(page, "parts"), { recursive: true });
    await writeFile(join(page, "index.html"), "<p>hi</p>");
    await writeFile(join(page, "parts", "a.js"), "1;");
    await writeFile(join(folder, "secret.js"), "no");
    await using slack = await startLocalSlack({ pageFolder: page });
    const get = async (path: string): Promise<readonly [number, string | null]> => {
      const response = await fetch(slack.url + path);
      return [response.status, response.headers.get("content-type")];
    };
    expect(await get("")).toEqual([200, "text/html; charset=utf-8"]);
    expect(await get("archives/C1/p1")).toEqual([200, "text/html; charset=utf-8"]);
    expect(await get("parts/a.js")).toEqual([200, "text/javascript; charset=utf-8"]);
    for (const path of ["%2e%2e/secret.js", "..%2fsecret.js", "parts/..%2f..%2fsecret.js", "%", "parts"])
      expect([path, (await get(path))[0]]).toEqual([path, 404]);
  } finally {
    await rm(folder, { recursive: true });
  }
});
