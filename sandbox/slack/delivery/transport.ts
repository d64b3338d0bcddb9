import type { Json } from "../json.ts";

/** The three kinds of Socket Mode envelopes; in HTTP mode they differ by how the body is encoded. */
export type PayloadKind = "slash_commands" | "interactive" | "events_api";

export interface Outgoing {
  readonly kind: PayloadKind;
  readonly payload: Json;
}

/** Why a delivery is a repetition: Slack's number (1, 2, 3) and word (`timeout`, `http_error` …). */
export interface Retry {
  readonly attempt: number;
  readonly reason: string;
}

/** What the app did. `body` is what it acknowledged with: an object, a text, or undefined for nothing. */
export type Answer =
  | { readonly type: "acknowledged"; readonly ms: number; readonly body: Json | string | undefined }
  | { readonly type: "failed"; readonly error: "operation_timeout" | "dispatch_failed"; readonly reason: string };

export interface Transport {
  /** Sends once and waits for the acknowledgement, at most `deadlineMs`. Never throws. */
  readonly send: (
    outgoing: Outgoing,
    options: { readonly deadlineMs: number; readonly retry?: Retry },
  ) => Promise<Answer>;
}
