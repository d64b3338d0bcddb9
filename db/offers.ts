import type { Read, Write } from "./database.ts";

/** Keeps a command that a button offers; the button carries the id alone. */
export async function insertOffer(
  transaction: Write,
  offer: { readonly id: string; readonly requestId: string; readonly text: string; readonly at: number },
): Promise<void> {
  await transaction
    .insertInto("offers")
    .values({ id: offer.id, request_id: offer.requestId, text: offer.text, created_at: offer.at })
    .execute();
}

export async function findOffer(db: Read, id: string): Promise<{ readonly text: string } | undefined> {
  return db.selectFrom("offers").select("text").where("id", "=", id).executeTakeFirst();
}

export async function forgetOffers(transaction: Write, { before }: { readonly before: number }): Promise<void> {
  await transaction.deleteFrom("offers").where("created_at", "<", before).execute();
}
