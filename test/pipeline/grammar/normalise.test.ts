import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { maxCommandCharacters, normalise } from "../../../src/pipeline/grammar/normalise.ts";
import { refusalIfAny, refusalOf } from "../user-error.ts";

/** What Slack does to the three letters that its markup is made of. */
function slackEscape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

describe("what Slack and phones made of a command is undone", () => {
  test.each([
    ["a non-breaking space", "launch\u00A0busybox", "launch busybox"],
    ["other Unicode spaces", "launch\u2003busybox\u3000web1\u2028", "launch busybox web1"],
    ["spaces around it", "  list  ", "list"],
    ["smart double quotes", "launch b -c “user.note=a b”", 'launch b -c "user.note=a b"'],
    ["smart single quotes", "launch b -c ‘user.note=a b’", "launch b -c 'user.note=a b'"],
    ["German and French quotes", "list „a b“ «c»", 'list "a b" "c"'],
    ["an em dash", "stop web1 —force", "stop web1 --force"],
    ["an en dash made from two", "launch b –project x", "launch b --project x"],
    ["a dash at the very start", "—help", "--help"],
    ["a dash before one letter", "launch b –p web", "launch b -p web"],
    ["a dash before one letter and a value", "launch b —p=web", "launch b -p=web"],
    ["a dash that stands alone", "launch b — x", "launch b -- x"],
    ["a dash followed by a hyphen", "stop web1 –-force", "stop web1 --force"],
    ["dashes inside of words stay", "start web–1", "start web–1"],
    ["dashes inside of quotes stay", 'launch b -c "user.note=x — y"', 'launch b -c "user.note=x — y"'],
    ["a non-breaking hyphen", "start web\u20111", "start web-1"],
    ["a link", "remote add a <http://lxd.example.com|lxd.example.com>", "remote add a lxd.example.com"],
    ["a link inside of a word", "start <http://a.de|a.de>:web1", "start a.de:web1"],
    ["a link without a label", "remote add a <https://10.0.0.1:8443>", "remote add a https://10.0.0.1:8443"],
    ["a link with an entity", "x <https://a/?b=1&amp;c=2|https://a/?b=1&amp;c=2>", "x https://a/?b=1&c=2"],
    ["a mail address", "x <mailto:a@b.de|a@b.de> <mailto:c@d.de>", "x a@b.de c@d.de"],
    ["a person", "access grant <@U1|bob> operator", "access grant <@U1> operator"],
    ["a channel", "access grant <#C1|ops>", "access grant <#C1>"],
    ["a user group", "access grant <!subteam^S1|@ops>", "access grant <!subteam^S1>"],
    ["a call to everyone is only text", "list <!here> <!channel|channel>", "list @here @channel"],
    ["entities, once", "list a&amp;b &lt;c&gt; &amp;lt;", "list a&b <c> &lt;"],
    ["backticks around it", "`launch busybox`", "launch busybox"],
    ["a fence around it", "```\nlaunch busybox\n```", "launch busybox"],
    ["backticks inside of it stay", "list `a` `b`", "list `a` `b`"],
    ["zero-width characters", "\uFEFFlaunch\u200B busy\u00ADbox", "launch busybox"],
    ["line ends stay one kind", 'launch b -c "a=x\r\ny"', 'launch b -c "a=x\ny"'],
  ])("%s", (_, sent, typed) => {
    expect(normalise(sent)).toBe(typed);
  });

  test("everything that can be typed arrives as it was typed", () => {
    const typed = fc.string({ unit: "grapheme-ascii" }).filter((text) => !/^\s|\s$|^`+[^`]*`+$/.test(text));
    fc.assert(
      fc.property(typed, (text) => {
        expect(normalise(slackEscape(text))).toBe(text);
      }),
    );
  });

  test("a second time changes nothing, but for entities that were typed", () => {
    const piece = fc.constantFrom(
      ..."launch|web1|“a|b”|‘|’|—force|–p|—|\u00A0|\u200B| |\n|-|--|`|<@U1|bob>|<#C1>|<!here>|\\|\"|'|=".split("|"),
      "<https://a.de|a.de>",
      "<mailto:a@b|a@b>",
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 20 }), (pieces) => {
        const once = normalise(pieces.join(""));
        expect(normalise(once)).toBe(once);
      }),
      { numRuns: 2000 },
    );
  });
});

describe("what cannot be read is refused", () => {
  test.each([
    ["a control character", "list \u0007", "U+0007"],
    ["an escape sequence", "list \u001B[31m", "U+001B"],
    ["a NUL", "list \0", "U+0000"],
    ["half a surrogate pair", "list \uD800", "U+D800"],
    ["an invisible tag", "list \u{E0041}", "U+E0041"],
  ])("%s", (_, text, code) => {
    const error = refusalOf(() => normalise(text));
    expect(error.code).toBe("argument-invalid");
    expect(error.message).toContain(`(${code}, place 6)`);
  });

  test("a character that turns the direction, with the reason", () => {
    const error = refusalOf(() => normalise("delete \u202Ebew"));
    expect(error.code).toBe("argument-invalid");
    expect(error.why).toMatch(/direction of the text/);
  });

  test("a command of 4,000 characters, with both numbers", () => {
    const error = refusalOf(() => normalise(`list ${"x".repeat(3995)}`));
    expect(error.code).toBe("command-too-long");
    expect(error.message).toBe("The command has 4000 characters; the bot reads at most 3000.");
  });

  test("the limit is counted in what was typed, not in what Slack made of it", () => {
    expect(normalise("&amp;".repeat(maxCommandCharacters))).toHaveLength(maxCommandCharacters);
    expect(refusalOf(() => normalise("&amp;".repeat(maxCommandCharacters + 1))).code).toBe("command-too-long");
  });

  test("emoji and their joiners are not", () => {
    expect(normalise("list 👩\u200D💻")).toBe("list 👩\u200D💻");
  });

  test("nothing else is ever thrown", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        refusalIfAny(() => normalise(text));
      }),
    );
  });
});
