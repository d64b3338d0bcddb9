import type { WebClient } from "@slack/web-api";
import type { JobRow } from "../../../db/jobs.ts";
import type { Outgoing } from "../../../db/outbox.ts";
import type { Reply, Span } from "../../pipeline/reply.ts";
import type { Posted } from "./deliver.ts";
import type { ResponseUrls } from "./response-url.ts";

interface Means {
  readonly web: WebClient;
  readonly urls: ResponseUrls;
  readonly now: number;
}

/**
 * What tells a person, where the command was typed, that the story is told elsewhere. None when there is no way to say
 * so there and the story is in their direct messages anyway.
 */
export async function pointer(
  { web, urls, now }: Means,
  { job, posted }: { readonly job: JobRow; readonly posted: Posted },
): Promise<Outgoing | undefined> {
  const direct = posted.channel.startsWith("D");
  // a person's own channel with the bot has its own id: the story is where they asked for it
  const url = urls.find({ userId: job.user_id, channelId: job.channel_id }, now);
  if (url === undefined && direct) return undefined;
  const where = { channel: job.channel_id, user: job.user_id };
  return {
    requestId: job.request_id,
    jobId: job.id,
    destination:
      url === undefined ? { type: "ephemeral", ...where } : { type: "response-url", url, public: false, ...where },
    body: await sentence(web, posted, direct),
    at: now,
  };
}

async function sentence(web: WebClient, posted: Posted, direct: boolean): Promise<Reply> {
  const place: Span = direct ? "our direct messages" : { channel: posted.channel };
  const link = await permalink(web, posted);
  const follow: Span[] = link === undefined ? [place] : [place, ": ", { link, text: "open the thread" }];
  return {
    summary: "I may not post in this channel; the story is told elsewhere.",
    parts: [{ type: "text", text: ["I may not post in this channel, so the story is told in ", ...follow, "."] }],
  };
}

async function permalink(web: WebClient, { channel, ts }: Posted): Promise<string | undefined> {
  try {
    return (await web.chat.getPermalink({ channel, message_ts: ts })).permalink;
  } catch {
    // a comfort: the place is named without it
    return undefined;
  }
}
