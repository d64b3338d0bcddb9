import { describe, expect, test } from "vitest";
import { objectOf, type Json } from "../../../sandbox/slack/json.ts";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { alice, bob, call, complaints, handClock, ops, plain, section } from "./calling.ts";
import { rawSocket } from "./raw-app.ts";

const modal = (more: Json = {}): Json => ({ type: "modal", title: plain("Title"), blocks: [button], ...more });
const button = { type: "actions", block_id: "b", elements: [{ type: "button", action_id: "go", text: plain("Go") }] };
const nameInput = {
  type: "input",
  block_id: "name",
  label: plain("Name"),
  element: { type: "plain_text_input", action_id: "v", max_length: 5 },
};

async function trigger(slack: LocalSlack): Promise<string> {
  await slack.say({ as: alice, channel: ops, text: "/lxd form" });
  return String(slack.deliveries().at(-1)?.outgoing.payload["trigger_id"]);
}

async function open(slack: LocalSlack, view: Json = modal()): Promise<Json> {
  const { body } = await call(slack, "views.open", { trigger_id: await trigger(slack), view });
  const opened = objectOf(body, "view");
  if (opened === undefined) throw new Error(JSON.stringify(body));
  return opened;
}

/** A click inside the topmost view makes the trigger that `views.push` needs. */
async function triggerInside(slack: LocalSlack): Promise<string> {
  const top = slack.views(alice).at(-1)?.shape["id"];
  await slack.act({ as: alice, container: { type: "view", view_id: String(top) }, block_id: "b", action_id: "go" });
  return String(slack.deliveries().at(-1)?.outgoing.payload["trigger_id"]);
}

describe("a trigger_id", () => {
  test("works once and for three seconds", async () => {
    const clock = handClock();
    await using slack = await startLocalSlack({ clock });
    const id = await trigger(slack);
    clock.forward(2_999);
    expect((await call(slack, "views.open", { trigger_id: id, view: modal() })).body["ok"]).toBe(true);
    expect((await call(slack, "views.open", { trigger_id: id, view: modal() })).body["error"]).toBe(
      "exchanged_trigger_id",
    );
    const late = await trigger(slack);
    clock.forward(3_001);
    expect((await call(slack, "views.open", { trigger_id: late, view: modal() })).body["error"]).toBe(
      "expired_trigger_id",
    );
    expect(
      (await call(slack, "views.open", { trigger_id: "12345.98765.abcd2358fdea", view: modal() })).body["error"],
    ).toBe("invalid_trigger_id");
  });

  test("is not spent on a view that is refused", async () => {
    await using slack = await startLocalSlack();
    const id = await trigger(slack);
    const refused = (await call(slack, "views.open", { trigger_id: id, view: modal({ title: plain("a".repeat(25)) }) }))
      .body;
    expect(refused["error"]).toBe("invalid_arguments");
    expect(complaints(refused)).toEqual(["[ERROR] must be less than 25 characters [json-pointer:/view/title/text]"]);
    expect((await call(slack, "views.open", { trigger_id: id, view: modal() })).body["ok"]).toBe(true);
  });
});

describe("modals", () => {
  test("lie on each other, three at most", async () => {
    await using slack = await startLocalSlack();
    const first = await open(slack);
    for (let n = 0; n < 2; n += 1) {
      const { body } = await call(slack, "views.push", { trigger_id: await triggerInside(slack), view: modal() });
      expect(body).toMatchObject({ ok: true, view: { root_view_id: first["id"] } });
    }
    const { body } = await call(slack, "views.push", { trigger_id: await triggerInside(slack), view: modal() });
    expect(body["error"]).toBe("push_limit_reached");
    expect(slack.views(alice)).toHaveLength(3);
  });

  test("are updated by id or external_id, with a hash against surprises", async () => {
    await using slack = await startLocalSlack();
    const opened = await open(slack, modal({ external_id: "mine" }));
    const updated = await call(slack, "views.update", {
      view_id: opened["id"],
      hash: opened["hash"],
      view: modal({ external_id: "mine" }),
    });
    expect(updated.body).toMatchObject({ ok: true, view: { id: opened["id"] } });
    const stale = await call(slack, "views.update", { view_id: opened["id"], hash: opened["hash"], view: modal() });
    expect(stale.body["error"]).toBe("hash_conflict");
    expect((await call(slack, "views.update", { external_id: "mine", view: modal() })).body["ok"]).toBe(true);
    expect((await call(slack, "views.update", { view_id: "V0", view: modal() })).body["error"]).toBe("not_found");
  });

  test("do not share an external_id", async () => {
    await using slack = await startLocalSlack();
    await open(slack, modal({ external_id: "mine" }));
    const { body } = await call(slack, "views.push", {
      trigger_id: await triggerInside(slack),
      view: modal({ external_id: "mine" }),
    });
    expect(body["error"]).toBe("duplicate_external_id");
  });

  test("of more than 250 kB are refused", async () => {
    await using slack = await startLocalSlack();
    const blocks = Array.from({ length: 100 }, () => section("a".repeat(2_900)));
    const { body } = await call(slack, "views.open", { trigger_id: await trigger(slack), view: modal({ blocks }) });
    expect(body["error"]).toBe("view_too_large");
  });

  test("that are dismissed tell the app only when it asked", async () => {
    await using slack = await startLocalSlack();
    const quiet = await open(slack);
    await slack.closeView({ as: alice, view_id: String(quiet["id"]), state: {} });
    expect(slack.deliveries().at(-1)?.outgoing.payload["type"]).toBeUndefined();
    const told = await open(slack, modal({ notify_on_close: true }));
    await slack.closeView({ as: alice, view_id: String(told["id"]), state: {} });
    expect(slack.deliveries().at(-1)?.outgoing.payload).toMatchObject({ type: "view_closed", is_cleared: false });
    expect(slack.views(alice)).toEqual([]);
  });

  test("belong to one person", async () => {
    await using slack = await startLocalSlack();
    const view = await open(slack);
    expect(await slack.submit({ as: bob, view_id: String(view["id"]), state: {} })).toMatchObject({
      ok: false,
      error: "not_found",
    });
  });
});

