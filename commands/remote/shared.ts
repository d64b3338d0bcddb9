import { requireAllowed } from "../../src/pipeline/authorize.ts";
import { listJobs, openJobStates, targetsOf } from "../../db/jobs.ts";
import type { Read } from "../../db/database.ts";
import { UserError } from "../../src/errors.ts";
import type { Services } from "../../src/pipeline/services.ts";

/** @throws UserError `not-allowed` */
export function requireMay(use: Pick<Services, "may">, remote: string): void {
  requireAllowed(
    use.may("remote.write", { remote, project: "default", name: remote }),
    `You may not change ${remote}.`,
  );
}

/** A remote that a job works on, or waits for, keeps its name. @throws UserError `remote-in-use` */
export async function requireIdle(store: Read, remote: string): Promise<void> {
  for (const job of await listJobs(store, { states: openJobStates, limit: 1_000 })) {
    const targets = await targetsOf(store, job.id);
    if (!targets.some((target) => target.split("/")[1] === remote)) continue;
    throw new UserError("remote-in-use", {
      what: `${job.id} (${job.command}) works on ${remote}.`,
      next: `Wait for it, or cancel it: \`/lxd job cancel ${job.id}\`.`,
    });
  }
}
