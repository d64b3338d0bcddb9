import type { Insertable, Selectable } from "kysely";
import type { Read, Write } from "./database.ts";
import type { RemoteTable } from "./tables.ts";

export type RemoteRow = Selectable<RemoteTable>;

export async function listRemotes(db: Read): Promise<readonly RemoteRow[]> {
  return db.selectFrom("remotes").selectAll().orderBy("name").execute();
}

/** Writes a remote, or the same one again. */
export async function saveRemote(transaction: Write, remote: Insertable<RemoteTable>): Promise<void> {
  const { name: _name, added_at: _at, added_by: _by, ...changing } = remote;
  await transaction
    .insertInto("remotes")
    .values(remote)
    .onConflict((conflict) => conflict.column("name").doUpdateSet(changing))
    .execute();
}

export async function renameRemote(transaction: Write, from: string, to: string): Promise<boolean> {
  const result = await transaction.updateTable("remotes").set({ name: to }).where("name", "=", from).executeTakeFirst();
  await transaction.updateTable("channel_defaults").set({ remote: to }).where("remote", "=", from).execute();
  await transaction
    .updateTable("settings")
    .set({ value: to })
    .where("key", "=", defaultRemoteKey)
    .where("value", "=", from)
    .execute();
  return result.numUpdatedRows === 1n;
}

export async function deleteRemote(transaction: Write, name: string): Promise<boolean> {
  const result = await transaction.deleteFrom("remotes").where("name", "=", name).executeTakeFirst();
  await transaction.updateTable("channel_defaults").set({ remote: null }).where("remote", "=", name).execute();
  await transaction.deleteFrom("settings").where("key", "=", defaultRemoteKey).where("value", "=", name).execute();
  return result.numDeletedRows === 1n;
}

const defaultRemoteKey = "default-remote";

export async function defaultRemote(db: Read): Promise<string | undefined> {
  const row = await db.selectFrom("settings").select("value").where("key", "=", defaultRemoteKey).executeTakeFirst();
  return row?.value;
}

export async function setDefaultRemote(transaction: Write, name: string): Promise<void> {
  await transaction
    .insertInto("settings")
    .values({ key: defaultRemoteKey, value: name })
    .onConflict((conflict) => conflict.column("key").doUpdateSet({ value: name }))
    .execute();
}

export interface ChannelDefault {
  readonly remote: string | null;
  readonly project: string | null;
}

export async function channelDefault(
  db: Read,
  channel: { readonly teamId: string; readonly channelId: string },
): Promise<ChannelDefault | undefined> {
  return db
    .selectFrom("channel_defaults")
    .select(["remote", "project"])
    .where("team_id", "=", channel.teamId)
    .where("channel_id", "=", channel.channelId)
    .executeTakeFirst();
}

export async function setChannelDefault(
  transaction: Write,
  channel: { readonly teamId: string; readonly channelId: string },
  value: ChannelDefault,
): Promise<void> {
  await transaction
    .insertInto("channel_defaults")
    .values({ team_id: channel.teamId, channel_id: channel.channelId, ...value })
    .onConflict((conflict) => conflict.columns(["team_id", "channel_id"]).doUpdateSet({ ...value }))
    .execute();
}
