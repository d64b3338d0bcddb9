import { chmodSync } from "node:fs";
import SqliteDatabase from "better-sqlite3";
import { Kysely, type Transaction } from "kysely";
import { Migrator } from "kysely/migration";
import { messageOf, UserError } from "../src/errors.ts";
import { ensureDirectoryOf } from "./directory.ts";
import { schemaSteps } from "./schema/index.ts";
import { MendedSqliteDialect } from "./sqlite-dialect.ts";
import type { Tables } from "./tables.ts";

/** What a function takes that only reads: the database, or a transaction that is open. */
export type Read = Kysely<Tables>;

/** What a function takes that writes: the caller has opened a transaction, and effects outside wait for its commit. */
export type Write = Transaction<Tables>;

/** How long a second process's write is waited for; the event loop stands still meanwhile. */
const busyTimeoutMs = 2_000;

export interface Store extends AsyncDisposable {
  readonly read: Read;
  /**
   * Runs `work` in one transaction: all of it is on disk when the promise resolves, or nothing of it.
   * Inside, only the given transaction may be used, and nothing but the database may be waited for.
   * @throws UserError `store-full` when the disk has no room; whatever `work` throws
   */
  readonly write: <T>(work: (transaction: Write) => Promise<T>) => Promise<T>;
  /** The names of the schema steps that this database has. */
  readonly schema: readonly string[];
}

/**
 * Opens the SQLite file (or `:memory:`), with the schema brought up to date.
 * @throws UserError `store-newer` when a newer program has written it, `store-full`, `config-invalid` when it cannot be opened
 */
export async function openStore(file: string): Promise<Store> {
  const database = openFile(file);
  const kysely = new Kysely<Tables>({ dialect: new MendedSqliteDialect(database) });
  try {
    const schema = await migrate(kysely);
    return {
      read: kysely,
      schema,
      write: async (work) => {
        try {
          return await kysely.transaction().execute(work);
        } catch (error) {
          throw asStoreError(error);
        }
      },
      [Symbol.asyncDispose]: () => kysely.destroy(),
    };
  } catch (error) {
    await kysely.destroy();
    throw asStoreError(error);
  }
}

function openFile(file: string): SqliteDatabase.Database {
  if (file !== ":memory:") ensureDirectoryOf(file);
  try {
    const database = new SqliteDatabase(file, { timeout: busyTimeoutMs });
    if (file !== ":memory:") chmodSync(file, 0o600);
    database.pragma("journal_mode = WAL");
    database.pragma("synchronous = FULL");
    database.pragma("foreign_keys = ON");
    return database;
  } catch (error) {
    if (isFull(error)) throw storeFull(error);
    throw new UserError("config-invalid", {
      what: `The database ${file} cannot be opened.`,
      why: messageOf(error),
      next: "Check that DATA_DIR (or DATABASE_URL) names a directory that the bot may write to.",
      cause: error,
    });
  }
}

async function migrate(kysely: Kysely<Tables>): Promise<readonly string[]> {
  const migrator = new Migrator({
    db: kysely,
    provider: { getMigrations: () => Promise.resolve({ ...schemaSteps }) },
    migrationTableName: "schema_steps",
    migrationLockTableName: "schema_lock",
  });
  const { error } = await migrator.migrateToLatest();
  if (error === undefined) return Object.keys(schemaSteps);
  const text = messageOf(error);
  if (text.startsWith("corrupted migrations")) {
    throw new UserError("store-newer", {
      what: "The database was written by a newer lxd-chatops.",
      why: text,
      next: "Start the version that wrote it, or restore a backup from before the update.",
      cause: error,
    });
  }
  throw error;
}

/** SQLite's word for an error: `SQLITE_FULL`, `SQLITE_CONSTRAINT_UNIQUE`… */
function sqliteCode(error: unknown): string | undefined {
  const code: unknown = error instanceof Error && "code" in error ? error.code : undefined;
  return typeof code === "string" && code.startsWith("SQLITE_") ? code : undefined;
}

function isFull(error: unknown): boolean {
  const code = sqliteCode(error);
  return (
    code !== undefined &&
    (code.startsWith("SQLITE_FULL") || code.startsWith("SQLITE_IOERR") || code.startsWith("SQLITE_READONLY"))
  );
}

/** True for a row that breaks a primary key or a unique index. */
export function isDuplicate(error: unknown): boolean {
  const code = sqliteCode(error);
  return code === "SQLITE_CONSTRAINT_UNIQUE" || code === "SQLITE_CONSTRAINT_PRIMARYKEY";
}

/** An error of the store, as people shall see it; others come back unchanged. */
export function asStoreError(error: unknown): unknown {
  return isFull(error) ? storeFull(error) : error;
}

function storeFull(cause: unknown): UserError {
  return new UserError("store-full", {
    what: "The bot cannot write to its own disk, so nothing was done.",
    why: messageOf(cause),
    next: "Make room where DATA_DIR is, then type the command again.",
    cause,
  });
}
