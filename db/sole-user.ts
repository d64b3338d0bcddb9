import SqliteDatabase from "better-sqlite3";
import { ensureDirectoryOf } from "./directory.ts";
import { UserError } from "../src/errors.ts";

/** A bot that is just ending is waited for so long; the event loop stands still meanwhile. */
const waitMs = 10_000;

/**
 * Makes this process the only bot on a directory, until it is disposed of or the process ends, however it ends: the lock
 * is one of the operating system, on a file of its own.
 * @throws UserError `config-invalid` when another bot has it
 */
export function becomeSoleUser(file: string): Disposable {
  ensureDirectoryOf(file);
  const database = new SqliteDatabase(file, { timeout: waitMs });
  try {
    database.exec("begin exclusive");
  } catch (cause) {
    database.close();
    throw new UserError("config-invalid", {
      what: "Another bot is running on this DATA_DIR, so this one does not start.",
      why: `${file} is locked. Two bots would carry out the same jobs.`,
      next: "End the other one first, or give this one a DATA_DIR of its own.",
      cause,
    });
  }
  return { [Symbol.dispose]: () => database.close() };
}
