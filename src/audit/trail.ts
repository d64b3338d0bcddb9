import { appendAuditEvent, eventsOfRequest, type AuditEventRow } from "../../db/audit-events.ts";
import type { Read } from "../../db/database.ts";
import type { Clock } from "../clock.ts";
import type { CallRecord } from "../lxd/transport/exchange.ts";
import type { Log } from "../log.ts";
import { messageOf } from "../errors.ts";

/** What can happen in the story of a request. */
export type TrailKind = "request" | "decision" | "plan" | "question" | "answer" | "job" | "step" | "lxd" | "failure";

export interface TrailEvent {
  readonly requestId: string;
  readonly kind: TrailKind;
  readonly teamId?: string;
  readonly userId?: string;
  readonly target?: string;
  readonly outcome?: string;
  readonly body: unknown;
}

/** The most of a story that is shown or read at once, in events. */
const maxStoryEvents = 500;

/** Appends to the story of a request; within a transaction it stands or falls with it. */
export async function record(db: Read, clock: Clock, event: TrailEvent): Promise<void> {
  await appendAuditEvent(db, {
    at: clock.now(),
    request_id: event.requestId,
    kind: event.kind,
    team_id: event.teamId ?? null,
    user_id: event.userId ?? null,
    target: event.target ?? null,
    outcome: event.outcome ?? null,
    body: JSON.stringify(event.body ?? null),
  });
}

export async function storyOf(db: Read, requestId: string): Promise<readonly AuditEventRow[]> {
  return eventsOfRequest(db, requestId, maxStoryEvents);
}

/**
 * Keeps every LXD request of a request in its story. It is called when the answer is there, outside of transactions;
 * a story that cannot be written does not undo what the server did, and is logged.
 */
export function recordCalls(db: Read, clock: Clock, log: Log): (call: CallRecord) => void {
  return (call) => {
    record(db, clock, {
      requestId: call.requestId,
      kind: "lxd",
      target: call.remote,
      outcome: call.error ?? String(call.status ?? ""),
      body: call,
    }).catch((error: unknown) =>
      log.warn({ requestId: call.requestId, error: messageOf(error) }, "an LXD request is missing in the story"),
    );
  };
}
