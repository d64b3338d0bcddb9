import { forgetArrivals } from "../../db/inbox.ts";
import { forgetOffers } from "../../db/offers.ts";
import { forgetMessages } from "../../db/outbox.ts";
import type { Store } from "../../db/database.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";

const everyMs = 60 * 60_000;
/** Slack redelivers for minutes, not days (retries at once, after 1 and after 5 minutes). */
const keepArrivalsMs = 7 * 86_400_000;
const keepMessagesMs = 7 * 86_400_000;
const keepOffersMs = 30 * 86_400_000;

/** Forgets what can no longer be needed: ended arrivals, sent messages, old buttons. Jobs and stories are kept. */
export async function keepHouse(
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Log },
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    try {
      const now = clock.now();
      await store.write(async (transaction) => {
        await forgetArrivals(transaction, { before: now - keepArrivalsMs });
        await forgetMessages(transaction, { before: now - keepMessagesMs });
        await forgetOffers(transaction, { before: now - keepOffersMs });
      });
    } catch (error) {
      log.warn({ error: messageOf(error) }, "old rows were not forgotten; trying again later");
    }
    await clock.sleep(everyMs, signal).catch(() => undefined);
  }
}
