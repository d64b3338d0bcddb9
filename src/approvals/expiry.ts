import { decideApproval, expiredApprovals, nextExpiry } from "../../db/approvals.ts";
import { findJob, moveJob } from "../../db/jobs.ts";
import { enqueueRoot } from "../../db/outbox.ts";
import type { Store } from "../../db/database.ts";
import { record } from "../audit/trail.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";

/** A question that was forgotten by a wrong clock is found again after this. */
const longestSleepMs = 60_000;

/** Ends questions whose time is over, also those whose time ran out while the program was down. Runs until aborted. */
export async function expireQuestions(
  options: { readonly store: Store; readonly clock: Clock; readonly log: Log; readonly changed: () => void },
  signal: AbortSignal,
): Promise<void> {
  const { store, clock, log, changed } = options;
  while (!signal.aborted) {
    try {
      for (const approval of await expiredApprovals(store.read, clock.now())) {
        await store.write(async (transaction) => {
          const at = clock.now();
          if (!(await decideApproval(transaction, approval.id, { state: "expired", by: null, at }))) return;
          const job = await findJob(transaction, approval.job_id);
          if (!job) return;
          await moveJob(transaction, job.id, { from: ["asking"], to: "expired", ended_at: at });
          await record(transaction, clock, {
            requestId: job.request_id,
            kind: "answer",
            target: job.id,
            outcome: "expired",
            body: null,
          });
          await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at });
        });
        changed();
      }
      const next = await nextExpiry(store.read);
      const wait = Math.min(longestSleepMs, Math.max(0, (next ?? Infinity) - clock.now()));
      await clock.sleep(Math.max(wait, 200), signal);
    } catch (error) {
      if (signal.aborted) return;
      log.warn({ error: messageOf(error) }, "questions could not be expired; trying again");
      await clock.sleep(longestSleepMs, signal).catch(() => undefined);
    }
  }
}
