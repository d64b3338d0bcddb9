import type { App } from "@slack/bolt";
import { describe, expect, test } from "vitest";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { startBolt } from "./bolt-app.ts";

const ops = "C0OPS0001";
const [alice, bob] = ["U0ALICE01", "U0BOB0001"];

const typed = (value: string): Record<string, Record<string, unknown>> => ({
  name: { value: { type: "plain_text_input", value } },
});

function register(app: App): void {
  app.command("/lxd", async ({ ack, respond, command, client }) => {
    if (command.text === "modal") {
      await ack();
      await client.views.open({
        trigger_id: command.trigger_id,
        view: {
          type: "modal",
          callback_id: "rename",
          title: { type: "plain_text", text: "Rename" },
          submit: { type: "plain_text", text: "Save" },
          blocks: [
            {
              type: "input",
              block_id: "name",
              label: { type: "plain_text", text: "New name" },
              element: { type: "plain_text_input", action_id: "value" },
            },
          ],
        },
      });
      return;
    }
    await ack(`heard ${command.text}`);
    await respond({ response_type: "in_channel", text: `done ${command.text}`, blocks: [question] });
  });
  app.action("yes", async ({ ack, respond, body }) => {
    await ack();
    await respond({ replace_original: true, text: `clicked by ${body.user.id}` });
  });
  app.view("rename", async ({ ack, view, client, body }) => {
    const name = view.state.values["name"]?.["value"]?.value ?? "";
    if (name === "bad") {
      await ack({ response_action: "errors", errors: { name: "That name is taken." } });
      return;
    }
    await ack();
    await client.apiCall("chat.postMessage", { channel: body.user.id, text: `renamed to ${name}` });
  });
  app.options("pick", async ({ ack, options }) => {
    await ack({ options: [{ text: { type: "plain_text", text: options.value }, value: options.value }] });
  });
  app.event("app_mention", async ({ event, client }) => {
    const text = `you said ${event.text}`;
    await client.apiCall("chat.postMessage", { channel: event.channel, thread_ts: event.ts, text });
  });
  app.event("app_home_opened", async ({ event, client }) => {
    await client.views.publish({
      user_id: event.user,
      view: { type: "home", blocks: [{ type: "section", text: { type: "mrkdwn", text: "Welcome" } }] },
    });
  });
}

const question = {
  type: "actions" as const,
  block_id: "ask",
  elements: [
    { type: "button" as const, action_id: "yes", value: "web1", text: { type: "plain_text" as const, text: "Yes" } },
    { type: "external_select" as const, action_id: "pick", min_query_length: 1 },
  ],
};

for (const mode of ["socket", "http"] as const) {
  describe(`a real Bolt app in ${mode} mode`, () => {
    test("answers a command in its acknowledgement and by response_url, and hears a click on its message", async () => {
      await using slack = await startLocalSlack();
      await using _bolt = await startBolt(slack, { http: mode === "http", register });

      const said = await slack.say({ as: alice, channel: ops, text: "/lxd list @bob" });

      expect(said).toMatchObject({ ok: true });
      expect(said.ack_ms).toBeLessThan(3_000);
      const heard = await slack.until(() => slack.ephemerals(alice).at(0));
      expect(heard.text).toBe(`heard list <@${bob}|bob>`);
      const done = await slack.until(() => slack.messages(ops).at(0));
      expect(done.text).toBe(`done list <@${bob}|bob>`);

      const container = { type: "message" as const, channel: ops, ts: done.ts };
      const clicked = await slack.act({ as: bob, container, block_id: "ask", action_id: "yes" });

      expect(clicked.ok).toBe(true);
      await slack.until(() => slack.messages(ops).at(0)?.text === `clicked by ${bob}`);
    });

    test("suggests options while a person types into an external select", async () => {
      await using slack = await startLocalSlack();
      await using _bolt = await startBolt(slack, { http: mode === "http", register });
      await slack.say({ as: alice, channel: ops, text: "/lxd list" });
      const { ts } = await slack.until(() => slack.messages(ops).at(0));

      const container = { type: "message" as const, channel: ops, ts };
      const suggested = await slack.suggest({ as: bob, container, block_id: "ask", action_id: "pick", value: "we" });

      expect(suggested).toEqual({ ok: true, options: [{ text: { type: "plain_text", text: "we" }, value: "we" }] });
    });

    test("opens a modal, returns an error for a field, and closes it when all is well", async () => {
      await using slack = await startLocalSlack();
      await using _bolt = await startBolt(slack, { http: mode === "http", register });
      await slack.say({ as: alice, channel: ops, text: "/lxd modal" });
      const view = await slack.until(() => slack.views(alice).at(-1));
      const id = String(view.shape["id"]);

      await slack.submit({ as: alice, view_id: id, state: typed("bad") });
      expect(slack.views(alice).at(-1)?.errors).toEqual({ name: "That name is taken." });

      const empty = await slack.submit({ as: alice, view_id: id, state: {} });
      expect(empty.shown).toBe("Please complete this required field.");

      const sent = await slack.submit({ as: alice, view_id: id, state: typed("web2") });
      expect(sent.ok).toBe(true);
      expect(slack.views(alice)).toEqual([]);
      const message = await slack.until(() => slack.messages("D0ALICE01").at(0));
      expect(message.text).toBe("renamed to web2");
    });

    test("hears mentions in a channel and answers in the thread", async () => {
      await using slack = await startLocalSlack();
      await using _bolt = await startBolt(slack, { http: mode === "http", register });

      await slack.say({ as: alice, channel: ops, text: "@lxd status <web1> & co" });

      const answer = await slack.until(() => slack.messages(ops).find((message) => message.user === "U0LXDBOT1"));
      expect(answer.text).toBe("you said <@U0LXDBOT1> status &lt;web1&gt; &amp; co");
      expect(answer.thread_ts).toBe(slack.messages(ops)[0]?.ts);
    });

    test("publishes its Home when a person opens it", async () => {
      await using slack = await startLocalSlack();
      await using _bolt = await startBolt(slack, { http: mode === "http", register });

      await slack.openHome({ as: bob });

      const home = await slack.until(() => slack.home(bob));
      expect(home.shape).toMatchObject({ type: "home", blocks: [{ type: "section" }] });
    });
  });
}
