import { expect, test } from "vitest";
import fc from "fast-check";
import { blockProblems, charactersOf } from "../../../sandbox/slack/block-kit/blocks.ts";
import { say, type Part, type Reply, type Span } from "../../../src/pipeline/reply.ts";
import { clean } from "../../../src/slack/render/clean.ts";
import { renderReply } from "../../../src/slack/render/reply.ts";
import { tableLines, widthOf } from "../../../src/slack/render/table.ts";

/** All letters of the blocks in reading order. */
function letters(value: unknown): string {
  if (Array.isArray(value)) return value.map((inner) => letters(inner)).join("");
  if (typeof value !== "object" || value === null) return "";
  return Object.entries(value)
    .map(([key, inner]) => (key === "text" && typeof inner === "string" ? inner : letters(inner)))
    .join("");
}

function reply(...parts: Part[]): Reply {
  return { summary: "summary", parts };
}

const hostile =
  "<!channel> <@U0ALICE01> *bold* _it_ ~no~ `code` ```block``` <https://evil.example|click> :bomb: &amp; @here";

test("what somebody wrote is shown letter by letter, and is neither markup nor a mention", () => {
  const { text, blocks } = renderReply({
    summary: hostile,
    parts: [
      { type: "text", text: hostile },
      { type: "code", text: hostile },
    ],
  });
  expect(letters(blocks)).toBe(hostile + hostile);
  const types = JSON.stringify(blocks);
  for (const type of ["mrkdwn", '"user"', "broadcast", '"link"', '"emoji"']) expect(types).not.toContain(type);
  expect(text).not.toMatch(/[<>]/);
  expect(text).toContain("&lt;!channel&gt;");
});

test("small print, headers, lists, fields, tables and buttons take no markup either", () => {
  const { blocks } = renderReply(
    reply(
      { type: "note", text: hostile },
      { type: "header", text: hostile },
      { type: "list", items: [hostile] },
      { type: "fields", fields: [["Name", hostile]] },
      { type: "table", columns: ["NAME"], rows: [[hostile]] },
      { type: "buttons", buttons: [{ label: hostile, action: "offer.run", value: "o-1" }] },
    ),
  );
  expect(JSON.stringify(blocks)).not.toContain("mrkdwn");
  expect(blockProblems(blocks, "message")).toEqual([]);
});

test("a mention, a channel and a time become what they are, in small print too", () => {
  const spans: Span[] = [{ user: "U0ALICE01" }, " in ", { channel: "C0OPS0001" }, " at ", { time: 1_700_000_000_000 }];
  const { blocks } = renderReply(reply({ type: "text", text: spans }, { type: "note", text: spans }));
  expect(JSON.stringify(blocks[0])).toContain('{"type":"user","user_id":"U0ALICE01"}');
  expect(JSON.stringify(blocks[0])).toContain('"timestamp":1700000000');
  expect(JSON.stringify(blocks[1])).toContain("<@U0ALICE01>");
  expect(JSON.stringify(blocks[1])).toContain("<!date^1700000000^");
});

test("an id or address that is none stays text", () => {
  const { blocks } = renderReply(
    reply(
      {
        type: "text",
        text: [{ user: "U1> <!channel" }, { channel: "x" }, { link: "javascript:alert(1)", text: "click" }],
      },
      { type: "note", text: [{ user: "U1> <!channel" }] },
    ),
  );
  expect(letters(blocks)).toBe("U1> <!channelxclick (javascript:alert(1))<@U1> <!channel>");
  expect(JSON.stringify(blocks)).not.toMatch(/mrkdwn|"user"|"link"/);
});

test("control characters and marks that turn the writing around are made visible", () => {
  expect(clean("a\u0000b\u001b[31mc\u007fd")).toBe("a␀b␛[31mc␡d");
  expect(clean("safe\u202egpj.exe")).toBe("safe⟨U+202E⟩gpj.exe");
  expect(clean("zero\u200bwidth\ufeff")).toBe("zero⟨U+200B⟩width⟨U+FEFF⟩");
  expect(clean("line\r\nbreak\ttab")).toBe("line\nbreak\ttab");
  expect(clean("half \ud800 pair")).toBe("half \ufffd pair");
});

test("columns are as wide as their widest cell, as it looks on the screen", () => {
  const { head, lines } = tableLines(
    ["NAME", "STATE"],
    [
      ["web1", "RUNNING"],
      ["日本", "STOPPED"],
      ["multi\nline", "ERROR"],
    ],
  );
  expect([head, ...lines]).toEqual([
    "NAME        STATE",
    "web1        RUNNING",
    "日本        STOPPED",
    "multi⏎line  ERROR",
  ]);
  expect(widthOf("日本")).toBe(4);
  expect(widthOf("é")).toBe(1);
});

