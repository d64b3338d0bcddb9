import { describe, expect, test } from "vitest";
import { z } from "zod";
import { argument, defineCommand, flag, option, type Parameters } from "../../src/pipeline/define.ts";
import { usageOf } from "../../src/pipeline/grammar/usage.ts";
import { createRegistry } from "../../src/pipeline/registry.ts";
import { say } from "../../src/pipeline/reply.ts";
import { testCommands } from "./commands.ts";

function declare({
  name = "try",
  aliases = [] as readonly string[],
  parameters = {} as Parameters,
  secrets = [] as readonly string[],
}) {
  return defineCommand({
    type: "answer",
    name,
    aliases,
    summary: "Try",
    parameters,
    secrets,
    examples: [],
    permission: "anyone",
    needs: [],
    run: async () => say("done"),
  });
}

const value = z.string();
const help = "it";

describe("a declaration that contradicts itself is found at start", () => {
  test.each([
    ["two commands of one name", [{}, {}], "two commands are named `try`"],
    ["an alias that is taken", [{}, { name: "go", aliases: ["try"] }], "two commands are named `try`"],
    ["a name in capital letters", [{ name: "Try" }], "`Try` is no name for a command"],
    ["a name that hides help", [{ name: "help me" }], "would hide the bot's own help"],
    ["an option named public", [{ parameters: { public: flag({ help }) } }], "`public` is the bot's own"],
    ["an option named help", [{ parameters: { help: flag({ help }) } }], "`help` is the bot's own"],
    ["the short form of help", [{ parameters: { host: flag({ help, short: "h" }) } }], "`-h` has two meanings"],
    [
      "one short form twice",
      [{ parameters: { aa: flag({ help, short: "a" }), bb: flag({ help, short: "a" }) } }],
      "`-a` has two meanings",
    ],
    [
      "one long form twice",
      [{ parameters: { dryRun: flag({ help }), "dry-run": flag({ help }) } }],
      "`--dry-run` has two meanings",
    ],
    ["a long form of one letter", [{ parameters: { x: flag({ help }) } }], "`--x` is no long option"],
    ["a short form of two letters", [{ parameters: { xx: flag({ help, short: "xx" }) } }], "`-xx` is no short option"],
    [
      "something behind an optional argument",
      [{ parameters: { a: argument({ value, help, optional: true }), b: argument({ value, help }) } }],
      "must be optional too",
    ],
    [
      "something behind many arguments",
      [{ parameters: { a: argument({ value, help, many: true }), b: argument({ value, help }) } }],
      "only the last argument",
    ],
    [
      "a secret that is no value",
      [{ parameters: { force: flag({ help }) }, secrets: ["force"] }],
      "no value `force` to keep secret",
    ],
  ])("%s", (_, declarations, why) => {
    expect(() => createRegistry(declarations.map((declaration) => declare(declaration)))).toThrow(why);
  });
});

describe("the registry", () => {
  test("finds the longest name", () => {
    const registry = createRegistry([declare({ name: "image" }), declare({ name: "image list" })]);
    expect(registry.find(["image", "list", "x"])).toMatchObject({ command: { name: "image list" }, used: 2 });
    expect(registry.find(["image", "x"])).toMatchObject({ command: { name: "image" }, used: 1 });
    expect(registry.find(["image list"])).toBeUndefined();
    expect(registry.find([])).toBeUndefined();
  });

  test("sorts commands under nouns", () => {
    const nouns = [...createRegistry(testCommands).nouns].map(([noun, commands]) => [
      noun,
      commands.map(({ name }) => name),
    ]);
    expect(nouns).toEqual([
      ["instance", ["launch", "stop", "list"]],
      ["remote", ["remote add", "remote list"]],
      ["general", ["version"]],
    ]);
  });
});

describe("the usage line", () => {
  test.each([
    ["launch", "launch IMAGE [INSTANCE] [-p PROFILE]… [-c KEY=VALUE]… [--project PROJECT] [flags]"],
    ["stop", "stop INSTANCE… [--timeout SECONDS] [-f]"],
    ["list", "list [FILTER]… [-f FORMAT]"],
    ["remote add", "remote add REMOTE TOKEN|ADDRESS [-t TOKEN] [-v]"],
    ["version", "version"],
  ])("of %s", (name, usage) => {
    expect(testCommands.filter((command) => command.name === name).map((command) => usageOf(command))).toEqual([usage]);
  });

  test("has an option's name in kebab case", () => {
    const parameters = { waitSeconds: option({ value, help, hint: "N" }), newName: argument({ value, help }) };
    expect(usageOf(declare({ parameters }))).toBe("try NEW-NAME [--wait-seconds N]");
  });
});
