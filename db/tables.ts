import type { Generated } from "kysely";

/** One column is one thing; JSON is text, times are milliseconds since 1970 (UTC), booleans do not occur. */
export interface Tables {
  inbox: InboxTable;
  outbox: OutboxTable;
  jobs: JobTable;
  job_targets: JobTargetTable;
  steps: StepTable;
  approvals: ApprovalTable;
  offers: OfferTable;
  remotes: RemoteTable;
  settings: SettingTable;
  channel_defaults: ChannelDefaultTable;
  roles: RoleTable;
  grants: GrantTable;
  audit_events: AuditEventTable;
}

export interface InboxTable {
  /** Slack's own identifier of the payload: a second delivery finds the first. */
  id: string;
  kind: "command" | "click" | "submission" | "mention";
  request_id: string;
  payload: string;
  state: "received" | "done";
  attempts: Generated<number>;
  received_at: number;
  done_at: number | null;
}

export interface OutboxTable {
  id: string;
  /** Order of sending. */
  position: Generated<number>;
  /**
   * `respond` uses a response URL, `post` a channel or a job's thread, `root` is the root message of a job (rendered when
   * it is sent), `view` opens or updates a modal.
   */
  kind: "respond" | "post" | "root" | "ephemeral";
  request_id: string;
  job_id: string | null;
  /** JSON: where to. */
  destination: string;
  /** JSON: a reply; null for `root`. */
  body: string | null;
  state: "queued" | "sending" | "sent" | "failed";
  attempts: Generated<number>;
  not_before: number;
  created_at: number;
  ended_at: number | null;
  error: string | null;
}

export interface JobTable {
  id: string;
  request_id: string;
  team_id: string;
  user_id: string;
  user_name: string;
  /** Where it was asked for. */
  channel_id: string;
  command: string;
  /** What was typed, secrets masked. */
  text: string;
  /** What was typed, whole, for planning again; null once the job has ended. */
  input: string | null;
  plan: string;
  digest: string;
  /** Equal for the same command on the same targets: a second one joins the first. */
  join_key: string;
  state: JobState;
  cancel_requested_at: number | null;
  created_at: number;
  queued_at: number | null;
  started_at: number | null;
  ended_at: number | null;
  /** JSON: what, why, next, code. */
  failure: string | null;
  /** Where its thread is: set when the root message has been sent. */
  thread_channel: string | null;
  thread_ts: string | null;
}

export type JobState =
  | "asking"
  | "queued"
  | "running"
  | "succeeded"
  | "failed"
  | "cancelled"
  | "declined"
  | "expired"
  | "unknown";

export interface JobTargetTable {
  job_id: string;
  /** `resourceKey` of what the job touches. */
  target: string;
}

export interface StepTable {
  job_id: string;
  position: number;
  kind: string;
  version: number;
  input: string;
  says: string;
  lane: string;
  state: "pending" | "running" | "done" | "failed" | "skipped" | "unknown";
  /** JSON: what the step wrote down before its effect, so that it can tell afterwards whether it happened. */
  evidence: string | null;
  /** LXD's operation, once known. */
  operation_id: string | null;
  /** JSON: stage, text, percent. */
  progress: string | null;
  started_at: number | null;
  ended_at: number | null;
  /** JSON: what it found or made. */
  outcome: string | null;
  /** JSON: what, why, next, code. */
  failure: string | null;
}

export interface ApprovalTable {
  id: string;
  job_id: string;
  digest: string;
  state: "pending" | "approved" | "declined" | "expired" | "void";
  created_at: number;
  expires_at: number;
  decided_by: string | null;
  decided_at: number | null;
}

export interface OfferTable {
  id: string;
  request_id: string;
  text: string;
  created_at: number;
}

export interface RemoteTable {
  name: string;
  kind: "unix" | "https";
  /** JSON: socket path, or addresses in the order in which they are tried. */
  addresses: string;
  certificate_pem: string | null;
  /** sha256 of the certificate, hex. */
  fingerprint: string | null;
  /** `lxd` or `incus`, and version, as last seen. */
  server: string | null;
  version: string | null;
  added_by: string;
  added_at: number;
}

export interface SettingTable {
  key: string;
  value: string;
}

export interface ChannelDefaultTable {
  team_id: string;
  channel_id: string;
  remote: string | null;
  project: string | null;
}

export interface RoleTable {
  name: string;
  /** JSON: permissions. */
  permissions: string;
  created_by: string;
  created_at: number;
}

export interface GrantTable {
  id: string;
  team_id: string;
  subject_kind: "user" | "group" | "channel";
  subject_id: string;
  role: string;
  pattern: string;
  reason: string | null;
  created_by: string;
  created_at: number;
  expires_at: number | null;
}

export interface AuditEventTable {
  seq: Generated<number>;
  at: number;
  request_id: string;
  kind: string;
  team_id: string | null;
  user_id: string | null;
  target: string | null;
  outcome: string | null;
  /** JSON. */
  body: string;
}
