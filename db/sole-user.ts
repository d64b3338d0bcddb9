import SqliteDatabase from "better-sqlite3";
import type { Clock } from "../src/clock.ts";
import { UserError } from "../src/errors.ts";
import { ensureDirectoryOf } from "./directory.ts";

/** A bot that is just ending is waited for so long. */
const waitMs = 5_000;
const pollMs = 100;

/**
 * Makes this process the only bot on a directory, until it is disposed of or the process ends, however it ends: the lock
 * is one of the operating system, on a file of its own.
 * @throws UserError `config-invalid` when another bot has it
 */
export async function becomeSoleUser(file: string, clock: Clock): Promise<Disposable> {
  ensureDirectoryOf(file);
  const until = clock.now() + waitMs;
  for (;;) {
    const database = new SqliteDatabase(file, { timeout: 0 });
    try {
      database.exec("begin exclusive");
      return { [Symbol.dispose]: () => database.close() };
    } catch (cause) {
      database.close();
      if (clock.now() < until) {
        await clock.sleep(pollMs);
        continue;
      }
      throw new UserError("config-invalid", {
        what: "Another bot is running on this DATA_DIR, so this one does not start.",
        why: `${file} is locked. Two bots would carry out the same jobs.`,
        next: "End the other one first, or give this one a DATA_DIR of its own.",
        cause,
      });
    }
  }
}
