import { UserError, type ErrorCode } from "../../errors.ts";
import type { Command } from "../define.ts";
import type { OptionRule, Rules } from "./declaration.ts";
import { offersOf, shownWord } from "./shown.ts";
import { closest } from "../../closest.ts";
import type { Token } from "./tokenise.ts";
import { usageHint } from "./usage.ts";

/** A value as it was typed, and the word that it stood in. */
export interface Given {
  readonly text: string;
  readonly token: Token;
  /** What stood before it in that word: `--project=`, `-p`. */
  readonly prefix: string;
}

/** The words behind the command's name, sorted but not yet judged. */
export interface Sorted {
  readonly positional: readonly Given[];
  /** By the parameter's name. */
  readonly values: ReadonlyMap<string, readonly Given[]>;
  readonly flags: ReadonlyMap<string, boolean>;
}

interface Input {
  readonly command: Command;
  readonly rules: Rules;
  /** The whole command, of which `tokens` are the words behind the name. */
  readonly text: string;
  readonly tokens: readonly Token[];
}

/** What pflag, the library of `lxc`, takes for a boolean (strconv.ParseBool in Go). */
const booleans: Readonly<Record<string, boolean>> = {
  ...Object.fromEntries(["1", "t", "T", "TRUE", "true", "True"].map((word) => [word, true])),
  ...Object.fromEntries(["0", "f", "F", "FALSE", "false", "False"].map((word) => [word, false])),
};

/**
 * Sorts words as pflag does: `--name VALUE`, `--name=VALUE`, `-n VALUE`, `-nVALUE`, `-n=VALUE`, `-ab` for two flags,
 * anywhere, until `--`. Stricter in three things, since a wrong guess would change a server: a value that looks like an
 * option must be joined by `=`, nothing but a repeatable option is given twice, and `-project` is not `-p roject`.
 * Throws `UserError` `option-unknown` or `option-value`.
 */
