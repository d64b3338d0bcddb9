import { describe, expect, test } from "vitest";
import { parseCommand, type Parsed } from "../../../src/pipeline/grammar/parse.ts";
import { createRegistry } from "../../../src/pipeline/registry.ts";
import { testCommands } from "../commands.ts";
import { refusalOf } from "../user-error.ts";

const registry = createRegistry(testCommands);

function commandOf(text: string): Extract<Parsed, { type: "command" }> {
  const parsed = parseCommand(registry, text);
  if (parsed.type !== "command") throw new Error("it is not a command");
  return parsed;
}

/** What was given, without what was not. */
function argsOf(text: string): Record<string, unknown> {
  const given = Object.entries(commandOf(text).args).filter(
    ([, value]) => value !== undefined && value !== false && !(Array.isArray(value) && value.length === 0),
  );
  return Object.fromEntries(given);
}

function topicOf(text: string): string | undefined {
  const parsed = parseCommand(registry, text);
  if (parsed.type !== "help") throw new Error("it is not help");
  return parsed.of?.type === "command" ? parsed.of.command.name : parsed.of?.noun;
}

const busybox = { name: "busybox" };
const web1 = { name: "web1" };

describe("options stand where lxc takes them, in every spelling", () => {
  test.each([
    ["the arguments alone", "launch busybox web1", { image: busybox, instance: web1 }],
    [
      "remotes in names",
      "launch lxd1:busybox lxd2:",
      { image: { source: "lxd1", name: "busybox" }, instance: { remote: "lxd2", name: "" } },
    ],
    ["behind the arguments", "launch busybox web1 -p a", { image: busybox, instance: web1, profile: ["a"] }],
    ["before them", "launch -p a busybox web1", { image: busybox, instance: web1, profile: ["a"] }],
    ["between them", "launch busybox --profile=a web1", { image: busybox, instance: web1, profile: ["a"] }],
    [
      "several times where that has a meaning",
      "launch busybox -p a --profile b",
      { image: busybox, profile: ["a", "b"] },
    ],
    ["a value joined to the letter", "launch busybox -pdefault", { image: busybox, profile: ["default"] }],
    ["a value joined by an equals sign", "launch busybox -p=default", { image: busybox, profile: ["default"] }],
    ["equals signs in the value", "launch busybox -c a.b=c=d", { image: busybox, config: [["a.b", "c=d"]] }],
    ["letters in one word", "launch busybox -eq", { image: busybox, ephemeral: true, quiet: true }],
    [
      "the last of them with a value",
      "launch busybox -eqp a",
      { image: busybox, ephemeral: true, quiet: true, profile: ["a"] },
    ],
    [
      "the last of them with a joined value",
      "launch busybox -eqpa",
      { image: busybox, ephemeral: true, quiet: true, profile: ["a"] },
    ],
    ["a flag that is said to be true", "launch busybox --ephemeral=true", { image: busybox, ephemeral: true }],
    ["a flag that is said to be false", "launch busybox -e=0", { image: busybox }],
    ["two words in the name of a flag", "launch busybox --dry-run", { image: busybox, dryRun: true }],
    ["quotes", `launch busybox -c 'user.note=a "b"'`, { image: busybox, config: [["user.note", 'a "b"']] }],
    ["a value that begins with a dash", "launch busybox --project=-x", { image: busybox, project: "-x" }],
    ["numbers below zero are values", "list -- -1", { filters: ["-1"] }],
    ["nothing behind two dashes", "list a -- --format -f", { filters: ["a", "--format", "-f"] }],
    ["a single dash is a word", "list -", { filters: ["-"] }],
    [
      "as many arguments as there are",
      "stop web1 lxd1:web2 --timeout 5 -f",
      { instances: [web1, { remote: "lxd1", name: "web2" }], timeout: 5, force: true },
    ],
  ])("%s", (_, text, args) => {
    expect(argsOf(text)).toEqual(args);
  });

  test("what is not given is undefined, false or an empty list", () => {
    expect(commandOf("launch busybox").args).toEqual({
      image: busybox,
      instance: undefined,
      profile: [],
      config: [],
      project: undefined,
      ephemeral: false,
      dryRun: false,
      quiet: false,
    });
  });
});

