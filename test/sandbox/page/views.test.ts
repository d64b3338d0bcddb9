import type { HomeView, ModalView } from "@slack/types";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, chromiumPath, launch, needsChromium, setScene, suite, type, type Scene } from "./support.ts";

const text = (words: string): { type: "plain_text"; text: string } => ({ type: "plain_text", text: words });

const home = (words: string): HomeView => ({
  type: "home",
  blocks: [
    {
      type: "section",
      text: { type: "mrkdwn", text: words },
      accessory: { type: "button", action_id: "refresh", text: text("Refresh") },
    },
  ],
});

const launchForm: ModalView = {
  type: "modal",
  callback_id: "launch",
  title: text("Launch"),
  submit: text("Go"),
  blocks: [
    {
      type: "input",
      block_id: "name",
      label: text("Name"),
      hint: text("Letters and digits"),
      element: { type: "plain_text_input", action_id: "v" },
    },
    {
      type: "input",
      block_id: "size",
      label: text("Size"),
      element: {
        type: "static_select",
        action_id: "v",
        options: [
          { text: text("small"), value: "s" },
          { text: text("large"), value: "l" },
        ],
      },
    },
    {
      type: "input",
      block_id: "note",
      optional: true,
      label: text("Note"),
      element: { type: "plain_text_input", action_id: "v", multiline: true, initial_value: "from the form" },
    },
  ],
};

/** `/lxd` opens this modal. */
function openOnCommand(scene: Scene, view: ModalView): void {
  scene.app.command("/lxd", async ({ ack, client, command }) => {
    await ack();
    await client.views.open({ trigger_id: command.trigger_id, view });
  });
}

describe.skipIf(chromiumPath === undefined)(`modals and Home on the page${needsChromium}`, suite, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test("a modal is filled in, refused with the app's errors, mended, and sent", async () => {
    await using scene = await setScene(browser);
    openOnCommand(scene, launchForm);
    const sent: unknown[] = [];
    scene.app.view("launch", async ({ ack, view }) => {
      sent.push(view.state.values);
      const taken = view.state.values["name"]?.["v"]?.value === "web1";
      await (taken ? ack({ response_action: "errors", errors: { name: "web1 is taken" } }) : ack());
    });
    const page = await scene.open(alice);
    await type(page, "/lxd launch");

    const modal = page.getByRole("dialog", { name: "Launch" });
    const name = modal.getByRole("textbox", { name: "Name" });
    await name.waitFor();
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Name");

    await modal.getByRole("button", { name: "Go" }).click();
    await modal.getByText("This can’t be left blank.").first().waitFor();
    expect(sent).toEqual([]);

    await name.fill("web1");
    await modal.getByRole("button", { name: "Size" }).click();
    await page.getByRole("option", { name: "large" }).click();
    expect(await modal.getByText("This can’t be left blank.").count()).toBe(0);
    await name.press("Enter");
    await modal.getByText("web1 is taken").waitFor();

    await name.fill("web2");
    await modal.getByRole("button", { name: "Go" }).click();
    await modal.waitFor({ state: "hidden" });
    expect(sent.at(-1)).toMatchObject({
      name: { v: { type: "plain_text_input", value: "web2" } },
      size: { v: { type: "static_select", selected_option: { value: "l" } } },
      note: { v: { value: "from the form" } },
    });
    expect(scene.errors).toEqual([]);
  });

  test("what was typed outlives an update of the modal, and Esc closes it", async () => {
    await using scene = await setScene(browser);
    openOnCommand(scene, { ...launchForm, notify_on_close: true });
    const closed: string[] = [];
    scene.app.view({ callback_id: "launch", type: "view_closed" }, async ({ ack, body }) => {
      closed.push(body.user.id);
      await ack();
    });
    const page = await scene.open(alice);
    await type(page, "/lxd launch");
    const modal = page.getByRole("dialog", { name: "Launch" });
    await modal.getByRole("textbox", { name: "Name" }).fill("half-typed");

    const [view] = scene.slack.views(alice);
    const note = { type: "section" as const, text: { type: "mrkdwn" as const, text: "*News* from the app" } };
    await scene.app.client.views.update({
      view_id: String(view?.shape["id"]),
      view: { ...launchForm, notify_on_close: true, blocks: [note, ...launchForm.blocks] },
    });
    await modal.getByText("News from the app").waitFor();
    expect(await modal.getByRole("textbox", { name: "Name" }).inputValue()).toBe("half-typed");
    expect(await page.evaluate("document.activeElement.ariaLabel")).toBe("Name");

    await page.keyboard.press("Escape");
    await modal.waitFor({ state: "hidden" });
    await scene.slack.until(() => closed.length > 0);
    expect(closed).toEqual([alice]);
    expect(scene.errors).toEqual([]);
  });

  test("a button in a modal puts another one on top, and closing it shows the first again", async () => {
    await using scene = await setScene(browser);
    openOnCommand(scene, {
      type: "modal",
      title: text("First"),
      blocks: [{ type: "actions", elements: [{ type: "button", action_id: "deeper", text: text("Deeper") }] }],
    });
    scene.app.action("deeper", async ({ ack, client, body }) => {
      await ack();
      const trigger = "trigger_id" in body ? body.trigger_id : "";
      const blocks = [{ type: "section" as const, text: text("All the way down") }];
      await client.views.push({ trigger_id: trigger, view: { type: "modal", title: text("Second"), blocks } });
    });
    const page = await scene.open(alice);
    await type(page, "/lxd stack");
    await page.getByRole("dialog", { name: "First" }).getByRole("button", { name: "Deeper" }).click();
    const second = page.getByRole("dialog", { name: "Second" });
    await second.getByText("All the way down").waitFor();
    await second.getByRole("button", { name: "Close" }).first().click();
    await page.getByRole("dialog", { name: "First" }).waitFor();
    expect(scene.errors).toEqual([]);
  });

  test("the Home tab is asked for when it is opened, and its buttons work", async () => {
    await using scene = await setScene(browser);
    scene.app.event("app_home_opened", async ({ client, event }) => {
      await client.views.publish({ user_id: event.user, view: home("Nothing runs yet") });
    });
    scene.app.action("refresh", async ({ ack, client, body }) => {
      await ack();
      await client.views.publish({ user_id: body.user.id, view: home("*web1* runs") });
    });
    const page = await scene.open(alice);
    await page.getByRole("navigation").getByRole("button", { name: "lxd" }).click();
    await page.getByText("Nothing runs yet").waitFor();
    await page.getByRole("button", { name: "Refresh" }).click();
    await page.getByText("web1 runs").waitFor();

    await page.getByRole("button", { name: "Messages" }).click();
    await type(page, "hello bot");
    await page.locator("#main article").getByText("hello bot").waitFor();
    expect(scene.errors).toEqual([]);
  });
});
