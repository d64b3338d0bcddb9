import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { quoteWord, tokenise } from "../../../src/pipeline/grammar/tokenise.ts";
import { refusalOf } from "../user-error.ts";

function wordsOf(text: string): readonly string[] {
  return tokenise(text).map((token) => token.text);
}

describe("words", () => {
  test.each([
    ["are split at spaces", "  a  b\tc\nd ", ["a", "b", "c", "d"]],
    ["keep spaces in quotes", `a "b c" 'd e'`, ["a", "b c", "d e"]],
    ["are joined where quotes touch", `-c user.note="a b"'c d'`, ["-c", "user.note=a bc d"]],
    ["may be empty", `"" ''`, ["", ""]],
    ["keep everything in single quotes", `'a\\"b'`, [`a\\"b`]],
    ["know two escapes in double quotes", `"a\\"b\\\\c\\d"`, [`a"b\\c\\d`]],
    ["keep an escaped character outside of quotes", `a\\ b \\"c`, ["a b", `"c`]],
    ["may end in a backslash", "a\\", ["a\\"]],
    ["are never expanded", "$HOME *.txt `id` $(id)", ["$HOME", "*.txt", "`id`", "$(id)"]],
  ])("%s", (_, text, words) => {
    expect(wordsOf(text)).toEqual(words);
  });

  test("know where they stood", () => {
    expect(tokenise(`a "b c"`)).toEqual([
      { text: "a", start: 0, end: 1 },
      { text: "b c", start: 2, end: 7 },
    ]);
  });

  test("are read back as they were quoted, whatever is in them", () => {
    fc.assert(
      fc.property(fc.array(fc.string({ unit: "binary" })), (words) => {
        expect(wordsOf(words.map((word) => quoteWord(word)).join(" "))).toEqual(words);
      }),
    );
  });
});

describe("an open quotation mark", () => {
  test("is refused, and shown where it stands", () => {
    const error = refusalOf(() => tokenise(`launch b -c "user.note=a long note that goes on`));
    expect(error.code).toBe("quote-unterminated");
    expect(error.why).toBe('It is character 13 of the command: `"user.note=a long no…`');
    expect(error.next).toContain('\\"');
  });

  test("of the other kind does not close it", () => {
    expect(refusalOf(() => tokenise(`it's "fine"`)).message).toBe("A quotation mark (') is opened and not closed.");
  });
});