describe("commands are found", () => {
  test.each([
    ["list", "list"],
    ["ls", "list"],
    ["remote ls", "remote list"],
    ["Remote LIST", "remote list"],
    ["start-new busybox", "launch"],
  ])("%s is %s", (text, name) => {
    expect(commandOf(text).command.name).toBe(name);
  });

  test("--public is for answers, before or behind the name", () => {
    expect(commandOf("list --public").public).toBe(true);
    expect(commandOf("--public remote list").public).toBe(true);
    expect(commandOf("list").public).toBe(false);
    const error = refusalOf(() => commandOf("stop web1 --public"));
    expect(error.code).toBe("option-unknown");
    expect(error.why).toMatch(/Everyone in the channel/);
  });
});

describe("help is asked for", () => {
  test.each([
    ["help", undefined],
    ["--help", undefined],
    ["-h", undefined],
    ["help launch", "launch"],
    ["help ls", "list"],
    ["launch --help", "launch"],
    ["launch busybox --nonsense -h", "launch"],
    ["--help remote add", "remote add"],
    ["stop web1 -fh", "stop"],
    ["help remote", "remote"],
    ["remote", "remote"],
    ["remote help", "remote"],
    ["remote -h", "remote"],
    ["instance", "instance"],
    ["help general", "general"],
  ])("%s", (text, topic) => {
    expect(topicOf(text)).toBe(topic);
  });

  test("but not behind two dashes", () => {
    expect(argsOf("list -- --help")).toEqual({ filters: ["--help"] });
  });

  test("and for what does not exist there is a suggestion", () => {
    const error = refusalOf(() => parseCommand(registry, "help lanch"));
    expect(error.code).toBe("command-unknown");
    expect(error.offers).toEqual([{ label: "/lxd help launch", text: "help launch" }]);
  });
});

describe("a mistake is named, with what to do next", () => {
  const launchUsage =
    "Usage: `/lxd launch IMAGE [INSTANCE] [-p PROFILE]… [-c KEY=VALUE]… [--project PROJECT] [flags]`. `/lxd help launch` explains it.";

  test.each([
    ["nothing", "  ", "command-empty", "Nothing was typed after `/lxd`."],
    ["no such command", "xyzzy web1", "command-unknown", "There is no command `xyzzy`."],
    ["no such verb", "remote shrink web1", "command-unknown", "`remote` has no command `shrink`."],
    [
      "an option without a command",
      "--project a list",
      "command-unknown",
      "A command begins with its name, not with `--project`.",
    ],
    ["no such option", "stop web1 --kill", "option-unknown", "`stop` has no option `--kill`."],
    ["no such letter", "stop web1 -fx", "option-unknown", "`stop` has no option `-x`."],
    ["a number is no option", "stop web1 -1", "option-unknown", "`stop` has no option `-1`."],
    ["a long option with one dash", "launch b -profile a", "option-unknown", "`launch` has no option `-profile`."],
    ["a value is missing at the end", "launch b --project", "option-value", "`--project` lacks its value."],
    ["a value is missing before an option", "launch b -p --ephemeral", "option-value", "`-p` lacks its value."],
    ["a value is missing before two dashes", "launch b -p -- web1", "option-value", "`-p` lacks its value."],
    ["an option twice", "launch b --project a --project b", "option-value", "`--project` is given twice."],
    ["a flag twice", "stop web1 -f --force", "option-value", "`--force` is given twice."],
    ["a flag with a value", "stop web1 --force=yes", "option-value", "`--force` takes no value but true or false."],
    [
      "a flag with a word of JavaScript",
      "stop web1 -f=constructor",
      "option-value",
      "`-f` takes no value but true or false.",
    ],
    ["an argument is missing", "launch", "argument-missing", "`launch` needs `IMAGE`: the image."],
    ["the one of many is missing", "stop -f", "argument-missing", "`stop` needs `INSTANCE`: which."],
    ["an argument too many", "launch b web1 extra", "argument-extra", "`extra` is one word too many for `launch`."],
    [
      "a name that LXD refuses",
      "launch b web_1",
      "argument-invalid",
      "`web_1` cannot be `INSTANCE`: a name is made of letters, digits and dashes.",
    ],
    [
      "an empty name",
      'stop ""',
      "argument-invalid",
      "An empty word cannot be `INSTANCE`: a name has at least one character.",
    ],
    ["no number", "stop web1 --timeout soon", "argument-invalid", "`soon` cannot be `--timeout`: it must be a number."],
    [
      "no whole number",
      "stop web1 --timeout 1.5",
      "argument-invalid",
      "`1.5` cannot be `--timeout`: it must be a whole number.",
    ],
    [
      "too small a number",
      "stop web1 --timeout=-1",
      "argument-invalid",
      "`-1` cannot be `--timeout`: it is at least 0.",
    ],
    [
      "none of the choices",
      "list -f json",
      "argument-invalid",
      "`json` cannot be `--format`: it is one of `table`, `csv`.",
    ],
    [
      "backticks in a value",
      "launch b 'a`b'",
      "argument-invalid",
      "`a'b` cannot be `INSTANCE`: a name is made of letters, digits and dashes.",
    ],
  ])("%s", (_, text, code, what) => {
    const error = refusalOf(() => parseCommand(registry, text));
    expect({ code: error.code, what: error.message }).toEqual({ code, what });
    expect(error.next).toBeTruthy();
  });

  test("the usage line is what comes next", () => {
    expect(refusalOf(() => parseCommand(registry, "launch")).next).toBe(launchUsage);
  });

  test("a mistyped command is offered in its right form, with the rest as it was typed", () => {
    const error = refusalOf(() => parseCommand(registry, `lanch  busybox -c "user.a=b c"`));
    expect(error.next).toBe("Did you mean `launch`? `/lxd help` lists the commands.");
    expect(error.offers.map(({ text }) => text)).toEqual([`launch  busybox -c "user.a=b c"`]);
  });

  test.each([
    ["del web1", []],
    ["lis", ["list"]],
    ["remote lst", ["remote list"]],
    ["remote-list", ["remote list"]],
    ["list-remote", ["remote list"]],
    ["remotes list", ["remote list"]],
    ["instance stop web1", ["stop web1"]],
    ["verison", ["version"]],
  ])("%s may have meant %j", (text, meant) => {
    expect(refusalOf(() => parseCommand(registry, text)).offers.map((offer) => offer.text)).toEqual(meant);
  });

  test.each([
    ["launch b --profil=a -e", "launch b --profile=a -e"],
    ["launch b --profil 'a b'", "launch b --profile 'a b'"],
    ["launch b -profile a", "launch b --profile a"],
    ["launch b -P a", "launch b -p a"],
    ["list --pubic", "list --public"],
  ])("%s is offered as %s", (text, right) => {
    expect(refusalOf(() => parseCommand(registry, text)).offers.map((offer) => offer.text)).toContain(right);
  });
});

