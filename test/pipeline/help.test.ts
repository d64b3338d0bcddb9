import { describe, expect, test } from "vitest";
import type { Command } from "../../src/pipeline/define.ts";
import { parseCommand } from "../../src/pipeline/grammar/parse.ts";
import { helpReply, type HelpFacts } from "../../src/pipeline/help.ts";
import { createRegistry } from "../../src/pipeline/registry.ts";
import { plain, type Part, type Reply } from "../../src/pipeline/reply.ts";
import { testCommands } from "./commands.ts";

const registry = createRegistry(testCommands);

interface Asker {
  readonly may?: (command: Command) => boolean;
  readonly facts?: HelpFacts;
}

function ask(text: string, { may = () => true, facts = {} }: Asker = {}): Reply {
  const parsed = parseCommand(registry, text);
  if (parsed.type !== "help") throw new Error("it is not help");
  return helpReply({ registry, may, facts, ...(parsed.of === undefined ? {} : { of: parsed.of }) });
}

/** What a person reads. */
function linesOf(reply: Reply): readonly string[] {
  return reply.parts.flatMap((part: Part) => {
    if (part.type === "text" || part.type === "note") return [plain(part.text)];
    if (part.type === "list") return part.items.map((item) => `• ${plain(item)}`);
    if (part.type === "code") return part.text.split("\n");
    return [part.type];
  });
}

const viewer = (command: Command): boolean => command.permission.endsWith(".read") || command.permission === "anyone";

describe("the overview", () => {
  test("lists every command under its noun", () => {
    expect(linesOf(ask("help"))).toEqual([
      "Instance",
      "• launch Create and start an instance",
      "• stop Stop instances",
      "• list List instances",
      "Remote",
      "• remote add Add a remote",
      "• remote list List remotes",
      "General",
      "• version Say what runs",
      "/lxd help COMMAND explains one. You see the commands that you may use.",
    ]);
  });

  test("shows only what the asker may do", () => {
    const lines = linesOf(ask("help", { may: viewer }));
    expect(lines).toContain("• list List instances");
    expect(lines.join(" ")).not.toMatch(/launch|stop|remote add/);
  });

  test("of a noun is of it alone", () => {
    expect(linesOf(ask("remote", { may: viewer })).slice(0, -1)).toEqual(["Remote", "• remote list List remotes"]);
  });

  test("says so when there is nothing to show", () => {
    const reply = ask("help", { may: () => false });
    expect(reply.summary).toBe(
      "There is no command that you may use. An admin can grant you a role: `/lxd access grant`.",
    );
  });
});

describe("help for a command", () => {
  test("is made of its declaration, with this team's own names", () => {
    const facts = { remote: "prod", image: "debian:12", instance: "prod:shop" };
    expect(linesOf(ask("launch -h", { facts }))).toEqual([
      "launch Create and start an instance",
      "Takes an image (ubuntu:24.04).",
      "/lxd launch IMAGE [INSTANCE] [-p PROFILE]… [-c KEY=VALUE]… [--project PROJECT] [flags]",
      "Arguments",
      "• IMAGE the image",
      "• INSTANCE its name",
      "Options",
      "• -p, --profile PROFILE … a profile",
      "• -c, --config KEY=VALUE … a setting",
      "• --project PROJECT the project",
      "• -e, --ephemeral delete it when it stops",
      "• --dry-run only say what would happen",
      "• -q, --quiet say less",
      "• --public show the answer to everyone in the channel",
      "• -h, --help explain the command",
      "Examples",
      "/lxd launch debian:12 prod:web1 -p default",
      "/lxd launch debian:12",
      "Also: start-new",
    ]);
  });

  test("uses made-up names where the team has none, and every example can be typed", () => {
    for (const command of testCommands) {
      const reply = helpReply({ registry, of: { type: "command", command }, may: () => true, facts: {} });
      const examples = linesOf(reply).filter((line) => line.startsWith("/lxd ") && !/[[A-Z]{3}/.test(line));
      for (const example of examples) expect(parseCommand(registry, example.slice(5))).toMatchObject({ command });
    }
  });

  test("of a command that the asker may not use says only that", () => {
    expect(linesOf(ask("help launch", { may: viewer }))).toEqual([
      "You may not use launch (it needs instance.create). An admin can grant you a role.",
    ]);
  });
});
