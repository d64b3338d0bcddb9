import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, bob, chromiumPath, gate, gina, launch, needsChromium, ops, setScene, suite, type } from "./support.ts";

describe.skipIf(chromiumPath === undefined)(`the page of the local Slack${needsChromium}`, suite, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test("a newcomer takes a suggestion, sends it, and alone sees the ephemeral answer", async () => {
    await using scene = await setScene(browser, { suggestions: ["/lxd list", "/lxd help"] });
    scene.app.command("/lxd", async ({ ack, command }) => ack(`You said *${command.text}*`));
    const page = await scene.open(alice);
    const other = await scene.open(bob);

    await page.getByRole("button", { name: "/lxd list" }).click();
    await page.keyboard.press("Enter");

    const answer = page.locator("#main").getByRole("article").filter({ hasText: "You said list" });
    await answer.getByText("Only visible to you").waitFor();
    expect(await answer.locator("b", { hasText: "list" }).count()).toBe(1);
    expect(await answer.getByText("APP").count()).toBe(1);
    await page.getByText(/✓ \/lxd list acknowledged in \d+ ms/).waitFor();
    await type(other, "nothing here");
    await other.getByRole("article").filter({ hasText: "nothing here" }).waitFor();
    expect(await other.getByText("You said").count()).toBe(0);
    expect(scene.errors).toEqual([]);
  });

  test("a thread opens by its replies, goes on live, and takes an answer", async () => {
    await using scene = await setScene(browser);
    const { client } = scene.app;
    const page = await scene.open(alice);
    const thread = await scene.post({ text: "Launching *web1*" });
    await scene.post({ thread_ts: thread, text: "Image is here" });

    await page.getByRole("button", { name: /1 reply/ }).click();
    const pane = page.getByRole("complementary", { name: "Thread" });
    await pane.getByText("Image is here").waitFor();

    await scene.post({ thread_ts: thread, text: "Container is started" });
    await pane.getByText("Container is started").waitFor();
    await client.chat.update({ channel: ops, ts: thread, text: "Launched *web1*" });
    await pane.getByText("Launched web1").waitFor();
    await pane.getByText("(edited)").waitFor();

    await pane.getByRole("textbox", { name: "Reply…" }).fill("thanks");
    await page.keyboard.press("Enter");
    await page.getByRole("button", { name: /3 replies/ }).waitFor();
    expect(scene.slack.messages(ops).find((message) => message.text === "thanks")?.thread_ts).toBe(thread);

    await pane.getByRole("textbox", { name: "Reply…" }).press("Escape");
    await pane.waitFor({ state: "hidden" });
    expect(await page.evaluate("document.activeElement.textContent")).toContain("3 replies");
    expect(scene.errors).toEqual([]);
  });

  test("a button is busy until the app acknowledges, and a dangerous one asks first", async () => {
    await using scene = await setScene(browser);
    const held = gate();
    const clicks: string[] = [];
    scene.app.action("delete", async ({ ack, respond, body }) => {
      clicks.push(body.user.id);
      await held.opened;
      await ack();
      await respond({ replace_original: true, text: `Deleted by <@${body.user.id}>` });
    });
    const page = await scene.open(bob);
    const confirm = {
      title: { type: "plain_text", text: "Delete web1?" },
      text: { type: "mrkdwn", text: "It has *2 snapshots*." },
      confirm: { type: "plain_text", text: "Delete it" },
      deny: { type: "plain_text", text: "Keep it" },
    };
    await scene.post({
      text: "web1",
      blocks: [
        {
          type: "actions",
          elements: [
            {
              type: "button",
              action_id: "delete",
              style: "danger",
              text: { type: "plain_text", text: "Delete" },
              confirm,
            },
          ],
        },
      ],
    });
    const button = page.locator("#main").getByRole("button", { name: "Delete", exact: true });

    await button.click();
    await page.getByRole("alertdialog", { name: "Delete web1?" }).getByRole("button", { name: "Keep it" }).click();
    await page.getByRole("alertdialog").waitFor({ state: "detached" });
    expect(clicks).toEqual([]);

    await button.click();
    await page.getByRole("button", { name: "Delete it" }).click();
    await page.locator("#main button[aria-busy=true]").waitFor();
    await button.click();
    held.open();
    await page.getByText("Deleted by @bob").waitFor();
    expect(clicks).toEqual([bob]);
    expect(scene.errors).toEqual([]);
  });

  test("markup and scripts of others are shown as text", async () => {
    await using scene = await setScene(browser);
    const page = await scene.open(alice);
    const hostile = '<img src=x onerror="document.title=1"><script>document.title=2</script>';
    await type(page, hostile);
    await page.locator("#main").getByText(hostile).waitFor();
    await scene.post({
      text: "rich",
      blocks: [
        {
          type: "section",
          text: { type: "mrkdwn", text: "<javascript:document.title=3|press me> &lt;b&gt;bold&lt;/b&gt;" },
        },
        { type: "rich_text", elements: [{ type: "rich_text_section", elements: [{ type: "text", text: hostile }] }] },
      ],
    });
    await page.getByText("press me <b>bold</b>").waitFor();
    expect(await page.locator("#main article img, #main article script, #main article a").count()).toBe(0);
    expect(await page.title()).toBe("alice in acme");
    expect(scene.errors).toEqual([]);
  });

  test("becoming somebody else is one click, survives a reload, and shows what that person sees", async () => {
    await using scene = await setScene(browser);
    const page = await scene.open(alice);
    await page.getByRole("button", { name: "secret" }).waitFor();

    await page.getByRole("button", { name: /gina guest/ }).click();
    await page.getByRole("button", { name: "secret" }).waitFor({ state: "detached" });
    expect(await page.locator("#main h1").textContent()).toBe("#ops");
    await page.reload();
    await page.getByRole("button", { name: /gina guest/, pressed: true }).waitFor();
    await type(page, "may I?");
    await scene.slack.until(() =>
      scene.slack.messages(ops).some(({ user, text }) => user === gina && text === "may I?"),
    );
    expect(scene.errors).toEqual([]);
  });

  test("an address that names nobody becomes the first person", async () => {
    await using scene = await setScene(browser);
    const page = await scene.open("U0NOBODY1");
    await page.getByRole("button", { name: /alice admin/, pressed: true }).waitFor();
    expect(page.url()).toContain(`as=${alice}`);
  });

  test("says what failed when the app does not answer in time, and offers the line again", async () => {
    await using scene = await setScene(browser, { ackDeadlineMs: 100 });
    scene.app.command("/lxd", async () => {
      // never acknowledged
    });
    const page = await scene.open(alice);
    await type(page, "/lxd list");
    await page.getByText('/lxd failed with the error "operation_timeout"').waitFor();
    await page.keyboard.press("ArrowUp");
    expect(await page.getByRole("textbox", { name: "Message #ops" }).inputValue()).toBe("/lxd list");
  });

  test("tells whether the bot is there", async () => {
    await using scene = await setScene(browser, { connected: false });
    const page = await scene.open(alice);
    await page.getByText("lxd disconnected").waitFor();
    await page.getByText("lxd is not connected: it hears nothing").waitFor();
    await scene.connect();
    await page.getByText("lxd connected").waitFor();
    await page.getByText("it hears nothing").waitFor({ state: "hidden" });
  });

  test("completes commands and names by the keyboard", async () => {
    await using scene = await setScene(browser, { suggestions: ["/lxd launch busybox web1"] });
    const page = await scene.open(alice);
    const field = page.getByRole("textbox", { name: "Message #ops" });
    await field.pressSequentially("/lx");
    await page.getByRole("option", { name: /\/lxd help/ }).waitFor();
    await field.press("Enter");
    expect(await field.inputValue()).toBe("/lxd ");
    await field.press("ArrowDown");
    await field.press("Enter");
    expect(await field.inputValue()).toBe("/lxd launch busybox web1");
    await field.fill("hello @bo");
    await field.press("Tab");
    expect(await field.inputValue()).toBe("hello @bob ");
    await field.press("Enter");
    await page.locator("#main article").getByText("@bob").waitFor();
    expect(scene.slack.messages(ops).at(-1)?.text).toBe(`hello <@${bob}>`);
  });

  test("fits a phone: nothing is cut off, channels in a drawer, the thread over everything", async () => {
    await using scene = await setScene(browser);
    const root = await scene.post({ text: `root ${"wide".repeat(80)}` });
    await scene.post({ thread_ts: root, text: "a reply" });
    const page = await scene.open(alice, { phone: true });
    await page.getByText("root wide").waitFor();
    expect(await page.evaluate("document.documentElement.scrollWidth")).toBe(390);

    await page.getByRole("button", { name: "Channels and people" }).click();
    await page.getByRole("button", { name: "dev" }).click();
    await page.getByRole("heading", { name: "#dev", level: 1 }).waitFor();
    await page.goBack();
    await page.getByRole("button", { name: /1 reply/ }).click();
    const pane = page.getByRole("complementary", { name: "Thread" });
    await pane.getByText("a reply").waitFor();
    expect((await pane.boundingBox())?.width).toBe(390);
    await pane.getByRole("button", { name: "Close thread" }).click();
    await pane.waitFor({ state: "hidden" });
  });

  test("a permalink leads to its message", async () => {
    await using scene = await setScene(browser);
    const { client } = scene.app;
    const root = await scene.post({ text: "the root" });
    const reply = await scene.post({ thread_ts: root, text: "the point" });
    const link = await client.chat.getPermalink({ channel: ops, message_ts: reply });
    const page = await scene.open(alice, { place: "C0DEV0001" });
    await page.goto(link.permalink ?? "");
    await page.getByRole("complementary", { name: "Thread" }).getByText("the point").waitFor();
    await page.locator(".message-meant").getByText("the point").waitFor();
  });
});
