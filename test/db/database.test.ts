import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import SqliteDatabase from "better-sqlite3";
import { sql } from "kysely";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import { findOffer, insertOffer } from "../../db/offers.ts";
import { UserError } from "../../src/errors.ts";

let directory = "";
let count = 0;
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "store-"));
});
afterAll(() => rm(directory, { recursive: true, force: true }));

function newFile(): string {
  count += 1;
  return join(directory, `below/${count}/bot.sqlite`);
}

/** Another program at the same file. */
function beside<T>(file: string, work: (database: SqliteDatabase.Database) => T): T {
  const database = new SqliteDatabase(file);
  try {
    return work(database);
  } finally {
    database.close();
  }
}

async function refusal(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
  throw new Error("it was expected to be refused");
}

function offer(store: Store, id: string, text = "list"): Promise<void> {
  return store.write((transaction) => insertOffer(transaction, { id, requestId: "r-1", text, at: 1 }));
}

describe("opening", () => {
  test("a new file comes with its directory and all schema steps, readable by its owner alone", async () => {
    const file = newFile();
    await using store = await openStore(file);
    expect(store.schema).toEqual(["001-spine"]);
    expect((await stat(file)).mode & 0o777).toBe(0o600);
    expect((await stat(join(file, ".."))).mode & 0o777).toBe(0o700);
  });

  test("what was written is there after opening again", async () => {
    const file = newFile();
    {
      await using store = await openStore(file);
      await offer(store, "o-1", "list lxd1:");
    }
    await using store = await openStore(file);
    expect(await findOffer(store.read, "o-1")).toEqual({ text: "list lxd1:" });
  });

  test("a second program at the same file, such as the doctor, reads and writes it too", async () => {
    const file = newFile();
    await using store = await openStore(file);
    await using second = await openStore(file);
    await offer(second, "o-1");
    await offer(store, "o-2");
    expect(await findOffer(store.read, "o-1")).toBeDefined();
    expect(await findOffer(second.read, "o-2")).toBeDefined();
  });

  test("a database with a schema step that this program does not know is refused, and left as it is", async () => {
    const file = newFile();
    await (await openStore(file))[Symbol.asyncDispose]();
    const add = "insert into schema_steps (name, timestamp) values ('999-from-the-future', '2099-01-01T00:00:00Z')";
    beside(file, (database) => database.exec(add));
    const error = await refusal(openStore(file));
    expect(error.code).toBe("store-newer");
    expect(error.why).toContain("999-from-the-future");
    expect(error.next).toContain("Start the version that wrote it");
    const steps = beside(file, (database) => database.prepare("select name from schema_steps order by name").all());
    expect(steps).toEqual([{ name: "001-spine" }, { name: "999-from-the-future" }]);
  });

  test("a file that is no database, and a directory that cannot be made, are mistakes of the configuration", async () => {
    const error = await refusal(openStore(join(import.meta.filename, "bot.sqlite")));
    expect(error.code).toBe("config-invalid");
    expect(error.next).toContain("DATA_DIR");
    expect((await refusal(openStore(directory))).code).toBe("config-invalid");
  });
});

describe("writing", () => {
  test("what throws leaves nothing behind", async () => {
    await using store = await openStore(":memory:");
    const attempt = store.write(async (transaction) => {
      await insertOffer(transaction, { id: "o-1", requestId: "r-1", text: "list", at: 1 });
      throw new Error("changed my mind");
    });
    await expect(attempt).rejects.toThrow("changed my mind");
    expect(await findOffer(store.read, "o-1")).toBeUndefined();
  });

  test("transactions that come together do not mix", async () => {
    await using store = await openStore(":memory:");
    await Promise.all(Array.from({ length: 20 }, (_, index) => offer(store, `o-${index}`)));
    for (let index = 0; index < 20; index += 1) expect(await findOffer(store.read, `o-${index}`)).toBeDefined();
  });

  test("a full store says so, keeps nothing of the transaction, reads on, and writes again once there is room", async () => {
    // the limit is set on the store's own connection: a pragma of another one would not bind it
    await using store = await openStore(newFile());
    const { rows } = await sql<{ readonly page_count: number }>`pragma page_count`.execute(store.read);
    await offer(store, "o-before");
    await sql.raw(`pragma max_page_count = ${(rows[0]?.page_count ?? 0) + 2}`).execute(store.read);
    const error = await refusal(
      store.write(async (transaction) => {
        await insertOffer(transaction, { id: "o-small", requestId: "r-1", text: "list", at: 1 });
        await insertOffer(transaction, { id: "o-big", requestId: "r-1", text: "x".repeat(200_000), at: 1 });
      }),
    );
    expect(error.code).toBe("store-full");
    expect(error.message).toBe("The bot cannot write to its own disk, so nothing was done.");
    expect(error.why).toContain("full");
    expect(await findOffer(store.read, "o-small")).toBeUndefined();
    expect(await findOffer(store.read, "o-before")).toBeDefined();
    await sql.raw("pragma max_page_count = 1000000").execute(store.read);
    await offer(store, "o-after", "x".repeat(200_000));
    expect(await findOffer(store.read, "o-after")).toBeDefined();
  });
});