export function sortWords(input: Input): Sorted {
  const positional: Given[] = [];
  const values = new Map<string, Given[]>();
  const flags = new Map<string, boolean>();

  function setFlag(rule: OptionRule, spelling: string, typed: string | undefined): void {
    const on = typed === undefined ? true : Object.hasOwn(booleans, typed) ? booleans[typed] : undefined;
    if (on === undefined) throw refusal(input, "option-value", `\`${spelling}\` takes no value but true or false.`);
    if (flags.has(rule.name)) throw refusal(input, "option-value", `\`${rule.long}\` is given twice.`);
    flags.set(rule.name, on);
  }

  function addValue(rule: OptionRule, given: Given): void {
    const before = values.get(rule.name);
    if (before === undefined) values.set(rule.name, [given]);
    else if (rule.parameter.kind === "option" && rule.parameter.repeat) before.push(given);
    else throw refusal(input, "option-value", `\`${rule.long}\` is given twice.`);
  }

  function nextWord(spelling: string, index: number): Given {
    const token = input.tokens[index];
    if (token === undefined) throw refusal(input, "option-value", `\`${spelling}\` lacks its value.`);
    if (looksLikeOption(token.text)) {
      const joined = `Where the value itself begins with a dash, join it: \`${spelling}=…\`.`;
      throw refusal(input, "option-value", `\`${spelling}\` lacks its value.`, joined);
    }
    return { text: token.text, token, prefix: "" };
  }

  /** Returns how many words were read. */
  function readLong(token: Token, index: number): number {
    const equals = token.text.indexOf("=");
    const spelling = equals === -1 ? token.text : token.text.slice(0, equals);
    const joined = equals === -1 ? undefined : token.text.slice(equals + 1);
    const rule = input.rules.bySpelling.get(spelling);
    if (rule === undefined) throw unknownOption(input, token, spelling);
    if (rule.parameter.kind === "flag") {
      setFlag(rule, spelling, joined);
      return 1;
    }
    if (joined === undefined) {
      addValue(rule, nextWord(spelling, index + 1));
      return 2;
    }
    addValue(rule, { text: joined, token, prefix: `${spelling}=` });
    return 1;
  }

  /** `-f`, `-fq`, `-p x`, `-px`, `-p=x`, `-fp=x`, `-f=true`. Returns how many words were read. */
  function readShort(token: Token, index: number): number {
    const mistaken = /^-([^=]{2,})/.exec(token.text)?.[1];
    if (mistaken !== undefined && input.rules.bySpelling.has(`--${mistaken}`))
      throw unknownOption(input, token, `-${mistaken}`);
    for (let at = 1; at < token.text.length; at += 1) {
      const spelling = `-${token.text.charAt(at)}`;
      const rest = token.text.slice(at + 1);
      const rule = input.rules.bySpelling.get(spelling);
      if (rule === undefined) throw unknownOption(input, token, at === 1 && rest.length > 0 ? token.text : spelling);
      if (rule.parameter.kind === "flag") {
        setFlag(rule, spelling, rest.startsWith("=") ? rest.slice(1) : undefined);
        if (rest.startsWith("=")) return 1;
        continue;
      }
      if (rest === "") {
        addValue(rule, nextWord(spelling, index + 1));
        return 2;
      }
      const text = rest.startsWith("=") ? rest.slice(1) : rest;
      addValue(rule, { text, token, prefix: token.text.slice(0, token.text.length - text.length) });
      return 1;
    }
    return 1;
  }

  let index = 0;
  let ended = false;
  while (index < input.tokens.length) {
    const token = input.tokens[index];
    if (token === undefined) break;
    if (ended || !token.text.startsWith("-") || token.text === "-") {
      positional.push({ text: token.text, token, prefix: "" });
      index += 1;
    } else if (token.text === "--") {
      ended = true;
      index += 1;
    } else {
      index += token.text.startsWith("--") ? readLong(token, index) : readShort(token, index);
    }
  }
  return { positional, values, flags };
}

/** `-1` is a number. */
function looksLikeOption(word: string): boolean {
  return /^-(?:-|[a-zA-Z])/.test(word);
}

function unknownOption(input: Input, token: Token, spelling: string): UserError {
  const { command, rules, text } = input;
  const besideSecrets = rules.secrets.size > 0;
  const shown = shownWord(spelling, { besideSecrets });
  const what = `\`${command.name}\` has no option ${shown}.`;
  if (spelling === "--public") {
    const why = "Everyone in the channel sees its story anyway; `--public` is for answers that only you would see.";
    return new UserError("option-unknown", { what, why, next: usageHint(command) });
  }
  const meant = optionsMeant(rules, spelling);
  const source = text.slice(token.start, token.end);
  const offers = meant
    .filter(() => !besideSecrets && source.startsWith(spelling))
    .map((right) => text.slice(0, token.start) + right + source.slice(spelling.length) + text.slice(token.end));
  const question = meant.length === 0 ? "" : `Did you mean ${meant.map((right) => `\`${right}\``).join(" or ")}? `;
  return new UserError("option-unknown", { what, next: question + usageHint(command), offers: offersOf(offers) });
}

function optionsMeant(rules: Rules, spelling: string): readonly string[] {
  if (/^-[a-zA-Z]$/.test(spelling)) {
    const letter = spelling.charAt(1);
    const other = `-${letter === letter.toLowerCase() ? letter.toUpperCase() : letter.toLowerCase()}`;
    return rules.bySpelling.has(other) ? [other] : [];
  }
  return closest(
    spelling.replace(/^--?/, ""),
    rules.options.map(({ long }) => long.slice(2)),
  ).map((name) => `--${name}`);
}

function refusal(input: Input, code: ErrorCode, what: string, why?: string): UserError {
  const next = usageHint(input.command);
  return new UserError(code, why === undefined ? { what, next } : { what, why, next });
}
