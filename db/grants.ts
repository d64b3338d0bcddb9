import type { Insertable, Selectable } from "kysely";
import type { Read, Write } from "./database.ts";
import type { GrantTable, RoleTable } from "./tables.ts";

export type GrantRow = Selectable<GrantTable>;

export async function listGrants(db: Read, teamId: string): Promise<readonly GrantRow[]> {
  return db
    .selectFrom("grants")
    .selectAll()
    .where("team_id", "=", teamId)
    .orderBy("created_at")
    .orderBy("id")
    .execute();
}

export async function listRoles(db: Read): Promise<readonly Selectable<RoleTable>[]> {
  return db.selectFrom("roles").selectAll().orderBy("name").execute();
}

/** Writes a grant; the same one again only renews its reason and its end. */
export async function saveGrant(transaction: Write, grant: Insertable<GrantTable>): Promise<void> {
  await transaction
    .insertInto("grants")
    .values(grant)
    .onConflict((conflict) =>
      conflict
        .columns(["team_id", "subject_kind", "subject_id", "role", "pattern"])
        .doUpdateSet({ reason: grant.reason ?? null, expires_at: grant.expires_at ?? null }),
    )
    .execute();
}

export async function deleteGrant(transaction: Write, id: string): Promise<boolean> {
  const result = await transaction.deleteFrom("grants").where("id", "=", id).executeTakeFirst();
  return result.numDeletedRows === 1n;
}