test("a long table is split with its head on each piece, and says how many rows were left out", () => {
  const rows = Array.from({ length: 500 }, (_, n) => [`web${n}`, "RUNNING", `10.0.0.${n}`, "x".repeat(20)]);
  const { blocks } = renderReply(
    reply({ type: "table", columns: ["NAME", "STATE", "IPV4", "WHAT"], rows }, { type: "note", text: "end" }),
  );
  const pieces = blocks.filter(({ type }) => type === "rich_text");
  expect(pieces.length).toBeGreaterThan(1);
  for (const piece of pieces) expect(letters(piece)).toMatch(/^NAME/);
  const shown = letters(pieces).match(/web\d+/g)?.length ?? 0;
  expect(letters(blocks)).toContain(`… and ${500 - shown} more`);
  expect(letters(blocks).endsWith("end")).toBe(true);
  expect(charactersOf(blocks)).toBeLessThanOrEqual(10_000);
});

test("buttons of the same action have ids of their own", () => {
  const button = { label: "x", action: "offer.run", value: "o" } as const;
  const { blocks } = renderReply(
    reply({ type: "buttons", buttons: [button, button] }, { type: "buttons", buttons: [button] }),
  );
  expect(JSON.stringify(blocks).match(/offer\.run(:\d)?"/g)).toEqual(['offer.run"', 'offer.run:2"', 'offer.run:3"']);
});

test("an over-long message keeps its buttons and says that it was cut", () => {
  const parts: Part[] = Array.from({ length: 80 }, (_, n) => ({ type: "text", text: `${n} ${"long ".repeat(200)}` }));
  const { blocks } = renderReply(
    reply(...parts, { type: "buttons", buttons: [{ label: "Go", action: "question.confirm", value: "a" }] }),
  );
  expect(blockProblems(blocks, "message")).toEqual([]);
  expect(charactersOf(blocks)).toBeLessThanOrEqual(10_000);
  expect(blocks.at(-1)?.type).toBe("actions");
  expect(letters(blocks)).toContain("the rest does not fit");
});

test("a summary is cut before it is escaped, so that no entity is torn", () => {
  const { text } = renderReply(say("&".repeat(5_000)));
  expect(text.length).toBeLessThanOrEqual(4_000);
  expect(text).toMatch(/^(&amp;)+…$/);
});

const anyText = fc.oneof(
  fc.string({ unit: "binary", maxLength: 200 }),
  fc.string({ maxLength: 20 }).map((piece) => piece.repeat(500)),
  fc.constant(hostile),
);
const anySpan: fc.Arbitrary<Span> = fc.oneof(
  anyText,
  anyText.map((code) => ({ code })),
  anyText.map((bold) => ({ bold })),
  anyText.map((user) => ({ user })),
  fc.constant({ user: "U0ALICE01" }),
  fc.record({ link: fc.oneof(fc.webUrl(), anyText), text: anyText }),
  fc.integer({ min: 0, max: 4e12 }).map((time) => ({ time })),
);
const spans = fc.array(anySpan, { maxLength: 15 });
const anyPart: fc.Arbitrary<Part> = fc.oneof(
  spans.map((text): Part => ({ type: "text", text })),
  spans.map((text): Part => ({ type: "note", text })),
  anyText.map((text): Part => ({ type: "header", text })),
  anyText.map((text): Part => ({ type: "code", text })),
  fc.array(spans, { maxLength: 120 }).map((items): Part => ({ type: "list", items })),
  fc.array(fc.tuple(anyText, anyText), { maxLength: 10 }).map((fields): Part => ({ type: "fields", fields })),
  fc
    .array(fc.array(anyText, { maxLength: 4 }), { maxLength: 80 })
    .map((rows): Part => ({ type: "table", columns: ["A", "B", "C"], rows })),
  fc.constant<Part>({ type: "divider" }),
  anyText.map((label): Part => ({ type: "buttons", buttons: [{ label, action: "offer.run", value: "o-1" }] })),
);

test("whatever is said, Slack takes it", () => {
  fc.assert(
    fc.property(fc.array(anyPart, { maxLength: 60 }), anyText, (parts, summary) => {
      const { text, blocks } = renderReply({ summary, parts });
      expect(blockProblems(blocks, "message")).toEqual([]);
      expect(charactersOf(blocks)).toBeLessThanOrEqual(10_000);
      expect(text.length).toBeLessThanOrEqual(4_000);
      expect(text).not.toMatch(/[<>]/);
    }),
    { numRuns: 150 },
  );
});
