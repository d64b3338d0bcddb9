import { UserError } from "../../errors.ts";

/** The longest command that is read, in UTF-16 code units after normalising. */
export const maxCommandCharacters = 3000;

/** Longer payloads are not even looked at: an entity is at most five times as long as what it stands for. */
const maxRawCharacters = 5 * maxCommandCharacters;

/** Pasted along without being seen: zero-width space, word joiner, byte order mark, soft hyphen. */
const dropped = /[\u200B\u2060\uFEFF\u00AD]/g;

/**
 * Control characters (tab and line feed are spaces), everything that is invisible or turns the direction of text, and
 * halves of surrogate pairs. The joiners U+200C and U+200D are left: scripts and emoji need them.
 */
const refused = /(?![\t\n\u200C\u200D])[\p{Cc}\p{Cf}\p{Cs}]/u;

const turnsDirection = /[\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/;

/** Everything Unicode calls a space or a line end, but for the plain space and the line feed themselves. */
const otherSpace = /(?![ \n])\s/g;

/** Slack's forms: `<https://x|x>`, `<mailto:a@b|a@b>`, `<@U1|bob>`, `<#C1|ops>`, `<!subteam^S1|@ops>`, `<!here>`. */
const angleForm = /<([^<>|]+)(?:\|([^<>]*))?>/g;

const doubleQuotes = /[“”„‟″«»]/g;
const singleQuotes = /[‘’‚‛′]/g;

/** Hyphen, non-breaking hyphen and minus: what looks like `-` and was meant as one. */
const hyphens = /[\u2010\u2011\u2212]/g;

/** Quoted stretches and escaped characters (left as they are), or a run of dashes at the start of a word. */
const quotedOrDashes =
  /"(?:\\[^]|[^"\\])*"?|'[^']*'?|\\[^]|(?<!\S)(?:-*[\u2012-\u2015][-\u2012-\u2015]*)(?<single>[a-zA-Z](?![^\s=]))?/g;

/**
 * Undoes what Slack and phones do to a typed command, and refuses what nobody can see. It is for text as Slack sends
 * it, and once: `&amp;lt;` is what Slack makes of a person's `&lt;`. What it returns is what `parseCommand` reads; text
 * of our own (an offer) goes there directly.
 *
 * Mentions stay as `<@U1>`, `<#C1>`, `<!subteam^S1>`. Throws `UserError` `argument-invalid` or `command-too-long`.
 */
export function normalise(text: string): string {
  if (text.length > maxRawCharacters) throw tooLong(text.length);
  const seen = text.replace(/\r\n?/g, "\n").replace(dropped, "");
  refuseUnseen(seen);
  const typed = seen
    .replace(otherSpace, " ")
    .replace(angleForm, readAngleForm)
    .replace(/&(amp|lt|gt);/g, (_, name: "amp" | "lt" | "gt") => ({ amp: "&", lt: "<", gt: ">" })[name])
    .replace(doubleQuotes, '"')
    .replace(singleQuotes, "'")
    .replace(hyphens, "-");
  const command = withoutBackticks(typed.trim()).replace(quotedOrDashes, readDashes);
  if (command.length > maxCommandCharacters) throw tooLong(command.length);
  return command;
}

/** The label is what was typed; Slack added the rest. */
function readAngleForm(form: string, target: string, label: string | undefined): string {
  if (/^(?:@|#|!subteam\^)[A-Z0-9]+$/.test(target)) return `<${target}>`;
  if (/^!(?:here|channel|everyone)$/.test(target)) return `@${target.slice(1)}`;
  if (!/^[a-z][a-z0-9+.-]*:/i.test(target)) return form;
  return label === undefined || label === "" ? target.replace(/^(?:mailto|tel):/, "") : label;
}

/**
 * `--` is autocorrected to `—` or `–`, so a dash stands for two; before a single letter it can only have been `-p`,
 * since no long option is that short.
 */
function readDashes(match: string, single: string | undefined): string {
  const first = match[0];
  if (first === '"' || first === "'" || first === "\\") return match;
  return single === undefined ? "--" : `-${single}`;
}

/** A command pasted as code, fences included. */
function withoutBackticks(text: string): string {
  return /^(`{1,3})([^`]+)\1$/.exec(text)?.[2]?.trim() ?? text;
}

function refuseUnseen(text: string): void {
  const found = refused.exec(text);
  if (found === null) return;
  const code = `U+${(found[0].codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, "0")}`;
  throw new UserError("argument-invalid", {
    what: `The command has a character in it that cannot be seen (${code}, place ${found.index + 1}).`,
    why: turnsDirection.test(found[0])
      ? "It turns the direction of the text, so that what is shown is not what would be run."
      : "What cannot be seen cannot be checked by the one who asks.",
    next: "Type the command by hand instead of pasting it.",
  });
}

function tooLong(length: number): UserError {
  return new UserError("command-too-long", {
    what: `The command has ${length} characters; the bot reads at most ${maxCommandCharacters}.`,
    next: "Split it into several commands.",
  });
}