describe("a secret that was typed", () => {
  test.each([
    ["remote add lxd1 eyJhbGc", "remote add lxd1 ••••"],
    ["remote  add 'lxd1' \"eyJ hbGc\"  -v", "remote  add 'lxd1' ••••  -v"],
    ["remote add lxd1 unix --token=eyJhbGc", "remote add lxd1 •••• --token=••••"],
    ["remote add lxd1 unix --token eyJhbGc", "remote add lxd1 •••• --token ••••"],
    ["remote add -vteyJhbGc lxd1 -- unix", "remote add -vt•••• lxd1 -- ••••"],
  ])("in %s is masked", (text, masked) => {
    const parsed = commandOf(text);
    expect(parsed.secretsMasked).toBe(masked);
    expect(parsed.words.join(" ")).not.toMatch(/eyJ|unix/);
  });

  test("reaches the handler", () => {
    expect(argsOf("remote add lxd1 eyJhbGc")).toEqual({ remote: "lxd1", address: "eyJhbGc" });
  });

  test("is in no refusal and no offer", () => {
    const token = `ey${"J9".repeat(40)}`;
    for (const text of [
      `remote add ${token} lxd1`,
      `remote add lxd1 ${token} ${token}`,
      `remote add lxd1 unix --tokn=${token}`,
      `remote add lxd1 unix --token=x${token}`,
      `remote ad lxd1 ${token}`,
      `remote add lxd1 -x${token}`,
    ]) {
      const error = refusalOf(() => parseCommand(registry, text));
      expect(JSON.stringify([error.message, error.why, error.next, error.offers])).not.toContain(token.slice(0, 12));
    }
  });

  test("leaves other commands as they were typed", () => {
    const text = `launch  busybox -c "user.a=b c"`;
    expect(commandOf(text).secretsMasked).toBe(text);
    expect(commandOf(text).words).toEqual(["launch", "busybox", "-c", "user.a=b c"]);
  });
});
