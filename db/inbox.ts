import type { Selectable } from "kysely";
import { isDuplicate, type Read, type Write } from "./database.ts";
import type { InboxTable } from "./tables.ts";

export type InboxRow = Selectable<InboxTable>;

export interface Arrival {
  /** Slack's own identifier of the payload. */
  readonly id: string;
  readonly kind: InboxTable["kind"];
  readonly requestId: string;
  readonly payload: unknown;
  readonly at: number;
}

/** Keeps what arrived. False when this payload has arrived before. One insert: it is its own transaction. */
export async function receive(db: Read, arrival: Arrival): Promise<boolean> {
  try {
    await db
      .insertInto("inbox")
      .values({
        id: arrival.id,
        kind: arrival.kind,
        request_id: arrival.requestId,
        payload: JSON.stringify(arrival.payload),
        state: "received",
        received_at: arrival.at,
        done_at: null,
      })
      .execute();
    return true;
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
}

/** What has not been answered yet, oldest first. */
export async function openArrivals(db: Read): Promise<readonly InboxRow[]> {
  return db
    .selectFrom("inbox")
    .selectAll()
    .where("state", "=", "received")
    .orderBy("received_at")
    .orderBy("id")
    .execute();
}

export async function countAttempt(transaction: Write, id: string): Promise<void> {
  await transaction
    .updateTable("inbox")
    .set((column) => ({ attempts: column("attempts", "+", 1) }))
    .where("id", "=", id)
    .execute();
}

/** Ends an arrival; its payload (which may hold a response URL or a token) is dropped. False when it had ended before. */
export async function endArrival(
  transaction: Write,
  { id, at }: { readonly id: string; readonly at: number },
): Promise<boolean> {
  const result = await transaction
    .updateTable("inbox")
    .set({ state: "done", done_at: at, payload: "{}" })
    .where("id", "=", id)
    .where("state", "=", "received")
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

/** Forgets ended arrivals that no redelivery can concern any more. */
export async function forgetArrivals(transaction: Write, { before }: { readonly before: number }): Promise<void> {
  await transaction.deleteFrom("inbox").where("state", "=", "done").where("received_at", "<", before).execute();
}
