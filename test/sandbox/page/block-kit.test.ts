import type { PlainTextOption } from "@slack/types";
import type { Browser, Locator, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { alice, bob, chromiumPath, launch, needsChromium, ops, setScene, suite, type Scene } from "./support.ts";

const option = (value: string): PlainTextOption => ({ text: { type: "plain_text", text: value }, value });

const cell = (text: string): object => ({ type: "raw_text", text });
const placeholder = (text: string): object => ({ type: "plain_text", text });

/** Posts blocks as the bot and opens alice's page on them. */
async function show(scene: Scene, blocks: readonly object[]): Promise<[Page, Locator]> {
  await scene.post({ text: "blocks", blocks });
  const page = await scene.open(alice);
  const message = page.locator("#main article").last();
  await message.waitFor();
  return [page, message];
}

/** Collects `actions[0]` of every block action. */
function listen(scene: Scene): unknown[] {
  const actions: unknown[] = [];
  scene.app.action(/.*/, async ({ ack, action }) => {
    actions.push(action);
    await ack();
  });
  return actions;
}

describe.skipIf(chromiumPath === undefined)(`Block Kit on the page${needsChromium}`, suite, () => {
  let browser: Browser;
  beforeAll(async () => {
    browser = await launch();
  });
  afterAll(() => browser.close());

  test("mrkdwn is drawn as Slack draws it", async () => {
    await using scene = await setScene(browser);
    const text = [
      "*bold* _it_ ~gone~ `a*b*c` snake_case_name 2*3*4 :white_check_mark: :nosuch:",
      "&gt; quoted *words*",
      `<https://example.org/a?b=1&amp;c=_2_|the *label*> <@${bob}> <#${ops}> <!here> &lt;tag&gt; &amp;amp;`,
      "```two\n  lines &lt;b&gt; *raw*```",
      "<!date^1700000000^{date_num}|some day>",
    ].join("\n");
    const [, message] = await show(scene, [{ type: "section", text: { type: "mrkdwn", text } }]);

    const inside = (tag: string): Promise<string[]> => message.locator(tag).allTextContents();
    expect(await inside(".bk-text b")).toEqual(["bold", "words"]);
    expect(await inside(".bk-text i")).toEqual(["it"]);
    expect(await inside(".bk-text s")).toEqual(["gone"]);
    expect(await inside(".bk-text > code")).toEqual(["a*b*c"]);
    expect(await inside("blockquote")).toEqual(["quoted words"]);
    expect(await inside("pre")).toEqual(["two\n  lines <b> *raw*"]);
    expect(await inside(".mention")).toEqual(["@bob", "#ops", "@here"]);
    expect(await message.locator("a").getAttribute("href")).toBe("https://example.org/a?b=1&c=_2_");
    expect(await inside("a")).toEqual(["the *label*"]);
    const all = (await message.textContent()) ?? "";
    for (const words of ["snake_case_name 2*3*4 ✅ :nosuch:", "<tag> &amp;", "2023"]) expect(all).toContain(words);
    expect(scene.errors).toEqual([]);
  });

  test("layout blocks, tables, rich text, Markdown and files are drawn", async () => {
    await using scene = await setScene(browser);
    const [, message] = await show(scene, [
      { type: "header", text: { type: "plain_text", text: "Instances :rocket:" } },
      { type: "section", fields: [{ type: "mrkdwn", text: "*Remote*\nlxd1" }] },
      { type: "context", elements: [{ type: "mrkdwn", text: "step 2 of 5" }] },
      { type: "divider" },
      {
        type: "table",
        rows: [
          [cell("Name"), cell("State")],
          [cell("web1"), cell("Running")],
        ],
      },
      {
        type: "rich_text",
        elements: [
          {
            type: "rich_text_section",
            elements: [{ type: "text", text: "strong", style: { bold: true, italic: true } }],
          },
          {
            type: "rich_text_list",
            style: "ordered",
            elements: [{ type: "rich_text_section", elements: [{ type: "user", user_id: bob }] }],
          },
          { type: "rich_text_preformatted", elements: [{ type: "text", text: "$ lxc list" }] },
          { type: "rich_text_quote", elements: [{ type: "emoji", name: "warning" }] },
        ],
      },
      { type: "markdown", text: "## Plan\n1. stop **web1**\n\n| a | b |\n|---|---|\n| c | `d` |" },
      { type: "image", image_url: "https://example.org/graph.png", alt_text: "a graph" },
    ]);
    await message.getByRole("heading", { name: "Instances 🚀" }).waitFor();
    await message.getByRole("columnheader", { name: "State" }).waitFor();
    await message.getByRole("cell", { name: "Running" }).waitFor();
    expect(await message.locator("i b, b i").allTextContents()).toEqual(["strong"]);
    expect(await message.locator("ol.rich-list li").allTextContents()).toEqual(["@bob"]);
    await message.getByRole("heading", { name: "Plan" }).waitFor();
    await message.locator("td code", { hasText: "d" }).waitFor();
    await message.getByText("a graph").waitFor();
    expect(await message.locator(".bk-unknown").count()).toBe(0);

    await scene.app.client.filesUploadV2({ channel_id: ops, content: "line 1\n", filename: "run.log" });
    const link = message.page().getByRole("link", { name: /run\.log/ });
    const answer = await message.page().request.get((await link.getAttribute("href")) ?? "");
    expect(await answer.text()).toBe("line 1\n");
    expect(scene.errors).toEqual([]);
  });

  test("every kind of choice reaches the app as Slack would send it", async () => {
    await using scene = await setScene(browser);
    const actions = listen(scene);
    scene.app.options("image", async ({ ack, options }) => ack({ options: [option(`${options.value}:24.04`)] }));
    const [page, message] = await show(scene, [
      {
        type: "actions",
        elements: [
          {
            type: "static_select",
            action_id: "profile",
            placeholder: placeholder("Profile"),
            options: [option("gpu"), option("web")],
          },
          { type: "users_select", action_id: "owner", placeholder: placeholder("Owner") },
          { type: "external_select", action_id: "image", placeholder: placeholder("Image"), min_query_length: 2 },
          { type: "overflow", action_id: "more", options: [option("rename"), option("snapshot")] },
          { type: "datepicker", action_id: "until", placeholder: placeholder("Until") },
          { type: "checkboxes", action_id: "flags", options: [option("ephemeral"), option("nested")] },
          { type: "radio_buttons", action_id: "kind", options: [option("container"), option("vm")] },
        ],
      },
      {
        type: "section",
        text: { type: "mrkdwn", text: "Networks" },
        accessory: {
          type: "multi_static_select",
          action_id: "nets",
          placeholder: placeholder("Any"),
          options: [option("br0"), option("br1")],
        },
      },
    ]);
    const last = async (count: number): Promise<unknown> => {
      await scene.slack.until(() => actions.length >= count);
      return actions.at(-1);
    };

    await message.getByRole("button", { name: "Profile" }).click();
    await page.keyboard.type("we");
    await page.getByRole("option", { name: "gpu" }).waitFor({ state: "detached" });
    await page.keyboard.press("Enter");
    expect(await last(1)).toMatchObject({ action_id: "profile", selected_option: { value: "web" } });
    await message.getByRole("button", { name: "Profile: web" }).waitFor();

    await message.getByRole("button", { name: "Owner" }).click();
    await page.getByRole("option", { name: /bob/ }).click();
    expect(await last(2)).toMatchObject({ type: "users_select", selected_user: bob });

    await message.getByRole("button", { name: "Image" }).click();
    await page.keyboard.type("ubuntu");
    await page.getByRole("option", { name: "ubuntu:24.04" }).click();
    expect(await last(3)).toMatchObject({ type: "external_select", selected_option: { value: "ubuntu:24.04" } });

    await message.getByRole("button", { name: "More actions" }).click();
    await page.keyboard.press("ArrowDown");
    await page.keyboard.press("Enter");
    expect(await last(4)).toMatchObject({ type: "overflow", selected_option: { value: "snapshot" } });

    await message.getByLabel("Until").fill("2030-01-31");
    expect(await last(5)).toMatchObject({ type: "datepicker", selected_date: "2030-01-31" });

    await message.getByRole("checkbox", { name: "nested" }).check();
    expect(await last(6)).toMatchObject({ type: "checkboxes", selected_options: [{ value: "nested" }] });

    await message.getByRole("radio", { name: "vm" }).check();
    expect(await last(7)).toMatchObject({ type: "radio_buttons", selected_option: { value: "vm" } });

    await message.getByRole("button", { name: /^Networks/ }).click();
    await page.getByRole("option", { name: "br1" }).click();
    expect(await last(8)).toMatchObject({ type: "multi_static_select", selected_options: [{ value: "br1" }] });
    await page.keyboard.press("Escape");
    expect(scene.errors).toEqual([]);
  });
});
