import type { Write } from "../../db/database.ts";
import { insertOffer } from "../../db/offers.ts";
import { newId } from "../clock.ts";
import type { Failure } from "../jobs/failure.ts";
import { prose, type Button, type Part, type Reply } from "./reply.ts";

/** What happened, why, and what to do next. */
export function failureParts(failure: Failure): readonly Part[] {
  return [
    { type: "text", text: ["❌ ", { bold: failure.what.replaceAll("`", "") }] },
    ...(failure.why === undefined ? [] : [{ type: "text", text: failure.why } as const]),
    ...(failure.next === undefined ? [] : [{ type: "text", text: prose(failure.next) } as const]),
  ];
}

/** The reference that leads to the story. */
function referenceNote(reference: string): Part {
  return {
    type: "note",
    text: ["Reference ", { code: reference }, ". The whole story: ", { code: `/lxd why ${reference}` }],
  };
}

/** A failure as a reply; commands that it offers are kept in the same transaction, and become buttons. */
export async function failureReply(
  transaction: Write,
  { failure, requestId, now }: { readonly failure: Failure; readonly requestId: string; readonly now: number },
): Promise<Reply> {
  const buttons: Button[] = [];
  for (const offer of failure.offers ?? []) {
    const id = newId("o");
    await insertOffer(transaction, { id, requestId, text: offer.text, at: now });
    buttons.push({ label: offer.label, action: "offer.run", value: id });
  }
  return {
    summary: failure.what,
    parts: [
      ...failureParts(failure),
      referenceNote(requestId),
      ...(buttons.length === 0 ? [] : [{ type: "buttons", buttons } as const]),
    ],
  };
}
