import type { Selectable } from "kysely";
import { newId } from "../src/clock.ts";
import type { Read, Write } from "./database.ts";
import type { OutboxTable } from "./tables.ts";

export type OutboxRow = Selectable<OutboxTable>;

/** Where a message goes. Every shape is plain JSON in the row. */
export type Destination =
  | {
      readonly type: "response-url";
      readonly url: string;
      readonly public: boolean;
      readonly user: string;
      readonly channel: string;
      readonly replace?: boolean;
    }
  /** Seen by one person in a channel. */
  | { readonly type: "ephemeral"; readonly channel: string; readonly user: string }
  | { readonly type: "channel"; readonly channel: string; readonly threadTs?: string }
  | { readonly type: "direct"; readonly user: string }
  /** The thread of the row's job, once its root message has been sent. */
  | { readonly type: "thread" };

export interface Outgoing {
  readonly requestId: string;
  readonly destination: Destination;
  /** A `Reply`, as JSON. */
  readonly body: unknown;
  readonly jobId?: string;
  readonly at: number;
}

/** Puts a message on disk; it is sent after the transaction has been committed. */
export async function enqueue(transaction: Write, message: Outgoing): Promise<void> {
  await transaction
    .insertInto("outbox")
    .values({
      id: newId("m"),
      kind: kindOf(message.destination),
      request_id: message.requestId,
      job_id: message.jobId ?? null,
      destination: JSON.stringify(message.destination),
      body: JSON.stringify(message.body),
      state: "queued",
      not_before: message.at,
      created_at: message.at,
      ended_at: null,
      error: null,
    })
    .execute();
}

function kindOf(destination: Destination): OutboxTable["kind"] {
  switch (destination.type) {
    case "response-url":
      return "respond";
    case "ephemeral":
      return "ephemeral";
    case "channel":
    case "direct":
    case "thread":
      return "post";
    default:
      return destination satisfies never;
  }
}

/** Asks for the job's root message to be sent or edited; one request that waits already is enough. */
export async function enqueueRoot(
  transaction: Write,
  root: { readonly jobId: string; readonly requestId: string; readonly at: number },
): Promise<void> {
  await transaction
    .insertInto("outbox")
    .values({
      id: newId("m"),
      kind: "root",
      request_id: root.requestId,
      job_id: root.jobId,
      destination: "{}",
      body: null,
      state: "queued",
      not_before: root.at,
      created_at: root.at,
      ended_at: null,
      error: null,
    })
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** What is still to be sent, in order; a row in `sending` was being sent when the program ended. */
export async function openMessages(db: Read): Promise<readonly OutboxRow[]> {
  return db.selectFrom("outbox").selectAll().where("state", "in", ["queued", "sending"]).orderBy("position").execute();
}

export async function countOpenMessages(db: Read): Promise<number> {
  const row = await db
    .selectFrom("outbox")
    .select((count) => count.fn.countAll<number>().as("n"))
    .where("state", "in", ["queued", "sending"])
    .executeTakeFirstOrThrow();
  return row.n;
}

/** Marks the row before it is sent. */
export async function beginSending(transaction: Write, position: number): Promise<void> {
  await transaction
    .updateTable("outbox")
    .set((column) => ({ state: "sending" as const, attempts: column("attempts", "+", 1) }))
    .where("position", "=", position)
    .execute();
}

export type SendingEnd =
  | { readonly state: "sent"; readonly at: number }
  | { readonly state: "failed"; readonly at: number; readonly error: string }
  /** To be tried again: `unknown` keeps the row in `sending`, so that it is looked up before it is repeated. */
  | { readonly state: "again"; readonly notBefore: number; readonly error: string; readonly unknown: boolean };

export async function endSending(transaction: Write, position: number, end: SendingEnd): Promise<void> {
  if (end.state !== "again") {
    await transaction
      .updateTable("outbox")
      .set({ state: end.state, ended_at: end.at, error: end.state === "failed" ? end.error : null })
      .where("position", "=", position)
      .execute();
    return;
  }
  const row = await transaction
    .selectFrom("outbox")
    .select(["kind", "job_id"])
    .where("position", "=", position)
    .executeTakeFirst();
  const newer =
    row?.kind === "root" && !end.unknown
      ? await transaction
          .selectFrom("outbox")
          .select("position")
          .where("kind", "=", "root")
          .where("job_id", "=", row.job_id)
          .where("state", "=", "queued")
          .executeTakeFirst()
      : undefined;
  // another edit of the same root message waits already, and will show all that this one would
  if (newer !== undefined) {
    await transaction
      .updateTable("outbox")
      .set({ state: "sent", error: end.error })
      .where("position", "=", position)
      .execute();
    await transaction
      .updateTable("outbox")
      .set({ not_before: end.notBefore })
      .where("position", "=", newer.position)
      .execute();
    return;
  }
  await transaction
    .updateTable("outbox")
    .set({ state: end.unknown ? "sending" : "queued", not_before: end.notBefore, error: end.error })
    .where("position", "=", position)
    .execute();
}

/** Forgets what was sent; what failed is kept as long, for the story. */
export async function forgetMessages(transaction: Write, { before }: { readonly before: number }): Promise<void> {
  await transaction
    .deleteFrom("outbox")
    .where("state", "in", ["sent", "failed"])
    .where("created_at", "<", before)
    .execute();
}
