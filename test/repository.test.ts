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

/** What a file of ours imports, as paths from the top; `import()` in types and at run time counts. */
function importsOf(file: string): readonly string[] {
  return [...read(file).matchAll(/(?:from |import\()"(\.[^"]+)"/g)].map(([, path = ""]) =>
    new URL(path, new URL(file, root)).pathname.slice(root.pathname.length),
  );
}

/** `src/lxd` for what stands in that folder, `src/config` for a file beside the folders. */
function partOf(path: string): string {
  const [top = "", second = ""] = path.split("/");
  return top === "src" ? `src/${second.replace(/\.ts$/, "")}` : top;
}

const base = ["src/errors", "src/clock", "src/log", "src/closest", "src/rerun"];

/** Who may import whom; the same table stands in ARCHITECTURE.md. What is not named may not be imported. */
const mayImport: Readonly<Record<string, readonly string[]>> = {
  "src/errors": [],
  "src/clock": [],
  "src/log": [],
  "src/closest": [],
  "src/rerun": [],
  "src/access": ["src/errors"],
  "src/people": ["src/errors"],
  "src/config": ["src/errors", "src/log"],
  db: ["src/errors", "src/clock"],
  "src/lxd": base,
  "src/remotes": [...base, "db", "src/lxd"],
  "src/inventory": [...base, "src/lxd", "src/remotes"],
  "src/audit": [...base, "db", "src/lxd"],
  "src/approvals": [...base, "db", "src/audit"],
  "src/jobs": [...base, "db", "src/lxd", "src/audit"],
  "src/steps": [...base, "db", "src/people", "src/lxd", "src/remotes", "src/jobs"],
  "src/pipeline": [
    ...base,
    "db",
    "src/access",
    "src/people",
    "src/lxd",
    "src/remotes",
    "src/inventory",
    "src/audit",
    "src/jobs",
  ],
  commands: [
    ...base,
    "db",
    "src/access",
    "src/people",
    "src/lxd",
    "src/remotes",
    "src/inventory",
    "src/audit",
    "src/jobs",
    "src/steps",
    "src/pipeline",
  ],
  "src/slack": [...base, "db", "src/people", "src/pipeline", "src/jobs"],
  "src/ops": [...base, "db", "src/config", "src/lxd", "src/remotes", "src/pipeline", "src/slack"],
  sandbox: ["test"],
};

describe("who may know what", () => {
  test.each([
    ["the environment", /process\.env\b/, ["src/config.ts"]],
    ["the database's driver", /(from |import\()"(better-sqlite3|kysely)/, ["db/"]],
    ["SQL", /\.(selectFrom|insertInto|updateTable|deleteFrom)\(/, ["db/"]],
    ["Slack's packages", /(from |import\()"@slack\//, ["src/slack/"]],
    ["undici", /(from |import\()"undici"/, ["src/lxd/"]],
    ["how to end the process", /process\.exit\(/, ["src/main.ts"]],
  ])("only its own folder knows %s", (_, pattern, allowed) => {
    expect(holding(pattern, outside(...allowed))).toEqual([]);
  });

  test("every part imports only what stands below it", () => {
    const free = new Set(["src/app", "src/main"]);
    const wrong = files.flatMap((file) => {
      const own = partOf(file);
      if (free.has(own)) return [];
      const allowed = mayImport[own] ?? [];
      return importsOf(file)
        .map((path) => partOf(path))
        .filter((part) => part !== own && !allowed.includes(part))
        .map((part) => `${file} imports ${part}`);
    });
    expect(wrong).toEqual([]);
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
      const used = sources.some((other) => other !== file && importsOf(other).includes(file));
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
