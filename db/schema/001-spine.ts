import { sql, type Kysely } from "kysely";
import type { Migration } from "kysely/migration";

/** The tables of the spine: inbox, outbox, jobs and steps, questions, remotes, access, and the trail of every request. */
export const spine: Migration = {
  // a migration sees the schema of its own time, which has no type
  async up(db: Kysely<unknown>): Promise<void> {
    await db.schema
      .createTable("inbox")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("payload", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("received_at", "bigint", (column) => column.notNull())
      .addColumn("done_at", "bigint")
      .execute();
    await db.schema
      .createIndex("inbox_open")
      .on("inbox")
      .column("received_at")
      .where(sql<boolean>`state = 'received'`)
      .execute();
    await db.schema.createIndex("inbox_received").on("inbox").column("received_at").execute();

    await db.schema
      .createTable("outbox")
      .addColumn("position", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("id", "text", (column) => column.notNull().unique())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("job_id", "text")
      .addColumn("destination", "text", (column) => column.notNull())
      .addColumn("body", "text")
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("attempts", "integer", (column) => column.notNull().defaultTo(0))
      .addColumn("not_before", "bigint", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("ended_at", "bigint")
      .addColumn("error", "text")
      .execute();
    await db.schema
      .createIndex("outbox_open")
      .on("outbox")
      .column("position")
      .where(sql<boolean>`state in ('queued', 'sending')`)
      .execute();
    // one waiting edit of a root message is enough: it is rendered when it is sent
    await db.schema
      .createIndex("outbox_one_root")
      .unique()
      .on("outbox")
      .column("job_id")
      .where(sql<boolean>`kind = 'root' and state = 'queued'`)
      .execute();

    await db.schema
      .createTable("jobs")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("request_id", "text", (column) => column.notNull().unique())
      .addColumn("team_id", "text", (column) => column.notNull())
      .addColumn("user_id", "text", (column) => column.notNull())
      .addColumn("user_name", "text", (column) => column.notNull())
      .addColumn("channel_id", "text", (column) => column.notNull())
      .addColumn("command", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("input", "text")
      .addColumn("plan", "text", (column) => column.notNull())
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("join_key", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("cancel_requested_at", "bigint")
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("queued_at", "bigint")
      .addColumn("started_at", "bigint")
      .addColumn("ended_at", "bigint")
      .addColumn("failure", "text")
      .addColumn("thread_channel", "text")
      .addColumn("thread_ts", "text")
      .execute();
    await db.schema
      .createIndex("jobs_one_alike")
      .unique()
      .on("jobs")
      .column("join_key")
      .where(sql<boolean>`state in ('asking', 'queued', 'running')`)
      .execute();
    await db.schema.createIndex("jobs_created").on("jobs").column("created_at").execute();

    await db.schema
      .createTable("job_targets")
      .addColumn("job_id", "text", (column) => column.notNull().references("jobs.id"))
      .addColumn("target", "text", (column) => column.notNull())
      .addPrimaryKeyConstraint("job_targets_key", ["job_id", "target"])
      .execute();
    await db.schema.createIndex("job_targets_target").on("job_targets").column("target").execute();

    await db.schema
      .createTable("steps")
      .addColumn("job_id", "text", (column) => column.notNull().references("jobs.id"))
      .addColumn("position", "integer", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("version", "integer", (column) => column.notNull())
      .addColumn("input", "text", (column) => column.notNull())
      .addColumn("says", "text", (column) => column.notNull())
      .addColumn("lane", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("evidence", "text")
      .addColumn("operation_id", "text")
      .addColumn("progress", "text")
      .addColumn("started_at", "bigint")
      .addColumn("ended_at", "bigint")
      .addColumn("outcome", "text")
      .addColumn("failure", "text")
      .addPrimaryKeyConstraint("steps_key", ["job_id", "position"])
      .execute();

    await db.schema
      .createTable("approvals")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("job_id", "text", (column) => column.notNull().references("jobs.id"))
      .addColumn("digest", "text", (column) => column.notNull())
      .addColumn("state", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint", (column) => column.notNull())
      .addColumn("decided_by", "text")
      .addColumn("decided_at", "bigint")
      .execute();
    await db.schema.createIndex("approvals_job").on("approvals").column("job_id").execute();

    await db.schema
      .createTable("offers")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("text", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("remotes")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("addresses", "text", (column) => column.notNull())
      .addColumn("certificate_pem", "text")
      .addColumn("fingerprint", "text")
      .addColumn("server", "text")
      .addColumn("version", "text")
      .addColumn("added_by", "text", (column) => column.notNull())
      .addColumn("added_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("settings")
      .addColumn("key", "text", (column) => column.primaryKey())
      .addColumn("value", "text", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("channel_defaults")
      .addColumn("team_id", "text", (column) => column.notNull())
      .addColumn("channel_id", "text", (column) => column.notNull())
      .addColumn("remote", "text")
      .addColumn("project", "text")
      .addPrimaryKeyConstraint("channel_defaults_key", ["team_id", "channel_id"])
      .execute();

    await db.schema
      .createTable("roles")
      .addColumn("name", "text", (column) => column.primaryKey())
      .addColumn("permissions", "text", (column) => column.notNull())
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .execute();

    await db.schema
      .createTable("grants")
      .addColumn("id", "text", (column) => column.primaryKey())
      .addColumn("team_id", "text", (column) => column.notNull())
      .addColumn("subject_kind", "text", (column) => column.notNull())
      .addColumn("subject_id", "text", (column) => column.notNull())
      .addColumn("role", "text", (column) => column.notNull())
      .addColumn("pattern", "text", (column) => column.notNull())
      .addColumn("reason", "text")
      .addColumn("created_by", "text", (column) => column.notNull())
      .addColumn("created_at", "bigint", (column) => column.notNull())
      .addColumn("expires_at", "bigint")
      .addUniqueConstraint("grants_one_alike", ["team_id", "subject_kind", "subject_id", "role", "pattern"])
      .execute();

    await db.schema
      .createTable("audit_events")
      .addColumn("seq", "integer", (column) => column.primaryKey().autoIncrement())
      .addColumn("at", "bigint", (column) => column.notNull())
      .addColumn("request_id", "text", (column) => column.notNull())
      .addColumn("kind", "text", (column) => column.notNull())
      .addColumn("team_id", "text")
      .addColumn("user_id", "text")
      .addColumn("target", "text")
      .addColumn("outcome", "text")
      .addColumn("body", "text", (column) => column.notNull())
      .execute();
    await db.schema.createIndex("audit_events_request").on("audit_events").columns(["request_id", "seq"]).execute();
  },
};
