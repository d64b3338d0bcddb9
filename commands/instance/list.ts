import { targetOf } from "../../src/pipeline/authorize.ts";
import type { RemoteView } from "../../src/inventory/inventory.ts";
import { z } from "zod";
import { argument, defineCommand, flag, option } from "../../src/pipeline/define.ts";
import { stamps } from "../../src/steps/instance/identity.ts";
import type { Part, Text } from "../../src/pipeline/reply.ts";
import { columnNames, columns, defaultColumns, type ListedInstance } from "./list-columns.ts";
import { matcherOf, type Matcher } from "./list-filter.ts";
import { projectOption } from "./shared.ts";

const columnLetters = z.string().transform((text, context) => {
  const letters = text.replaceAll(",", "").split("");
  const unknown = letters.filter((letter) => !Object.hasOwn(columns, letter));
  if (unknown.length > 0) context.addIssue({ code: "custom", message: `the columns are ${columnNames()}` });
  return letters;
});
const format = z.enum(["table", "compact", "csv", "json"], "the formats are table, compact, csv and json");

export const list = defineCommand({
  type: "answer",
  name: "list",
  aliases: ["ls"],
  summary: "List instances of all remotes",
  description:
    "All remotes are asked at once; one that does not answer in two seconds is shown as it was last seen. A filter is the beginning of a name, a pattern with `*`, `REMOTE:`, or `key=value` (`status=running`, `type=container`, `ipv4=10.0.0.0/8`, any setting).",
  parameters: {
    filters: argument({ value: z.string(), optional: true, many: true, hint: "FILTER", help: "what to show" }),
    columns: option({ value: columnLetters, short: "c", hint: "COLUMNS", help: `letters: ${columnNames()}` }),
    format: option({ value: format, short: "f", hint: "FORMAT", help: "table, compact, csv or json" }),
    allProjects: flag({ help: "of all projects" }),
    project: projectOption,
  },
  examples: ["list", "list {remote}:", "list status=running", "list {instance} -c ns4mS"],
  permission: "instance.read",
  needs: ["inventory", "remotes", "resolve", "may"],
  run: async ({ args, use, signal }) => {
    const names = use.remotes.names;
    if (names.length === 0)
      await use.resolve.remote(undefined, { project: undefined, typed: (name) => `list ${name}:` });
    const matchers = args.filters.map((filter) => matcherOf(filter, names));
    const wantedRemotes = matchers.flatMap(({ remote }) => (remote === undefined ? [] : [remote]));
    const unknown = wantedRemotes.find((remote) => !names.includes(remote));
    if (unknown !== undefined) throw use.remotes.unknown(unknown);
    const asked = wantedRemotes.length === 0 ? names : names.filter((name) => wantedRemotes.includes(name));
    const views = await use.inventory.fresh(asked, signal);
    const project = args.allProjects ? undefined : (args.project ?? "default");
    const rows = views
      .flatMap((view) =>
        view.instances.map((instance): ListedInstance => ({
          remote: view.remote,
          stale: view.state !== "live",
          instance,
        })),
      )
      .filter(({ instance }) => project === undefined || instance.project === project)
      .filter((row) => matchesAll(row, matchers))
      .filter(({ remote, instance }) => {
        const resource = { kind: "instance", remote, project: instance.project, name: instance.name } as const;
        return use.may("instance.read", targetOf(resource, instance.config[stamps.owner])).allow;
      })
      .toSorted((a, b) => (a.remote + a.instance.name < b.remote + b.instance.name ? -1 : 1));
    const letters = args.columns ?? (args.allProjects ? ["e", ...defaultColumns] : defaultColumns);
    return {
      summary: `${rows.length} ${rows.length === 1 ? "instance" : "instances"} on ${asked.join(", ")}`,
      parts: [shown(rows, letters, args.format ?? "table"), ...views.flatMap(troubleOf)],
    };
  },
});

/** Filters of one kind are alternatives (two names), of different kinds conditions, as with `lxc list`. */
function matchesAll(row: ListedInstance, matchers: readonly Matcher[]): boolean {
  const kinds = Map.groupBy(matchers, ({ kind }) => kind);
  return [...kinds.values()].every((alternatives) => alternatives.some(({ matches }) => matches(row)));
}

function shown(rows: readonly ListedInstance[], letters: readonly string[], as: z.infer<typeof format>): Part {
  const used = letters.flatMap((letter) =>
    Object.hasOwn(columns, letter) ? [columns[letter as keyof typeof columns]] : [],
  );
  const cells = rows.map((row) => used.map(({ value }) => value(row)));
  switch (as) {
    case "json":
      return {
        type: "code",
        text: JSON.stringify(
          rows.map((row) =>
            Object.fromEntries([
              ["remote", row.remote],
              ...used.map(({ title, value }) => [title.toLowerCase(), value(row)]),
            ]),
          ),
          null,
          1,
        ),
      };
    case "csv":
      return { type: "code", text: cells.map((line) => line.map(csvCell).join(",")).join("\n") || " " };
    case "table":
    case "compact":
      if (rows.length === 0) return { type: "text", text: "There is no instance here that you may see and that fits." };
      return { type: "table", columns: used.map(({ title }) => title), rows: cells };
    default:
      return as satisfies never;
  }
}

/** A cell that a spreadsheet would run as a formula is made text. */
function csvCell(cell: string): string {
  const tame = /^[=+\-@\t]/.test(cell) ? `'${cell}` : cell;
  return /[",\n]/.test(tame) ? `"${tame.replaceAll('"', '""')}"` : tame;
}

function troubleOf(view: RemoteView): readonly Part[] {
  if (view.state === "live") return [];
  const text: Text =
    view.at === undefined
      ? ["⚠️ ", { code: view.remote }, ` cannot be asked: ${view.error ?? "no answer yet"}.`]
      : [
          "⚠️ ",
          { code: view.remote },
          ` does not answer (${view.error ?? "no answer"}); its rows are as of `,
          { time: view.at },
          ".",
        ];
  return [{ type: "text", text }];
}
