import type { JobRow } from "../../db/jobs.ts";

/**
 * Where a job's story goes, best first: the channel of the command, the team's ops channel, a direct message (a user's
 * id stands for the channel with that person). The first one in which Slack lets the bot post is taken.
 */
export function placesOf(
  job: Pick<JobRow, "channel_id" | "user_id">,
  opsChannel: string | undefined,
): readonly string[] {
  return [...new Set([job.channel_id, opsChannel ?? "", job.user_id])].filter((place) => place !== "");
}

/** Slack's words for "not here" (https://docs.slack.dev/reference/methods/chat.postMessage#errors); another place may do. */
const notHere = new Set([
  "not_in_channel",
  "channel_not_found",
  "is_archived",
  "restricted_action",
  "restricted_action_read_only_channel",
  "restricted_action_thread_only_channel",
  "messages_tab_disabled",
  "team_access_not_granted",
  "access_denied",
  "no_permission",
  "user_not_in_channel",
  "method_not_supported_for_channel_type",
]);

export function isNotHere(error: string): boolean {
  return notHere.has(error);
}
