import { UserError } from "../../errors.ts";
import type { Command } from "../define.ts";
import type { Registry } from "../registry.ts";
import type { Rules } from "./declaration.ts";
import { maskedText, maskedWord, secretsIn } from "./mask.ts";
import { offersOf, shownWord } from "./shown.ts";
import { sortWords, type Sorted } from "./options.ts";
import { tokenise, type Token } from "./tokenise.ts";
import { usageHint } from "./usage.ts";
import { readValue } from "./values.ts";

/** What help is asked about. */
export type Topic =
  | { readonly type: "command"; readonly command: Command }
  | { readonly type: "noun"; readonly noun: string };

export type Parsed =
  | {
      readonly type: "command";
      readonly command: Command;
      /** By parameter name, as the declared schemas read them; what `ArgsOf` says of the declaration. */
      readonly args: Readonly<Record<string, unknown>>;
      /** The words of the command, quotes undone, secrets masked. */
      readonly words: readonly string[];
      /** `--public` was typed; only ever true for answers. */
      readonly public: boolean;
      /** The text with the values of secret parameters masked: what may be logged, stored and shown. */
      readonly secretsMasked: string;
    }
  | { readonly type: "help"; readonly of?: Topic };

/**
 * Reads a command (what was typed after `/lxd`, normalised) against its declaration. The grammar is closed: whatever is
 * not declared is refused. Throws nothing but `UserError`, with the corrected command as an offer where one is likely.
 * A refused text has not been masked: log the error's code, not the text.
 */
export function parseCommand(registry: Registry, text: string): Parsed {
  const tokens = tokenise(text);
  const words = tokens.map((token) => token.text);
  if (words.length === 0) {
    throw new UserError("command-empty", {
      what: "Nothing was typed after `/lxd`.",
      next: "`/lxd help` lists the commands.",
      offers: offersOf(["help"]),
    });
  }
  const asked = helpAsked(words);
  if (asked !== undefined) return helpOn(registry, { text, tokens, words: asked });

  // `--public` may stand first, as lxc's global flags may; every other option needs its command to be understood
  const leading = words[0] === "--public" ? 1 : 0;
  const rest = words.slice(leading);
  const found = registry.find(rest);
  if (found === undefined) {
    const noun = rest[0]?.toLowerCase() ?? "";
    if (registry.nouns.has(noun) && (rest.length === 1 || rest[1] === "help")) {
      return { type: "help", of: { type: "noun", noun } };
    }
    throw unknownCommand(registry, { text, tokens: tokens.slice(leading), words: rest });
  }
  const { command } = found;
  const rules = registry.rules(command);
  const own = [...tokens.slice(0, leading), ...tokens.slice(leading + found.used)];
  const sorted = sortWords({ command, rules, text, tokens: own });
  if (sorted.flags.get("help") === true) return { type: "help", of: { type: "command", command } };
  const secrets = secretsIn(rules, sorted);
  return {
    type: "command",
    command,
    args: readArguments(command, rules, sorted),
    words: tokens.map((token) => maskedWord(token, secrets)),
    public: sorted.flags.get("public") ?? false,
    secretsMasked: maskedText(text, { tokens, secrets }),
  };
}

/** The words that help is asked about: `help launch`, `launch --help`, `-h`; `undefined` when it is not asked. */
function helpAsked(words: readonly string[]): readonly string[] | undefined {
  const end = words.indexOf("--");
  const head = end === -1 ? words : words.slice(0, end);
  const first = head[0]?.toLowerCase();
  if (first !== "help" && !head.some(asksForHelp)) return undefined;
  return head.slice(first === "help" ? 1 : 0).filter((word) => !asksForHelp(word));
}

function asksForHelp(word: string): boolean {
  return word === "--help" || word === "-h";
}

interface Typed {
  readonly text: string;
  readonly tokens: readonly Token[];
  readonly words: readonly string[];
}

