import { z } from "zod";
import { UserError } from "../../src/errors.ts";

export const jobId = z.string().regex(/^j-[a-z0-9]{4,20}$/, "a job is called j-…, as `job list` shows it");

export function noSuchJob(id: string): UserError {
  return new UserError("job-missing", { what: `There is no job ${id}.`, next: "See `/lxd job list --all`." });
}
