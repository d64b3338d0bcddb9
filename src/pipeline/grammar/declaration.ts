import type { Argument, Command, Flag, Option } from "../define.ts";

/** A positional argument with the word that stands for it in usage lines. */
export interface ArgumentRule {
  readonly name: string;
  readonly shown: string;
  readonly parameter: Argument;
}

/** An option or flag with its spelling. */
export interface OptionRule {
  /** The parameter's name in the declaration; `help` and `public` are the bot's own. */
  readonly name: string;
  /** `--dry-run` */
  readonly long: string;
  /** `-n` */
  readonly short?: string;
  readonly parameter: Option | Flag;
}

/** What a command's declaration means for the grammar, worked out once. */
export interface Rules {
  readonly arguments: readonly ArgumentRule[];
  readonly options: readonly OptionRule[];
  /** By `--long` and by `-s`. */
  readonly bySpelling: ReadonlyMap<string, OptionRule>;
  readonly secrets: ReadonlySet<string>;
}

const help: OptionRule = {
  name: "help",
  long: "--help",
  short: "-h",
  parameter: { kind: "flag", help: "explain the command" },
};

const shownToAll: OptionRule = {
  name: "public",
  long: "--public",
  parameter: { kind: "flag", help: "show the answer to everyone in the channel" },
};

/** Names that stay the bot's in every command, also where they have no meaning. */
const reservedNames = ["help", "public"] as const;

/** Throws a plain `Error` when the declaration contradicts itself: that is a bug, found at start. */
export function rulesOf(command: Command): Rules {
  const parameters = Object.entries(command.parameters);
  const args = parameters.flatMap(([name, parameter]) =>
    parameter.kind === "argument" ? [{ name, shown: parameter.hint ?? kebab(name).toUpperCase(), parameter }] : [],
  );
  const declared = parameters.flatMap(([name, parameter]) =>
    parameter.kind === "argument" ? [] : [optionRule(name, parameter)],
  );
  const options = [...declared, ...(command.type === "answer" ? [shownToAll] : []), help];
  const secrets = new Set<string>(command.secrets ?? []);
  const fail = failureOf(command);

  for (const name of reservedNames) {
    if (Object.hasOwn(command.parameters, name)) throw fail(`the name \`${name}\` is the bot's own`);
  }
  for (const [index, { name, parameter }] of args.entries()) {
    const next = args[index + 1];
    if (next !== undefined && parameter.many) throw fail(`only the last argument may be many: \`${name}\``);
    if (next !== undefined && parameter.optional && !next.parameter.optional) {
      throw fail(`what follows an optional argument must be optional too: \`${name}\``);
    }
  }
  for (const name of secrets) {
    const parameter = command.parameters[name];
    if (parameter === undefined || parameter.kind === "flag")
      throw fail(`there is no value \`${name}\` to keep secret`);
  }
  return { arguments: args, options, bySpelling: spellings(options, fail), secrets };
}

function optionRule(name: string, parameter: Option | Flag): OptionRule {
  const long = `--${kebab(name)}`;
  return parameter.short === undefined
    ? { name, long, parameter }
    : { name, long, short: `-${parameter.short}`, parameter };
}

function spellings(options: readonly OptionRule[], fail: (why: string) => Error): ReadonlyMap<string, OptionRule> {
  const found = new Map<string, OptionRule>();
  for (const rule of options) {
    // one letter would be mistaken for a short option, and normalising relies on it
    if (!/^--[a-z0-9]+(-[a-z0-9]+)*$/.test(rule.long) || rule.long.length < 4)
      throw fail(`\`${rule.long}\` is no long option`);
    if (rule.short !== undefined && !/^-[a-zA-Z]$/.test(rule.short)) throw fail(`\`${rule.short}\` is no short option`);
    for (const spelling of rule.short === undefined ? [rule.long] : [rule.long, rule.short]) {
      if (found.has(spelling)) throw fail(`\`${spelling}\` has two meanings`);
      found.set(spelling, rule);
    }
  }
  return found;
}

function failureOf(command: Command): (why: string) => Error {
  return (why) => new Error(`the declaration of \`${command.name}\` is wrong: ${why}`);
}

function kebab(name: string): string {
  return name.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
}
