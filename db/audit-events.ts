import type { Insertable, Selectable } from "kysely";
import type { Read } from "./database.ts";
import type { AuditEventTable } from "./tables.ts";

export type AuditEventRow = Selectable<AuditEventTable>;

/** Appends to the trail: with the change that it records, in the same transaction, or alone before an effect. */
export async function appendAuditEvent(db: Read, event: Insertable<AuditEventTable>): Promise<void> {
  await db.insertInto("audit_events").values(event).execute();
}

/** The story of one request, in order. */
export async function eventsOfRequest(db: Read, requestId: string, limit: number): Promise<readonly AuditEventRow[]> {
  return db
    .selectFrom("audit_events")
    .selectAll()
    .where("request_id", "=", requestId)
    .orderBy("seq")
    .limit(limit)
    .execute();
}
