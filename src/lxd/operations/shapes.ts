import { z } from "zod";
import { Text } from "../resources/shapes.ts";

/** An operation as LXD sends it (shared/api/operation.go). It is forgotten 5 s after its end. */
export const Operation = z.object({
  id: z.string().min(1),
  /** `task`, `websocket` or `token`. */
  class: z.string(),
  description: Text,
  created_at: Text,
  updated_at: Text,
  status: z.string(),
  status_code: z.number(),
  /** Kind → paths, with `?project=` where it is not `default` (but see `inProject`). */
  resources: z
    .record(z.string(), z.array(z.string()))
    .nullish()
    .transform((resources) => resources ?? {}),
  metadata: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((metadata) => metadata ?? {}),
  may_cancel: z.boolean(),
  /** Why it failed; empty otherwise. */
  err: Text,
  location: Text,
});
export type Operation = Readonly<z.infer<typeof Operation>>;

const ofInstance = /^\/1\.0\/(?:instances|containers|virtual-machines)\/[^?]+$/;

/**
 * LXD 5.0 leaves the project out of the paths in `resources`, Incus writes it: seen on 5.0.2 and 6.0.4. Where it is
 * known otherwise (from the query, from the event) it is added, so that `staging/web1` is not taken for `default/web1`.
 */
export function inProject(operation: Operation, project: string): Operation {
  if (project === "" || project === "default") return operation;
  const suffix = `?project=${encodeURIComponent(project)}`;
  const resources = Object.entries(operation.resources).map(([kind, paths]) => [
    kind,
    paths.map((path) => (ofInstance.test(path) ? path + suffix : path)),
  ]);
  // the same keys and kinds of values as before
  return { ...operation, resources: Object.fromEntries(resources) as Operation["resources"] };
}

/** How an operation ended. `forgotten`: the server no longer knows it, so its end is not known either. */
export type FinishedOperation =
  | { readonly status: "success"; readonly operation: Operation }
  | { readonly status: "failure"; readonly error: string; readonly operation: Operation }
  | { readonly status: "cancelled"; readonly error: string; readonly operation: Operation }
  | { readonly status: "forgotten"; readonly id: string };

/** Final status codes (shared/api/status_code.go). */
const endByCode: Readonly<Record<number, "success" | "failure" | "cancelled">> = {
  200: "success",
  400: "failure",
  401: "cancelled",
};

/** Undefined while it is still going on. */
export function endOf(operation: Operation): FinishedOperation | undefined {
  const status = endByCode[operation.status_code];
  if (status === undefined) return undefined;
  if (status === "success") return { status, operation };
  return { status, error: operation.err, operation };
}
