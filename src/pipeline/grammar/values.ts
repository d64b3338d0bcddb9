import type { z } from "zod";
import { UserError } from "../../errors.ts";
import { shownWord } from "./shown.ts";

export interface ValueContext {
  /** `INSTANCE` or `--timeout` */
  readonly of: string;
  readonly secret: boolean;
  readonly besideSecrets: boolean;
  /** The usage line. */
  readonly next: string;
}

/** Hands the typed text to the declared schema. Throws `UserError` `argument-invalid` with a sentence. */
export function readValue(schema: z.ZodType, typed: string, context: ValueContext): unknown {
  const read = schema.safeParse(typed, { error: sentenceOf });
  if (read.success) return read.data;
  const why = read.error.issues[0]?.message ?? wrongForm;
  const value = context.secret ? "What was given" : shownWord(typed, context);
  throw new UserError("argument-invalid", {
    what: `${value} cannot be \`${context.of}\`: ${why}.`,
    next: context.next,
  });
}

const wrongForm = "it does not have the right form";

/** Words for what zod finds by itself; a message in the declaration wins over these. */
function sentenceOf(issue: z.core.$ZodRawIssue): string {
  switch (issue.code) {
    case "invalid_type":
      return issue.expected === "int" ? "it must be a whole number" : `it must be a ${issue.expected}`;
    case "invalid_value":
      return `it is one of ${issue.values.map((value) => `\`${String(value)}\``).join(", ")}`;
    case "too_small":
      return issue.origin === "string"
        ? `it has at least ${issue.minimum} characters`
        : `it is at least ${issue.minimum}`;
    case "too_big":
      return issue.origin === "string"
        ? `it has at most ${issue.maximum} characters`
        : `it is at most ${issue.maximum}`;
    default:
      return wrongForm;
  }
}
