import type { WebClient } from "@slack/web-api";
import { failureOf } from "../web/failures.ts";

/** The metadata that every message of ours carries, so that it can be found again. */
export const metadataType = "lxd_chatops";

export function metadataOf(row: { readonly id: string; readonly job_id: string | null }) {
  return {
    event_type: metadataType,
    event_payload: { outbox_id: row.id, ...(row.job_id === null ? {} : { job_id: row.job_id }) },
  };
}

export type Found =
  | { readonly type: "found"; readonly channel: string; readonly ts: string }
  | { readonly type: "absent" }
  /** Slack does not let us look there. */
  | { readonly type: "hidden"; readonly error: string };

const pageSize = 200;
const maxPages = 5;
/** Clocks differ; Slack's and ours are both on NTP. */
const clockSlackMs = 120_000;

/**
 * Looks for a message whose sending ended unknown. Throws what the Web API throws when Slack cannot be asked now.
 * `place` is a channel or a user's id.
 */
export async function findMessage(
  web: WebClient,
  wanted: {
    readonly outboxId: string;
    readonly place: string;
    readonly threadTs?: string | undefined;
    readonly since: number;
  },
): Promise<Found> {
  try {
    const channel = await channelOf(web, wanted.place);
    const oldest = ((wanted.since - clockSlackMs) / 1000).toFixed(6);
    let cursor: string | undefined;
    for (let page = 0; page < maxPages; page += 1) {
      const request = { channel, oldest, limit: pageSize, include_all_metadata: true, ...(cursor ? { cursor } : {}) };
      const answer =
        wanted.threadTs === undefined
          ? await web.conversations.history(request)
          : await web.conversations.replies({ ...request, ts: wanted.threadTs });
      const hit = answer.messages?.find((message) => outboxIdIn(message.metadata) === wanted.outboxId);
      if (hit?.ts !== undefined) return { type: "found", channel, ts: hit.ts };
      cursor = answer.response_metadata?.next_cursor;
      if (cursor === undefined || cursor === "") return { type: "absent" };
    }
    return { type: "hidden", error: "too many messages since" };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind === "refused") return { type: "hidden", error: failure.error };
    throw error;
  }
}

async function channelOf(web: WebClient, place: string): Promise<string> {
  if (!/^[UW]/.test(place)) return place;
  const { channel } = await web.conversations.open({ users: place });
  return channel?.id ?? place;
}

function outboxIdIn(metadata: unknown): unknown {
  if (typeof metadata !== "object" || metadata === null) return undefined;
  if (!("event_type" in metadata) || metadata.event_type !== metadataType || !("event_payload" in metadata))
    return undefined;
  const payload = metadata.event_payload;
  return typeof payload === "object" && payload !== null && "outbox_id" in payload ? payload.outbox_id : undefined;
}
