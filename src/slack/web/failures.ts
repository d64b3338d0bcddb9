import { WebAPIHTTPError, WebAPIPlatformError, WebAPIRateLimitedError, WebAPIRequestError } from "@slack/web-api";
import { messageOf } from "../../errors.ts";

/** What a failed call to Slack means for whoever wants to try again. */
export type CallFailure =
  | { readonly kind: "limited"; readonly afterMs: number; readonly error: string }
  /** Slack said no, in one word; it did nothing. */
  | { readonly kind: "refused"; readonly error: string }
  /** It was never there: it may be repeated. */
  | { readonly kind: "unsent"; readonly error: string }
  /** It may have happened. */
  | { readonly kind: "unknown"; readonly error: string };

/** Slack's words for "not now" among its refusals (https://docs.slack.dev/reference/methods/chat.postMessage#errors). */
const passing = new Set(["internal_error", "fatal_error", "service_unavailable", "request_timeout", "accesslimited"]);

/** The same for a rate limit told without 429. */
const limited = new Set(["ratelimited", "rate_limited", "message_limit_exceeded"]);
const limitedWithoutTimeMs = 30_000;

/** Node's words for a connection that never stood, so that no request can have arrived. */
const neverConnected = new Set([
  "ECONNREFUSED",
  "ENOTFOUND",
  "EAI_AGAIN",
  "ENETUNREACH",
  "EHOSTUNREACH",
  "UND_ERR_CONNECT_TIMEOUT",
]);

const maxErrorLength = 300;

export function failureOf(thrown: unknown): CallFailure {
  if (thrown instanceof WebAPIRateLimitedError) {
    return { kind: "limited", afterMs: thrown.retryAfter * 1000, error: "ratelimited" };
  }
  if (thrown instanceof WebAPIPlatformError) {
    const error = thrown.data.error.slice(0, maxErrorLength);
    if (limited.has(error)) return { kind: "limited", afterMs: limitedWithoutTimeMs, error };
    return { kind: passing.has(error) ? "unknown" : "refused", error };
  }
  if (thrown instanceof WebAPIHTTPError) {
    const error = `http ${thrown.statusCode}`;
    return { kind: thrown.statusCode >= 500 ? "unknown" : "refused", error };
  }
  const original = thrown instanceof WebAPIRequestError ? thrown.original : thrown;
  return networkFailureOf(original);
}

/** For a `fetch` of ours. */
export function networkFailureOf(thrown: unknown): CallFailure {
  const code = codeOf(thrown);
  const error = `${messageOf(thrown)}${code === undefined ? "" : ` (${code})`}`.slice(0, maxErrorLength);
  return { kind: code !== undefined && neverConnected.has(code) ? "unsent" : "unknown", error };
}

/** The code of an error, or of what caused it: `fetch` wraps twice. */
function codeOf(thrown: unknown): string | undefined {
  let error = thrown;
  for (let depth = 0; depth < 4 && error instanceof Error; depth += 1) {
    if ("code" in error && typeof error.code === "string") return error.code;
    // several addresses were tried, and all of them failed
    error = error instanceof AggregateError ? error.errors[0] : error.cause;
  }
  return undefined;
}

/** True when the token itself is no good, so that trying again is no help (the socket client's own list). */
export function isFatal(error: string): boolean {
  return ["not_authed", "invalid_auth", "account_inactive", "user_removed_from_team", "team_disabled"].includes(error);
}
