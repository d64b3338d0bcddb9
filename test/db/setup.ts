import type { Insertable } from "kysely";
import type { Store } from "../../db/database.ts";
import { insertJob, type NewJob } from "../../db/jobs.ts";
import type { JobTable } from "../../db/tables.ts";

/** A job that waits for its turn; its request and its join key follow its id. */
export function jobRow(id: string, columns: Partial<Insertable<JobTable>> = {}): NewJob["job"] {
  return {
    id,
    request_id: `r-of-${id}`,
    team_id: "T1",
    user_id: "U1",
    user_name: "alice",
    channel_id: "C1",
    command: "delete",
    text: "delete lxd1:web1",
    input: "delete lxd1:web1",
    plan: "{}",
    digest: "d1",
    join_key: `key of ${id}`,
    state: "queued",
    cancel_requested_at: null,
    created_at: 1_000,
    queued_at: 1_000,
    started_at: null,
    ended_at: null,
    failure: null,
    thread_channel: null,
    thread_ts: null,
    ...columns,
  };
}

export function stepRow(kind: string, input: unknown, lane = "a"): NewJob["steps"][number] {
  return { kind, version: 1, input: JSON.stringify(input), says: `do ${kind}`, lane };
}

export async function putJob(
  store: Store,
  job: NewJob["job"],
  more: Partial<Omit<NewJob, "job">> = {},
): Promise<{ readonly joined?: string }> {
  return store.write((transaction) => insertJob(transaction, { job, targets: [], steps: [], ...more }));
}
