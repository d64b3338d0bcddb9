import { describe, expect, test } from "vitest";
import { blockProblems, type Surface } from "../../../sandbox/slack/block-kit/blocks.ts";
import { problemLines } from "../../../sandbox/slack/block-kit/schema.ts";
import { viewProblems } from "../../../sandbox/slack/block-kit/view.ts";
import type { Json } from "../../../sandbox/slack/json.ts";
import { plain, section } from "./calling.ts";

const a = (count: number): string => "a".repeat(count);
const times = <T>(count: number, make: (index: number) => T): readonly T[] =>
  Array.from({ length: count }, (_, index) => make(index));
const option = (index: number): Json => ({ text: plain(`o${index}`), value: `v${index}` });
const button = (more: Json = {}): Json => ({ type: "button", text: plain("Go"), ...more });
const actions = (...elements: Json[]): Json => ({ type: "actions", elements });
const select = (more: Json): Json => actions({ type: "static_select", options: [option(1)], ...more });
const input = (element: Json, more: Json = {}): Json => ({ type: "input", label: plain("Name"), element, ...more });
const richText = (...elements: Json[]): Json => ({ type: "rich_text", elements });
const preformatted = (text: string): Json => ({ type: "rich_text_preformatted", elements: [{ type: "text", text }] });
const dividers = (count: number): readonly Json[] => times(count, () => ({ type: "divider" }));
const modal = (more: Json = {}): Json => ({ type: "modal", title: plain("Title"), blocks: [], ...more });

const good: readonly (readonly [string, Json])[] = [
  ["a section of 3,000 characters", section(a(3000))],
  ["characters beyond the 16-bit plane, counted once", section("🦦".repeat(3000))],
  ["a section with ten fields of 2,000", { type: "section", fields: times(10, () => plain(a(2000))) }],
  ["a header of 150", { type: "header", text: plain(a(150)) }],
  ["a context of ten", { type: "context", elements: times(10, () => plain("x")) }],
  ["25 buttons", actions(...times(25, (index) => button({ action_id: `a${index}` })))],
  [
    "a button with all it may have",
    actions(
      button({
        value: a(2000),
        url: "https://x.example/",
        style: "danger",
        confirm: { title: plain(a(100)), text: plain(a(300)), confirm: plain(a(30)), deny: plain(a(30)) },
      }),
    ),
  ],
  ["100 options", select({ options: times(100, option) })],
  ["option groups", select({ options: undefined, option_groups: [{ label: plain("g"), options: [option(1)] }] })],
  ["an overflow menu", actions({ type: "overflow", options: times(5, option) })],
  ["an input in a message", input({ type: "plain_text_input", multiline: true, max_length: 3000 })],
  ["preformatted rich text", richText(preformatted("log"))],
  [
    "rich text with all kinds of parts",
    richText(
      {
        type: "rich_text_section",
        elements: [
          { type: "text", text: "x", style: { code: true } },
          { type: "user", user_id: "U1" },
          { type: "link", url: "https://x.example/" },
          { type: "emoji", name: "tada" },
        ],
      },
      { type: "rich_text_list", style: "bullet", elements: [{ type: "rich_text_section", elements: [] }] },
    ),
  ],
  ["a table", { type: "table", rows: [[{ type: "raw_text", text: "a" }, richText(preformatted("b"))]] }],
  ["markdown", { type: "markdown", text: "# hi" }],
];

