import { UserError } from "../../errors.ts";

/** A word as the shell would hand it over, and where it stood in the text. */
export interface Token {
  readonly text: string;
  readonly start: number;
  /** Just behind its last character. */
  readonly end: number;
}

/** How much of the text is shown from the quotation mark on, in characters. */
const excerptCharacters = 20;

const blank = /\s/;

/**
 * Splits at spaces as a shell does: single quotes keep everything, double quotes know `\"` and `\\`, and a backslash
 * outside of quotes keeps the next character. Nothing is expanded. Throws `UserError` `quote-unterminated`.
 */
export function tokenise(text: string): readonly Token[] {
  const tokens: Token[] = [];
  let at = 0;
  while (at < text.length) {
    if (blank.test(text.charAt(at))) {
      at += 1;
      continue;
    }
    const token = readWord(text, at);
    tokens.push(token);
    at = token.end;
  }
  return tokens;
}

function readWord(text: string, start: number): Token {
  let word = "";
  let at = start;
  while (at < text.length) {
    const character = text.charAt(at);
    if (blank.test(character)) break;
    if (character === "'" || character === '"') {
      const [inner, end] = readQuoted(text, at);
      word += inner;
      at = end;
    } else if (character === "\\" && at + 1 < text.length) {
      word += text.charAt(at + 1);
      at += 2;
    } else {
      word += character;
      at += 1;
    }
  }
  return { text: word, start, end: at };
}

function readQuoted(text: string, start: number): readonly [inner: string, end: number] {
  const quote = text.charAt(start);
  let inner = "";
  for (let at = start + 1; at < text.length; at += 1) {
    const character = text.charAt(at);
    const next = text.charAt(at + 1);
    if (character === quote) return [inner, at + 1];
    if (quote === '"' && character === "\\" && (next === '"' || next === "\\")) {
      inner += next;
      at += 1;
    } else {
      inner += character;
    }
  }
  throw unterminated(text, start);
}

function unterminated(text: string, start: number): UserError {
  const quote = text.charAt(start);
  const rest = text
    .slice(start, start + excerptCharacters)
    .replaceAll("`", "'")
    .replaceAll("\n", " ");
  const more = start + excerptCharacters < text.length ? "…" : "";
  return new UserError("quote-unterminated", {
    what: `A quotation mark (${quote}) is opened and not closed.`,
    why: `It is character ${start + 1} of the command: \`${rest}${more}\``,
    next: `Close it, or write \\${quote} where the mark itself is meant.`,
  });
}

/** Writes one word so that `tokenise` reads exactly it: for commands that the bot offers. */
export function quoteWord(word: string): string {
  if (word !== "" && !/[\s'"\\]/.test(word)) return word;
  return `"${word.replace(/["\\]/g, "\\$&")}"`;
}
