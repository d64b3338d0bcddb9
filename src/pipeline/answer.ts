import { endArrival } from "../../db/inbox.ts";
import { enqueue, type Destination } from "../../db/outbox.ts";
import type { Write } from "../../db/database.ts";
import type { Incoming } from "./intake.ts";
import type { StoredPayload } from "./intake-service.ts";
import type { Reply } from "./reply.ts";

/** Ends an arrival with its answer, exactly once. False when it had ended before: then nothing more may be done for it. */
export async function endWithAnswer(
  transaction: Write,
  answer: {
    readonly arrivalId: string;
    readonly requestId: string;
    readonly destination: Destination;
    readonly reply: Reply;
    readonly at: number;
  },
): Promise<boolean> {
  const { arrivalId, requestId, destination, reply, at } = answer;
  if (!(await endArrival(transaction, { id: arrivalId, at }))) return false;
  await enqueue(transaction, { requestId, destination, body: reply, at });
  return true;
}

/** Where short answers go: a response URL where there is one, else to the person alone, in the place. */
export function destinationOf(
  payload: { readonly kind: StoredPayload["kind"]; readonly incoming: Incoming },
  visibility: { readonly public: boolean },
): Destination {
  const { incoming } = payload;
  const url = "responseUrl" in incoming && typeof incoming.responseUrl === "string" ? incoming.responseUrl : "";
  if (url !== "")
    return { type: "response-url", url, public: visibility.public, user: incoming.userId, channel: incoming.channelId };
  if (payload.kind === "mention" && "threadTs" in incoming && typeof incoming.threadTs === "string") {
    return { type: "channel", channel: incoming.channelId, threadTs: incoming.threadTs };
  }
  if (visibility.public || payload.kind === "mention") return { type: "channel", channel: incoming.channelId };
  return { type: "ephemeral", channel: incoming.channelId, user: incoming.userId };
}