const bad: readonly (readonly [string, Json, string])[] = [
  ["no type", { text: plain("x") }, "missing required field: type [json-pointer:/blocks/0]"],
  [
    "an unknown block",
    { type: "data_visualization" },
    "unsupported type: data_visualization [json-pointer:/blocks/0/type]",
  ],
  ["an unknown key", { type: "divider", color: "red" }, "invalid additional property: color [json-pointer:/blocks/0]"],
  ["an empty section", section(""), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"],
  ["a section of 3,001", section(a(3001)), "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"],
  ["a section without text or fields", { type: "section" }, "missing required field: text [json-pointer:/blocks/0]"],
  [
    "a text that is a bare string",
    { type: "section", text: "x" },
    "must provide an object [json-pointer:/blocks/0/text]",
  ],
  [
    "eleven fields",
    { type: "section", fields: times(11, () => plain("x")) },
    "no more than 10 items allowed [json-pointer:/blocks/0/fields]",
  ],
  [
    "a field of 2,001",
    { type: "section", fields: [plain(a(2001))] },
    "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]",
  ],
  [
    "a header of 151",
    { type: "header", text: plain(a(151)) },
    "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
  ],
  [
    "a header in mrkdwn",
    { type: "header", text: { type: "mrkdwn", text: "x" } },
    "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
  ],
  [
    "a context of eleven",
    { type: "context", elements: times(11, () => plain("x")) },
    "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "a button in a context",
    { type: "context", elements: [button()] },
    "unsupported type: button [json-pointer:/blocks/0/elements/0/type]",
  ],
  ["no actions", actions(), "must provide at least 1 items [json-pointer:/blocks/0/elements]"],
  [
    "26 actions",
    actions(...times(26, (index) => button({ action_id: `a${index}` }))),
    "no more than 25 items allowed [json-pointer:/blocks/0/elements]",
  ],
  [
    "a text input in actions",
    actions({ type: "plain_text_input" }),
    "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
  ],
  [
    "a button text of 76",
    actions(button({ text: plain(a(76)) })),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
  ],
  [
    "a button value of 2,001",
    actions(button({ value: a(2001) })),
    "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
  ],
  [
    "an action_id of 256",
    actions(button({ action_id: a(256) })),
    "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
  ],
  [
    "a block_id of 256",
    { type: "divider", block_id: a(256) },
    "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
  ],
  [
    "a green button",
    actions(button({ style: "green" })),
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    "the same action_id twice in a block",
    actions(button({ action_id: "x" }), button({ action_id: "x" })),
    '`action_id` "x" already exists [json-pointer:/blocks/0/elements/1/action_id]',
  ],
  [
    "a confirm title of 101",
    actions(button({ confirm: { title: plain(a(101)), text: plain("x") } })),
    "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
  ],
  [
    "a confirm text of 301",
    actions(button({ confirm: { text: plain(a(301)) } })),
    "must be less than 301 characters [json-pointer:/blocks/0/elements/0/confirm/text/text]",
  ],
  ["no options", select({ options: [] }), "must provide at least 1 items [json-pointer:/blocks/0/elements/0/options]"],
  [
    "101 options",
    select({ options: times(101, option) }),
    "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  [
    "an option text of 76",
    select({ options: [{ text: plain(a(76)), value: "x" }] }),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
  ],
  [
    "an option value of 76",
    select({ options: [{ text: plain("x"), value: a(76) }] }),
    "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
  ],
  [
    "a select without options",
    actions({ type: "static_select" }),
    "missing required field: options [json-pointer:/blocks/0/elements/0]",
  ],
  [
    "six overflow options",
    actions({ type: "overflow", options: times(6, option) }),
    "no more than 5 items allowed [json-pointer:/blocks/0/elements/0/options]",
  ],
  ["a button as input", input(button()), "unsupported type: button [json-pointer:/blocks/0/element/type]"],
  [
    "an input without element",
    { type: "input", label: plain("x") },
    "missing required field: element [json-pointer:/blocks/0]",
  ],
  [
    "an image without alt text",
    { type: "image", image_url: "https://x.example/i.png" },
    "missing required field: alt_text [json-pointer:/blocks/0]",
  ],
  [
    "an empty text in rich text",
    richText(preformatted("")),
    "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
  ],
  [
    "a mention in preformatted text",
    richText({ type: "rich_text_preformatted", elements: [{ type: "user", user_id: "U1" }] }),
    "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
  ],
  [
    "a style in a preformatted block",
    richText({ type: "rich_text_list", style: "dashed", elements: [] }),
    "must be a valid enum value [json-pointer:/blocks/0/elements/0/style]",
  ],
  [
    "a table row of 21 cells",
    { type: "table", rows: [times(21, () => ({ type: "raw_text", text: "x" }))] },
    "no more than 20 items allowed [json-pointer:/blocks/0/rows/0]",
  ],
  [
    "101 table rows",
    { type: "table", rows: times(101, () => [{ type: "raw_text", text: "x" }]) },
    "no more than 100 items allowed [json-pointer:/blocks/0/rows]",
  ],
];

describe("blocks of a message", () => {
  test.each(good)("take %s", (_name, block) => {
    const clean: unknown = JSON.parse(JSON.stringify([block]));
    expect(problemLines(blockProblems(clean, "message"))).toEqual([]);
  });

  test.each(bad)("refuse %s", (_name, block, complaint) => {
    expect(problemLines(blockProblems([block], "message"))).toEqual([`[ERROR] ${complaint}`]);
  });

  test.each([
    ["message", 50],
    ["modal", 100],
    ["home", 100],
  ] as const)("are at most as many as a %s may have: %i", (surface: Surface, max) => {
    expect(blockProblems(dividers(max), surface)).toEqual([]);
    expect(problemLines(blockProblems(dividers(max + 1), surface))).toEqual([
      `[ERROR] no more than ${max} items allowed [json-pointer:/blocks]`,
    ]);
  });

  test("may use an action_id again in another block, a block_id never", () => {
    const twice = [actions(button({ action_id: "x" })), actions(button({ action_id: "x" }))];
    expect(blockProblems(twice, "message")).toEqual([]);
    const same = twice.map((block) => ({ ...block, block_id: "b" }));
    expect(problemLines(blockProblems(same, "message"))).toEqual([
      '[ERROR] `block_id` "b" already exists [json-pointer:/blocks/1/block_id]',
    ]);
  });

  test("hold one table at most, and none in a modal", () => {
    const table = { type: "table", rows: [[{ type: "raw_text", text: "x" }]] };
    expect(blockProblems([table, table], "message").map((one) => one.message)).toEqual(["only one table allowed"]);
    expect(blockProblems([table], "modal").map((one) => one.message)).toEqual(["unsupported type: table"]);
  });
});

describe("a view", () => {
  const withInput = [input({ type: "plain_text_input" })];
  test.each([
    [
      "a title of 25",
      modal({ title: plain(a(25)) }),
      "must be less than 25 characters [json-pointer:/view/title/text]",
    ],
    [
      "a submit of 25",
      modal({ submit: plain(a(25)) }),
      "must be less than 25 characters [json-pointer:/view/submit/text]",
    ],
    [
      "a close of 25",
      modal({ close: plain(a(25)) }),
      "must be less than 25 characters [json-pointer:/view/close/text]",
    ],
    ["no title", modal({ title: undefined }), "missing required field: title [json-pointer:/view]"],
    [
      "metadata of 3,001",
      modal({ private_metadata: a(3001) }),
      "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ],
    [
      "an input without submit",
      modal({ blocks: withInput }),
      "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
    ],
    [
      "a bad block",
      modal({ blocks: [section("")] }),
      "must be more than 0 characters [json-pointer:/view/blocks/0/text/text]",
    ],
    ["another type", { type: "dialog" }, "unsupported type: dialog [json-pointer:/view/type]"],
    ["a Home where a modal belongs", { type: "home", blocks: [] }, "unsupported type: home [json-pointer:/view/type]"],
  ])("with %s is refused", (_name, view, complaint) => {
    expect(problemLines(viewProblems(view, ["modal"]))).toEqual([`[ERROR] ${complaint}`]);
  });

  test("of 24 characters everywhere and 3,000 of metadata is taken", () => {
    const view = modal({
      title: plain(a(24)),
      submit: plain(a(24)),
      close: plain(a(24)),
      private_metadata: a(3000),
      blocks: withInput,
    });
    expect(viewProblems(view, ["modal"])).toEqual([]);
  });
});
