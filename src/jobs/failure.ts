import { messageOf, UserError, type ErrorCode, type Offer } from "../errors.ts";
import { explainLxdError } from "../lxd/explain.ts";

/** Why something did not work, as it is stored and shown. */
export interface Failure {
  readonly code: ErrorCode;
  readonly what: string;
  readonly why?: string;
  readonly next?: string;
  readonly offers?: readonly Offer[];
}

/** Turns anything that was thrown into what a person reads. A bug says no more than that it is one. */
export function failureOf(thrown: unknown): Failure {
  const error = thrown instanceof UserError ? thrown : explainLxdError(thrown);
  if (error === undefined) {
    return {
      code: "internal",
      what: "Something went wrong inside the bot.",
      next: "Tell the people who run it the reference below; the log has the rest.",
    };
  }
  return {
    code: error.code,
    what: error.message,
    ...(error.why === undefined ? {} : { why: error.why }),
    ...(error.next === undefined ? {} : { next: error.next }),
    ...(error.offers.length === 0 ? {} : { offers: error.offers }),
  };
}

/** True for what must be logged as our bug. */
export function isBug(thrown: unknown): boolean {
  return !(thrown instanceof UserError) && explainLxdError(thrown) === undefined;
}

/** For the log: the whole chain of causes. */
export function describeThrown(thrown: unknown): string {
  return thrown instanceof Error ? (thrown.stack ?? thrown.message) : messageOf(thrown);
}