describe("a modal that is sent", () => {
  const form = modal({ submit: plain("Send"), blocks: [button, nameInput] });
  const state = { name: { v: { type: "plain_text_input", value: "web1" } } };

  test.each([
    ["nothing: it closes", undefined, true, []],
    ["clear: all close", { response_action: "clear" }, true, []],
    ["update: it changes", { response_action: "update", view: modal({ title: plain("Next") }) }, true, ["Next"]],
    [
      "push: another on top",
      { response_action: "push", view: modal({ title: plain("Next") }) },
      true,
      ["Title", "Next"],
    ],
    ["errors: they are shown", { response_action: "errors", errors: { name: "No." } }, true, ["Title"]],
    ["errors for a block that is not there", { response_action: "errors", errors: { other: "No." } }, false, ["Title"]],
    ["a view that Slack refuses", { response_action: "update", view: modal({ title: plain("") }) }, false, ["Title"]],
    ["an unknown action", { response_action: "explode" }, false, ["Title"]],
  ] as const)("is acknowledged with %s", async (_name, payload, ok, titles) => {
    await using slack = await startLocalSlack();
    using _app = await rawSocket(slack, { acknowledge: true, ...(payload === undefined ? {} : { payload }) });
    // the command's own acknowledgement is no message, but it has opened the door
    const view = await open(slack, form);
    const sent = await slack.submit({ as: alice, view_id: String(view["id"]), state });
    expect(sent.ok).toBe(ok);
    expect(slack.views(alice).map((one) => objectOf(one.shape, "title")?.["text"])).toEqual(titles);
    expect(slack.deliveries().at(-1)?.outgoing.payload).toMatchObject({
      type: "view_submission",
      view: { state: { values: state } },
    });
  });

  test.each([
    ["empty", {}, "Please complete this required field."],
    [
      "too long",
      { name: { v: { type: "plain_text_input", value: "toolong" } } },
      "Must be no more than 5 characters long",
    ],
  ])("with a field that is %s does not leave the client", async (_name, given, shown) => {
    await using slack = await startLocalSlack();
    const view = await open(slack, form);
    expect(await slack.submit({ as: alice, view_id: String(view["id"]), state: given })).toMatchObject({
      ok: false,
      shown,
    });
    expect(slack.views(alice)[0]?.errors).toEqual({ name: shown });
  });

  test("stays open with a sentence when the app does not answer", async () => {
    await using slack = await startLocalSlack();
    const view = await open(slack, form);
    const sent = await slack.submit({ as: alice, view_id: String(view["id"]), state });
    expect(sent).toMatchObject({ ok: false, shown: "We had some trouble connecting. Try again?" });
    expect(slack.views(alice)).toHaveLength(1);
  });
});

describe("the Home", () => {
  test("is published with a hash, for people, and only where there is one", async () => {
    await using slack = await startLocalSlack();
    const home = { type: "home", blocks: [section("hi")] };
    const first = (await call(slack, "views.publish", { user_id: bob, view: home })).body;
    const hash = objectOf(first, "view")?.["hash"];
    const second = (await call(slack, "views.publish", { user_id: bob, view: home, hash })).body;
    expect(objectOf(second, "view")?.["id"]).toBe(objectOf(first, "view")?.["id"]);
    expect((await call(slack, "views.publish", { user_id: bob, view: home, hash })).body["error"]).toBe(
      "hash_conflict",
    );
    expect((await call(slack, "views.publish", { user_id: "U0NOBODY1", view: home })).body["error"]).toBe(
      "invalid_arguments",
    );
    await using without = await startLocalSlack({ manifest: { features: { app_home: { home_tab_enabled: false } } } });
    expect((await call(without, "views.publish", { user_id: bob, view: home })).body["error"]).toBe("not_enabled");
    expect(await without.openHome({ as: bob })).toMatchObject({ ok: false, error: "not_enabled" });
  });
});
