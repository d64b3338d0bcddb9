import type { Command } from "./define.ts";
import { rulesOf, type OptionRule } from "./grammar/declaration.ts";
import type { Topic } from "./grammar/parse.ts";
import { usageOf } from "./grammar/usage.ts";
import type { Registry } from "./registry.ts";
import { prose, type Part, type Reply, type Text } from "./reply.ts";

/** This team's own names for the examples; absent where there is none yet. */
export interface HelpFacts {
  readonly remote?: string;
  readonly instance?: string;
  readonly image?: string;
  /** Another remote, for what goes from one to the other. */
  readonly other?: string;
}

export interface HelpQuestion {
  readonly registry: Registry;
  readonly of?: Topic;
  /** Whether the asker may use a command anywhere at all. */
  readonly may: (command: Command) => boolean;
  readonly facts: HelpFacts;
}

/** What stands in examples of a team that has nothing yet. */
const placeholders = {
  remote: "lxd1",
  instance: "web1",
  image: "busybox",
  other: "lxd2",
} as const satisfies Required<HelpFacts>;

/** Help from the declarations, limited to what the asker may do. It reads memory only: it is the acknowledgement's text. */
export function helpReply({ registry, of, may, facts }: HelpQuestion): Reply {
  if (of?.type === "command") return may(of.command) ? commandHelp(of.command, facts) : notForYou(of.command);
  const groups = [...registry.nouns].flatMap(([noun, commands]) => {
    const allowed = of === undefined || of.noun === noun ? commands.filter(may) : [];
    return allowed.length === 0 ? [] : [{ noun, commands: allowed }];
  });
  return overview(groups, of?.noun);
}

interface Group {
  readonly noun: string;
  readonly commands: readonly Command[];
}

function overview(groups: readonly Group[], noun: string | undefined): Reply {
  const about = noun === undefined ? "" : ` about \`${noun}\``;
  if (groups.length === 0) {
    const text = `There is no command${about} that you may use. An admin can grant you a role: \`/lxd access grant\`.`;
    return { summary: text, parts: [{ type: "text", text: prose(text) }] };
  }
  const parts = groups.flatMap(({ noun, commands }): readonly Part[] => [
    { type: "text", text: { bold: noun.charAt(0).toUpperCase() + noun.slice(1) } },
    { type: "list", items: commands.map((command) => [{ code: command.name }, ` ${command.summary}`]) },
  ]);
  const note = "`/lxd help COMMAND` explains one. You see the commands that you may use.";
  return { summary: `The commands${about}`, parts: [...parts, { type: "note", text: prose(note) }] };
}

function notForYou(command: Command): Reply {
  const text = `You may not use \`${command.name}\` (it needs \`${command.permission}\`). An admin can grant you a role.`;
  return { summary: text, parts: [{ type: "text", text: prose(text) }] };
}

function commandHelp(command: Command, facts: HelpFacts): Reply {
  const { aliases } = command;
  const rules = rulesOf(command);
  const args = rules.arguments.map(({ shown, parameter }): Text => [{ code: shown }, " ", ...prose(parameter.help)]);
  const options = rules.options.map((rule): Text => [{ code: spelling(rule) }, " ", ...prose(rule.parameter.help)]);
  const examples = command.examples.map((example) => `/lxd ${fillIn(example, facts)}`);
  return {
    summary: `${command.name}: ${command.summary}`,
    parts: [
      { type: "text", text: [{ bold: command.name }, ` ${command.summary}`] },
      ...(command.description === undefined ? [] : [{ type: "text", text: prose(command.description) } as const]),
      { type: "code", text: `/lxd ${usageOf(command)}` },
      ...titledList("Arguments", args),
      ...titledList("Options", options),
      ...(examples.length === 0
        ? []
        : ([
            { type: "text", text: { bold: "Examples" } },
            { type: "code", text: examples.join("\n") },
          ] as const)),
      ...(aliases === undefined || aliases.length === 0
        ? []
        : [{ type: "note", text: prose(`Also: ${aliases.map((alias) => `\`${alias}\``).join(", ")}`) } as const]),
    ],
  };
}

function titledList(title: string, items: readonly Text[]): readonly Part[] {
  return items.length === 0
    ? []
    : [
        { type: "text", text: { bold: title } },
        { type: "list", items },
      ];
}

/** `-p, --profile PROFILE …` */
function spelling({ long, short, parameter }: OptionRule): string {
  const value = parameter.kind === "option" ? ` ${parameter.hint}${parameter.repeat ? " …" : ""}` : "";
  return `${short === undefined ? "" : `${short}, `}${long}${value}`;
}

function fillIn(example: string, facts: HelpFacts): string {
  return example.replace(
    /\{(remote|instance|image|other)\}/g,
    (_, name: keyof HelpFacts) => facts[name] ?? placeholders[name],
  );
}
