import type { Selectable } from "kysely";
import type { Read, Write } from "./database.ts";
import type { ApprovalTable } from "./tables.ts";

export type ApprovalRow = Selectable<ApprovalTable>;

export async function insertApproval(
  transaction: Write,
  approval: Pick<ApprovalRow, "id" | "job_id" | "digest" | "created_at" | "expires_at">,
): Promise<void> {
  await transaction
    .insertInto("approvals")
    .values({ ...approval, state: "pending", decided_by: null, decided_at: null })
    .execute();
}

export async function findApproval(db: Read, id: string): Promise<ApprovalRow | undefined> {
  return db.selectFrom("approvals").selectAll().where("id", "=", id).executeTakeFirst();
}

/** The question that is open for a job, or the last one that was. */
export async function lastApproval(db: Read, jobId: string): Promise<ApprovalRow | undefined> {
  return db
    .selectFrom("approvals")
    .selectAll()
    .where("job_id", "=", jobId)
    .orderBy("created_at", "desc")
    .orderBy("id", "desc")
    .limit(1)
    .executeTakeFirst();
}

/** Decides a question that is still open. False when somebody, or time, was first. */
export async function decideApproval(
  transaction: Write,
  id: string,
  decision: { readonly state: ApprovalRow["state"]; readonly by: string | null; readonly at: number },
): Promise<boolean> {
  const result = await transaction
    .updateTable("approvals")
    .set({ state: decision.state, decided_by: decision.by, decided_at: decision.at })
    .where("id", "=", id)
    .where("state", "=", "pending")
    .executeTakeFirst();
  return result.numUpdatedRows === 1n;
}

export async function expiredApprovals(db: Read, now: number): Promise<readonly ApprovalRow[]> {
  return db.selectFrom("approvals").selectAll().where("state", "=", "pending").where("expires_at", "<=", now).execute();
}

/** When the next open question expires. */
export async function nextExpiry(db: Read): Promise<number | undefined> {
  const row = await db
    .selectFrom("approvals")
    .select((of) => of.fn.min<number | null>("expires_at").as("at"))
    .where("state", "=", "pending")
    .executeTakeFirst();
  return row?.at ?? undefined;
}
