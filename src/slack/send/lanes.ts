import type { JobRow } from "../../../db/jobs.ts";
import type { Destination, OutboxRow } from "../../../db/outbox.ts";
import type { Rate } from "./pace.ts";

/** About one message a second and channel (https://docs.slack.dev/apis/web-api/rate-limits). */
const postRate: Rate = { burst: 3, refillMs: 1_000 };
/** One message is edited no more often than people can read. */
const editRate: Rate = { burst: 1, refillMs: 1_500 };
/** All edits together: `chat.update` is tier 3, 50 a minute. */
const allEditsRate: Rate = { burst: 10, refillMs: 1_200 };
/** `chat.postEphemeral` is tier 4, 100 a minute. */
const whisperRate: Rate = { burst: 10, refillMs: 600 };

export interface Lane {
  /** Rows of one lane are sent one after the other. */
  readonly key: string;
  /** What holds the lane back; a 429 holds all of it. */
  readonly rates: readonly { readonly key: string; readonly rate: Rate }[];
  /** The row can only be sent when its job has a thread. */
  readonly waits: boolean;
}

export function laneOf(row: OutboxRow, job: JobRow | undefined): Lane {
  if (row.kind === "root") {
    const key = `root ${row.job_id}`;
    if (job === undefined || job.thread_ts === null) return { ...posts(job?.channel_id ?? ""), key };
    // people wait for the result: it does not wait for the progress before it to be read
    const which = job.ended_at === null ? "edit" : "result";
    return {
      key,
      rates: [
        { key: `${which} ${row.job_id}`, rate: editRate },
        { key: "edits", rate: allEditsRate },
      ],
      waits: false,
    };
  }
  const destination = JSON.parse(row.destination) as Destination; // written by `enqueue`
  switch (destination.type) {
    case "thread":
      return job === undefined || job.thread_channel === null
        ? { key: `waiting ${row.job_id}`, rates: [], waits: job !== undefined }
        : posts(job.thread_channel);
    case "channel":
      return posts(destination.channel);
    case "direct":
      return posts(destination.user);
    case "ephemeral":
    case "response-url": {
      const key = `whisper ${destination.channel} ${destination.user}`;
      return { key, rates: [{ key, rate: whisperRate }], waits: false };
    }
    default:
      return destination satisfies never;
  }
}

function posts(channel: string): Lane {
  const key = `post ${channel}`;
  return { key, rates: [{ key, rate: postRate }], waits: false };
}
