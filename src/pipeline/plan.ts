import { createHash } from "node:crypto";
import type { Part } from "./reply.ts";
import { resourceKey, type Resource } from "./references.ts";
import type { Permission } from "../access/permissions.ts";

/** One step that will be done, with the sentence that says so to people. */
export interface PlannedStep {
  readonly kind: string;
  readonly version: number;
  /** What the step kind's schema describes; JSON. */
  readonly input: unknown;
  /** "Create lxd1:web1 from busybox". */
  readonly says: string;
  /** Steps of one lane run in order, and a failure ends that lane alone (`stop web1 web2`). */
  readonly lane: string;
}

/** A thing that the plan touches, and what must be allowed there. */
export interface Touched {
  readonly resource: Resource;
  readonly permission: Permission;
}

export interface Plan {
  /** "Launch lxd1:web1 from busybox". */
  readonly title: string;
  /** What is locked while it runs, authorized before it runs, and shown in full. */
  readonly touches: readonly Touched[];
  readonly steps: readonly PlannedStep[];
  /** What instances would be like in the end, profiles expanded: judged for what reaches the host. */
  readonly results: readonly {
    readonly resource: Resource;
    readonly instance: {
      readonly config: Readonly<Record<string, string>>;
      readonly devices: Readonly<Record<string, Readonly<Record<string, string>>>>;
    };
  }[];
  /** `user.chatops.owner` of what exists, by `formatResource`. */
  readonly owners?: Readonly<Record<string, string>>;
  /** Facts that a person should know before and after. */
  readonly findings: readonly string[];
  /** Present: the requester is asked first, and sees these parts. */
  readonly confirm?: { readonly button: string; readonly parts: readonly Part[] };
  /** The projection of the world on which the plan rests; what is asked is bound to it. */
  readonly basis: unknown;
  /** What is other than when it was asked before. */
  readonly changed?: readonly string[];
  /** Where the bot chose a name: what makes a second command the same one, instead of the targets. */
  readonly joinBy?: readonly string[];
  /** Said when it has ended well. */
  readonly done: string;
}

/** sha256 of what the plan would do and of what it rests on; looks (titles, sentences) are not part of it. */
export function digestOf(plan: Plan): string {
  const content = {
    steps: plan.steps.map(({ kind, version, input, lane }) => ({ kind, version, input, lane })),
    touches: plan.touches,
    results: plan.results,
    basis: plan.basis,
  };
  return createHash("sha256").update(canonicalJson(content)).digest("hex");
}

/** JSON with sorted keys, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) => {
    if (inner === null || typeof inner !== "object" || Array.isArray(inner)) return inner;
    return Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/**
 * A plan as it stands on disk beside its job: without what only the steps need, which stands with them (a join token is
 * in one place, and is forgotten there when the job is over).
 */
function planText(plan: Plan): string {
  return JSON.stringify({ ...plan, steps: plan.steps.map((step) => ({ ...step, input: null })) } satisfies Plan);
}

/** What the database keeps of a plan. */
export function planRows(plan: Plan) {
  return {
    plan: planText(plan),
    digest: digestOf(plan),
    targets: plan.touches.map(({ resource }) => resourceKey(resource)),
    steps: plan.steps.map(({ input, ...step }) => ({ ...step, input: JSON.stringify(input) })),
  };
}
