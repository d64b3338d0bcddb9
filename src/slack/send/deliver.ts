import type { ChatPostMessageArguments, WebClient } from "@slack/web-api";
import type { Destination, OutboxRow } from "../../../db/outbox.ts";
import type { JobRow } from "../../../db/jobs.ts";
import type { Log } from "../../log.ts";
import { isNotHere, placesOf } from "../place.ts";
import type { Rendered } from "../render/reply.ts";
import { failureOf, type CallFailure } from "../web/failures.ts";
import { findMessage, metadataOf } from "./lookup.ts";
import { respond } from "./response-url.ts";

export interface Posted {
  readonly channel: string;
  readonly ts: string;
}

/** How one attempt ended. `posted` is null where Slack tells no place (ephemeral messages, response URLs, edits). */
export type Delivery = { readonly posted: Posted | null } | { readonly failure: CallFailure };

export interface Letter {
  readonly row: OutboxRow;
  readonly job: JobRow | undefined;
  readonly rendered: Rendered;
  /** It may have been sent before. */
  readonly repeated: boolean;
}

export interface Mail {
  readonly web: WebClient;
  readonly log: Log;
  readonly opsChannel: string | undefined;
}

/** Sends one message to where it belongs. Never throws. */
export async function deliver(mail: Mail, letter: Letter): Promise<Delivery> {
  try {
    return await send(mail, letter);
  } catch (error) {
    return { failure: failureOf(error) };
  }
}

async function send(mail: Mail, letter: Letter): Promise<Delivery> {
  const { row, job } = letter;
  if (row.kind === "root") {
    if (job === undefined) return refused("the job is gone");
    if (job.thread_channel !== null && job.thread_ts !== null) {
      return update(mail, letter, { channel: job.thread_channel, ts: job.thread_ts });
    }
    return post(mail, letter, { places: placesOf(job, mail.opsChannel) });
  }
  const destination = JSON.parse(row.destination) as Destination; // written by `enqueue`
  switch (destination.type) {
    case "thread":
      if (job === undefined || job.thread_channel === null || job.thread_ts === null)
        return refused("there is no thread");
      return post(mail, letter, { places: [job.thread_channel], threadTs: job.thread_ts });
    case "channel":
      return post(mail, letter, { places: [destination.channel] });
    case "direct":
      return post(mail, letter, { places: [destination.user] });
    case "ephemeral":
      return whisper(mail, letter, destination);
    case "response-url": {
      const failure = await respond(destination.url, {
        rendered: letter.rendered,
        public: destination.public,
        replace: destination.replace ?? false,
      });
      if (failure === null) return { posted: null };
      if (failure.kind !== "refused") return { failure };
      // used up or too old: there are other ways to the same person
      return destination.public
        ? post(mail, letter, { places: [destination.channel, destination.user] })
        : whisper(mail, letter, destination);
    }
    default:
      return destination satisfies never;
  }
}

/** Tries the places in turn; a sending with unknown end is looked for first, in all of them. */
async function post(
  { web, log }: Mail,
  { row, rendered, repeated }: Letter,
  { places, threadTs }: { readonly places: readonly string[]; readonly threadTs?: string },
): Promise<Delivery> {
  if (repeated) {
    for (const place of places) {
      const found = await findMessage(web, { outboxId: row.id, place, threadTs, since: row.created_at });
      if (found.type === "found") return { posted: { channel: found.channel, ts: found.ts } };
      if (found.type === "hidden")
        log.warn({ outbox: row.id, place, error: found.error }, "cannot look for a message; it may come twice");
    }
  }
  let last: CallFailure = { kind: "refused", error: "there is no place to post" };
  for (const place of places) {
    const request: ChatPostMessageArguments = {
      ...rendered,
      channel: place,
      metadata: metadataOf(row),
      unfurl_links: false,
      unfurl_media: false,
      ...(threadTs === undefined ? {} : { thread_ts: threadTs }),
    };
    try {
      // the rule means a browser's windows
      // oxlint-disable-next-line unicorn/require-post-message-target-origin
      const { channel, ts } = await orPlainly(log, rendered, (text) => web.chat.postMessage({ ...request, ...text }));
      return { posted: { channel: channel ?? place, ts: ts ?? "" } };
    } catch (error) {
      last = failureOf(error);
      if (last.kind !== "refused" || !isNotHere(last.error)) return { failure: last };
    }
  }
  return { failure: last };
}

async function update({ web, log }: Mail, { row, rendered }: Letter, { channel, ts }: Posted): Promise<Delivery> {
  const request = { ...rendered, channel, ts, metadata: metadataOf(row) };
  await orPlainly(log, rendered, (text) => web.chat.update({ ...request, ...text }));
  return { posted: null };
}

/** For one person's eyes in the channel, else in a direct message. */
async function whisper(
  mail: Mail,
  letter: Letter,
  { channel, user }: { readonly channel: string; readonly user: string },
): Promise<Delivery> {
  // a modal knows no channel
  if (channel === "") return post(mail, letter, { places: [user] });
  try {
    await orPlainly(mail.log, letter.rendered, (text) =>
      mail.web.chat.postEphemeral({ ...letter.rendered, channel, user, ...text }),
    );
    return { posted: null };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused" || !isNotHere(failure.error)) return { failure };
    return post(mail, letter, { places: [user] });
  }
}

/** Slack's words for blocks that it does not take: our mistake, for which nobody shall miss the news. */
const blocksRefused = new Set(["invalid_blocks", "invalid_blocks_format", "msg_blocks_too_long", "msg_too_long"]);

async function orPlainly<T>(
  log: Log,
  rendered: Rendered,
  call: (change: { readonly text: string; readonly blocks?: [] }) => Promise<T>,
): Promise<T> {
  try {
    return await call({ text: rendered.text });
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused" || !blocksRefused.has(failure.error)) throw error;
    log.error({ error: failure.error }, "Slack refused the blocks of a message; it is sent as plain text");
    return call({ text: rendered.text, blocks: [] });
  }
}

function refused(error: string): Delivery {
  return { failure: { kind: "refused", error } };
}
