import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { normalise } from "../../../src/pipeline/grammar/normalise.ts";
import { parseCommand } from "../../../src/pipeline/grammar/parse.ts";
import { quoteWord } from "../../../src/pipeline/grammar/tokenise.ts";
import { createRegistry } from "../../../src/pipeline/registry.ts";
import { testCommands } from "../commands.ts";
import { refusalIfAny } from "../user-error.ts";

const registry = createRegistry(testCommands);
const runs = { numRuns: 1000 };

const name = fc.stringMatching(/^[a-z][a-z0-9]{0,9}$/);
const anyValue = fc.string({ unit: "grapheme", minLength: 1, maxLength: 12 });

/** One option or flag of `launch` in one of its spellings, and what it shall become. */
interface Piece {
  readonly words: readonly string[];
  readonly profile?: string;
  readonly config?: readonly [string, string];
}

function spelled(long: string, short: string, value: string): fc.Arbitrary<readonly string[]> {
  const joined = [[`--${long}=${value}`], [`-${short}=${value}`]];
  const separate = [
    [`--${long}`, value],
    [`-${short}`, value],
  ];
  // a value of that kind must be joined by an equals sign, and `-profile` is taken for a mistyped `--profile`
  if (value.startsWith("-")) return fc.constantFrom(...joined);
  if (value.startsWith("=") || `${short}${value}`.startsWith(long)) return fc.constantFrom(...joined, ...separate);
  return fc.constantFrom(...joined, ...separate, [`-${short}${value}`]);
}

const profilePiece = anyValue.chain((profile) =>
  spelled("profile", "p", profile).map((words): Piece => ({ words, profile })),
);
const configPiece = fc
  .tuple(name, anyValue)
  .chain(([key, value]) =>
    spelled("config", "c", `${key}=${value}`).map((words): Piece => ({ words, config: [key, value] })),
  );
const flagWords = fc.uniqueArray(fc.constantFrom("ephemeral", "quiet", "dryRun"));

const invocation = fc
  .record({
    image: name,
    instance: fc.option(name, { nil: undefined }),
    pieces: fc.array(fc.oneof(profilePiece, configPiece), { maxLength: 5 }),
    flags: flagWords,
    places: fc.array(fc.nat(), { minLength: 8, maxLength: 8 }),
  })
  .map((given) => {
    const spelling = { ephemeral: "-e", quiet: "--quiet=true", dryRun: "--dry-run" } as const;
    const groups = [...given.pieces.map(({ words }) => words), ...given.flags.map((flag) => [spelling[flag]])];
    const positional = given.instance === undefined ? [given.image] : [given.image, given.instance];
    return { ...given, words: interleave(positional, groups, given.places) };
  });

/** The arguments keep their order, the options theirs, and where they mix is left to chance. */
function interleave(
  positional: readonly string[],
  groups: readonly (readonly string[])[],
  places: readonly number[],
): readonly string[] {
  const result: (readonly string[])[] = positional.map((word) => [word]);
  let from = 0;
  for (const [index, group] of groups.entries()) {
    from += (places[index] ?? 0) % (result.length - from + 1);
    result.splice(from, 0, group);
    from += 1;
  }
  return result.flat();
}

describe("the grammar", () => {
  test("reads back what was written, in every spelling and order", () => {
    fc.assert(
      fc.property(invocation, ({ image, instance, pieces, flags, words }) => {
        const text = ["launch", ...words].map((word) => quoteWord(word)).join(" ");
        const parsed = parseCommand(registry, text);
        expect(parsed).toMatchObject({ type: "command", words: ["launch", ...words], secretsMasked: text });
        expect(parsed).toHaveProperty("args", {
          image: { name: image },
          instance: instance === undefined ? undefined : { name: instance },
          profile: pieces.flatMap(({ profile }) => (profile === undefined ? [] : [profile])),
          config: pieces.flatMap(({ config }) => (config === undefined ? [] : [config])),
          project: undefined,
          ephemeral: flags.includes("ephemeral"),
          quiet: flags.includes("quiet"),
          dryRun: flags.includes("dryRun"),
        });
      }),
      runs,
    );
  });

  test("refuses whatever it does not know by a `UserError`, and throws nothing else", () => {
    const fragment = fc.oneof(
      fc.string({ unit: "binary", maxLength: 8 }),
      fc.constantFrom(
        "launch",
        "stop",
        "remote",
        "add",
        "help",
        "-",
        "--",
        "-p",
        "-p=",
        "-fq",
        "--public",
        "=",
        '"',
        "'",
        "\\",
      ),
      fc.constantFrom("__proto__", "constructor", "--__proto__", "--constructor", "--force=constructor"),
    );
    const text = fc.array(fragment, { maxLength: 12 }).map((fragments) => fragments.join(" "));
    fc.assert(
      fc.property(text, fc.boolean(), (typed, sent) => {
        refusalIfAny(() => parseCommand(registry, sent ? normalise(typed) : typed));
      }),
      runs,
    );
  });

  test("accepts no option that is not declared", () => {
    const known = new Set(["--timeout", "--force", "--help"]);
    const long = fc.stringMatching(/^--[a-zA-Z0-9_][a-zA-Z0-9_-]{0,12}$/).filter((option) => !known.has(option));
    const short = fc.stringMatching(/^-[a-zA-Z0-9_]$/).filter((option) => !["-f", "-h"].includes(option));
    fc.assert(
      fc.property(fc.oneof(long, short), fc.constantFrom("", "=x", " x"), fc.boolean(), (option, value, first) => {
        const text = first ? `stop ${option}${value} web1` : `stop web1 ${option}${value}`;
        expect(() => parseCommand(registry, text)).toThrow(expect.objectContaining({ code: "option-unknown" }));
      }),
      runs,
    );
  });

  test("offers only commands that it takes", () => {
    const mistype = fc.tuple(
      fc.constantFrom("launch busybox", "list --format csv", "remote list", "version"),
      fc.nat(),
      fc.nat(),
    );
    fc.assert(
      fc.property(mistype, ([right, place, letter]) => {
        const at = place % right.length;
        const text = right.slice(0, at) + String.fromCharCode(97 + (letter % 26)) + right.slice(at + 1);
        const offers = refusalIfAny(() => parseCommand(registry, text))?.offers ?? [];
        const again = offers.map((offer) => refusalIfAny(() => parseCommand(registry, offer.text))?.code);
        expect(again).not.toContain("command-unknown");
        expect(offers.map((offer) => offer.text)).not.toContain(text);
      }),
      runs,
    );
  });
});
