import type { Command } from "./define.ts";
import { rulesOf, type Rules } from "./grammar/declaration.ts";
import { best, likeness } from "../closest.ts";

export interface Found {
  readonly command: Command;
  /** How many of the words name the command. */
  readonly used: number;
}

/** What was probably meant by the first words. */
export interface Suggestion {
  /** `remote add`; a noun alone stands for its help. */
  readonly name: string;
  /** How many of the typed words it replaces. */
  readonly replaces: number;
  readonly command?: Command;
}

/** All commands, by every word that leads to them. */
export interface Registry {
  readonly commands: readonly Command[];
  /**
   * The commands by noun: the first of two words (`remote add`), else what the permission is about (`launch` needs
   * `instance.create`), else `general`. In the order of the list.
   */
  readonly nouns: ReadonlyMap<string, readonly Command[]>;
  /** The command with the longest name or alias that the words begin with; letter case does not matter. */
  readonly find: (words: readonly string[]) => Found | undefined;
  /** Best first, at most three. */
  readonly suggest: (words: readonly string[]) => readonly Suggestion[];
  /** Throws when the command is not of this registry. */
  readonly rules: (command: Command) => Rules;
}

const namePattern = /^[a-z]+(-[a-z]+)*( [a-z]+(-[a-z]+)*)*$/;

/** Throws a plain `Error` for two commands with one name, or a declaration that contradicts itself. */
export function createRegistry(commands: readonly Command[]): Registry {
  const byName = indexOf(commands);
  const rules = new Map(commands.map((command) => [command, rulesOf(command)]));
  const nouns = Map.groupBy(commands, nounOf);
  const longest = Math.max(0, ...[...byName.keys()].map((name) => wordsOf(name).length));

  function find(words: readonly string[]): Found | undefined {
    for (let used = Math.min(longest, words.length); used > 0; used -= 1) {
      const name = words.slice(0, used).join(" ").toLowerCase();
      const command = byName.get(name);
      if (command !== undefined && wordsOf(name).length === used) return { command, used };
    }
    return undefined;
  }

  function suggest(words: readonly string[]): readonly Suggestion[] {
    const nested = nouns.has(words[0] ?? "") ? find(words.slice(1)) : undefined;
    // `instance launch`: people of other tools put the noun first
    if (nested !== undefined)
      return [{ name: nested.command.name, replaces: nested.used + 1, command: nested.command }];
    // a noun alone asks for its help, so it is meant only where nothing follows
    const ofNouns = words.length === 1 ? [...nouns.keys()].map((name) => scoreOf(words, { name })) : [];
    const ofCommands = [...byName].map(([name, command]) => scoreOf(words, { name, command }));
    const ranked = best([...ofCommands, ...ofNouns]);
    return ranked.filter(
      (one, index) => one.command === undefined || ranked.findIndex((other) => other.command === one.command) === index,
    );
  }

  return {
    commands,
    nouns,
    find,
    suggest,
    rules: (command) => {
      const known = rules.get(command);
      if (known === undefined) throw new Error(`\`${command.name}\` is not of this registry`);
      return known;
    },
  };
}

function indexOf(commands: readonly Command[]): ReadonlyMap<string, Command> {
  const byName = new Map<string, Command>();
  for (const command of commands) {
    for (const name of [command.name, ...(command.aliases ?? [])]) {
      if (!namePattern.test(name)) throw new Error(`\`${name}\` is no name for a command`);
      if (wordsOf(name)[0] === "help") throw new Error(`the command \`${name}\` would hide the bot's own help`);
      if (byName.has(name)) throw new Error(`two commands are named \`${name}\``);
      byName.set(name, command);
    }
  }
  return byName;
}

function nounOf(command: Command): string {
  const [first = "", second] = wordsOf(command.name);
  if (second !== undefined) return first;
  return command.permission === "anyone" ? "general" : command.permission.replace(/\..*/, "");
}

/** Word by word; `remote-add` is read as two words, and two words may have changed places. */
function scoreOf(
  words: readonly string[],
  known: { readonly name: string; readonly command?: Command },
): readonly [Suggestion, number | undefined] {
  const meant = wordsOf(known.name);
  const joined = (words[0] ?? "").split(/[-_:./]/);
  const replaces = meant.length > 1 && joined.length === meant.length ? 1 : meant.length;
  const typed = replaces === 1 && meant.length > 1 ? joined : words.slice(0, meant.length);
  const suggestion = { ...known, replaces };
  if (typed.length < meant.length) return [suggestion, undefined];
  const swapped = sumOf(typed.toReversed(), meant);
  return [suggestion, sumOf(typed, meant) ?? (swapped === undefined ? undefined : swapped + 1)];
}

function sumOf(typed: readonly string[], meant: readonly string[]): number | undefined {
  let sum = 0;
  for (const [index, word] of meant.entries()) {
    const score = likeness(typed[index] ?? "", word);
    if (score === undefined) return undefined;
    sum += score;
  }
  return sum;
}

function wordsOf(name: string): readonly string[] {
  return name.split(" ");
}
