import { enqueueRoot } from "../../db/outbox.ts";
import { updateStep, type JobRow, type StepRow } from "../../db/jobs.ts";
import type { Store } from "../../db/database.ts";
import type { Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { describeThrown } from "./failure.ts";
import type { StepJournal } from "./run-step.ts";

/** Progress is written at most this often; what comes in between is passed over. */
const progressEveryMs = 1_000;

export interface OpenJournal extends StepJournal {
  /** Resolves when all that was said of progress is on disk. */
  readonly settled: () => Promise<void>;
}

/** Writes down how a step goes; every write also asks for the job's message to be edited. */
export function openJournal({
  store,
  clock,
  log,
  changed,
  job,
  step,
}: {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly changed: () => void;
  readonly job: JobRow;
  readonly step: StepRow;
}): OpenJournal {
  const key = { jobId: job.id, position: step.position };
  let lastAt = 0;
  let writing: Promise<void> = Promise.resolve();

  async function write(columns: Parameters<typeof updateStep>[2]): Promise<void> {
    await store.write(async (transaction) => {
      await updateStep(transaction, key, columns);
      await enqueueRoot(transaction, { jobId: job.id, requestId: job.request_id, at: clock.now() });
    });
    changed();
  }

  function say(progress: { readonly stage: string; readonly text: string; readonly percent?: number }): void {
    const now = clock.now();
    if (now - lastAt < progressEveryMs) return;
    lastAt = now;
    writing = writing
      .then(() => write({ progress: JSON.stringify(progress) }))
      .catch((error: unknown) => log.warn({ jobId: job.id, error: describeThrown(error) }, "progress was not written"));
  }

  return {
    begin: (evidence) =>
      write({ state: "running", started_at: clock.now(), evidence: JSON.stringify(evidence ?? null) }),
    operation: (operationId) => write({ operation_id: operationId }),
    progress: say,
    waiting: (text) => say({ stage: "waiting", text }),
    settled: () => writing,
  };
}