function helpOn(registry: Registry, typed: Typed): Parsed {
  const [first] = typed.words;
  if (first === undefined) return { type: "help" };
  const found = registry.find(typed.words);
  if (found !== undefined) return { type: "help", of: { type: "command", command: found.command } };
  const noun = first.toLowerCase();
  if (registry.nouns.has(noun) && typed.words.length === 1) return { type: "help", of: { type: "noun", noun } };
  const meant = registry.suggest(typed.words).map(({ name }) => ({ name, text: `help ${name}` }));
  throw notFound(typed.words, { registry, meant });
}

function unknownCommand(registry: Registry, { text, tokens, words }: Typed): UserError {
  if (words[0]?.startsWith("-") === true) {
    return new UserError("command-unknown", {
      what: `A command begins with its name, not with ${shownWord(words[0], { besideSecrets: true })}.`,
      next: "Options stand behind the name. `/lxd help` lists the commands.",
    });
  }
  const meant = registry.suggest(words).map(({ name, replaces, command }) => {
    const rest = text.slice(tokens[replaces - 1]?.end ?? text.length);
    // an offer is stored, so it must not carry a secret
    const mayOffer = command === undefined || registry.rules(command).secrets.size === 0;
    return mayOffer ? { name, text: name + rest } : { name };
  });
  return notFound(words, { registry, meant });
}

interface Meant {
  readonly name: string;
  /** The command in its right form, where it may be offered. */
  readonly text?: string;
}

function notFound(
  words: readonly string[],
  { registry, meant }: { readonly registry: Registry; readonly meant: readonly Meant[] },
): UserError {
  const [first = "", second = ""] = words;
  const noun = registry.nouns.has(first.toLowerCase()) && second !== "";
  // what follows the name may be a secret
  const shown = shownWord(first, { besideSecrets: true });
  const verb = shownWord(second, { besideSecrets: true });
  const names = meant.map(({ name }) => `\`${name}\``).join(" or ");
  return new UserError("command-unknown", {
    what: noun ? `${shown} has no command ${verb}.` : `There is no command ${shown}.`,
    next: `${meant.length === 0 ? "" : `Did you mean ${names}? `}\`/lxd help\` lists the commands.`,
    offers: offersOf(meant.flatMap(({ text }) => (text === undefined ? [] : [text]))),
  });
}

function readArguments(command: Command, rules: Rules, sorted: Sorted): Readonly<Record<string, unknown>> {
  const next = usageHint(command);
  const besideSecrets = rules.secrets.size > 0;
  const args: Record<string, unknown> = {};
  const positional = [...sorted.positional];

  for (const { name, shown, parameter } of rules.arguments) {
    const given = parameter.many ? positional.splice(0) : positional.splice(0, 1);
    if (given.length === 0 && !parameter.optional) {
      throw new UserError("argument-missing", {
        what: `\`${command.name}\` needs \`${shown}\`: ${parameter.help}.`,
        next,
      });
    }
    const context = { of: shown, secret: rules.secrets.has(name), besideSecrets, next };
    const read = given.map(({ text }) => readValue(parameter.value, text, context));
    args[name] = parameter.many ? read : read[0];
  }
  const extra = positional[0];
  if (extra !== undefined) {
    const what = `${shownWord(extra.text, { besideSecrets })} is one word too many for \`${command.name}\`.`;
    throw new UserError("argument-extra", { what, next });
  }
  for (const { name, long, parameter } of rules.options) {
    if (!Object.hasOwn(command.parameters, name)) continue;
    if (parameter.kind === "flag") {
      args[name] = sorted.flags.get(name) ?? false;
      continue;
    }
    const context = { of: long, secret: rules.secrets.has(name), besideSecrets, next };
    const read = (sorted.values.get(name) ?? []).map(({ text }) => readValue(parameter.value, text, context));
    args[name] = parameter.repeat ? read : read[0];
  }
  return args;
}
