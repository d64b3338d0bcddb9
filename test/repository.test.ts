import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { commands } from "../commands/index.ts";
import { environmentVariables } from "../src/config.ts";
import { errorCodes } from "../src/errors.ts";
import { createRegistry } from "../src/pipeline/registry.ts";
import { parseCommand } from "../src/pipeline/grammar/parse.ts";

const root = new URL("../", import.meta.url);
const files = ["src", "commands", "db", "sandbox"].flatMap((folder) =>
  readdirSync(new URL(folder, root), { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts"))
    .map((name) => `${folder}/${name}`),
);
const read = (file: string): string => readFileSync(new URL(file, root), "utf8");

/** The files that hold something, apart from those that may. */
function holding(pattern: RegExp, where: (file: string) => boolean): readonly string[] {
  return files.filter((file) => where(file) && pattern.test(read(file)));
}
const outside =
  (...allowed: readonly string[]) =>
  (file: string): boolean =>
    !file.startsWith("sandbox/") && !allowed.some((prefix) => file.startsWith(prefix));

describe("who may know what", () => {
  test.each([
    ["the environment", /process\.env\b/, ["src/config.ts"]],
    ["the database's driver", /from "(better-sqlite3|kysely)/, ["db/"]],
    ["SQL", /\.(insertInto|updateTable|deleteFrom)\(/, ["db/"]],
    ["Slack's packages", /from "@slack\//, ["src/slack/"]],
    ["undici", /from "undici"/, ["src/lxd/"]],
    ["how to end the process", /process\.exit\(/, ["src/main.ts"]],
  ])("only its own folder knows %s", (_, pattern, allowed) => {
    expect(holding(pattern, outside(...allowed))).toEqual([]);
  });

  test("the sandbox imports nothing of the bot", () => {
    expect(holding(/from "(\.\.\/)+(src|commands|db)\//, (file) => file.startsWith("sandbox/"))).toEqual([]);
  });

  /** folder → the folders of `src/` that it must not import, from the table in ARCHITECTURE.md. */
  test.each([
    ["src/access/", /from "\.\.\/(?!errors)/],
    ["src/lxd/", /from "(\.\.\/)+(remotes|inventory|people|audit|jobs|approvals|steps|pipeline|slack|ops)\//],
    ["src/jobs/", /from "\.\.\/(approvals|steps|pipeline|slack|ops)\//],
    ["src/approvals/", /from "\.\.\/(jobs|steps|pipeline|slack|ops)\//],
    ["src/steps/", /from "(\.\.\/)+(approvals|pipeline|slack|ops)\//],
    ["src/pipeline/", /from "(\.\.\/)+(slack|ops)\//],
    ["commands/", /from "(\.\.\/)+src\/(slack|ops|app|main)/],
    ["db/", /from "\.\.\/src\/(?!errors|clock)/],
  ])("%s imports only what stands below it", (folder, forbidden) => {
    expect(holding(forbidden, (file) => file.startsWith(folder))).toEqual([]);
  });
});

/** The first column of a table, where it is code. */
const firstCells = (file: string): readonly string[] =>
  [...read(file).matchAll(/^\| `([^`]+)` \|/gm)].map(([, cell]) => cell ?? "");

describe("what is written down is what is there", () => {
  test("docs/errors.md lists every error code", () => {
    expect(firstCells("docs/errors.md")).toEqual(Object.keys(errorCodes));
  });

  test("docs/operating.md lists every environment variable", () => {
    expect(firstCells("docs/operating.md")).toEqual(Object.keys(environmentVariables));
  });

  test("every command's file is in the list, or serves one that is", () => {
    const index = read("commands/index.ts");
    const sources = files.filter((file) => file.startsWith("commands/") && file !== "commands/index.ts");
    const lost = sources.filter((file) => {
      const name = file.slice("commands/".length);
      const declares = read(file).includes("defineCommand(");
      const used = sources.some((other) => other !== file && read(other).includes(`/${name.split("/").at(-1) ?? ""}"`));
      return declares ? !index.includes(`"./${name}"`) : !used;
    });
    expect(lost).toEqual([]);
  });

  test("every example of every command can be typed", () => {
    const registry = createRegistry(commands);
    const own = { remote: "lxd1", instance: "web1", image: "busybox", other: "lxd2" };
    const token = "x".repeat(80);
    for (const command of commands) {
      for (const example of command.examples) {
        const text = example
          .replace(/\{(remote|instance|image|other)\}/g, (_, name: keyof typeof own) => own[name])
          .replace("TOKEN", token)
          .replace("@bob", "<@U0BOB0001>");
        expect({ text, ...parseCommand(registry, text) }).toMatchObject({
          text,
          type: "command",
          command: { name: command.name },
        });
      }
    }
  });
});
