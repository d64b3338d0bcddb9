import type { z } from "zod";
import type { Write } from "../../db/database.ts";
import type { Clock } from "../clock.ts";
import type { UserError } from "../errors.ts";
import type { Lxd } from "../lxd/connection.ts";
import type { Endpoint } from "../lxd/transport/routes.ts";
import type { StartedOperation } from "../lxd/transport/rest.ts";

/** Whose work a step is. */
export interface StepJob {
  readonly id: string;
  readonly requestId: string;
  readonly teamId: string;
  readonly userId: string;
}

export interface StepContext {
  readonly job: StepJob;
  /** A client of the remote whose requests carry the job's request id. Throws UserError `remote-unknown`. */
  readonly lxd: (remote: string) => Lxd;
  /** A client of a server that is no remote yet. */
  readonly dial: (remote: string, endpoint: Endpoint) => Lxd;
  /** The job's thread, once its first message has been sent. */
  readonly thread: () => Promise<{ readonly channel: string; readonly ts: string } | undefined>;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** What an instance is called on its server. */
export interface Place {
  readonly remote: string;
  readonly project: string;
  readonly name: string;
}

/** What looking at the server tells of a step. */
export type Look =
  /** The post-condition holds; `says` adds what was made of it ("10.0.3.7"). */
  | { readonly state: "done"; readonly says?: string }
  /** Not yet: the effect may be asked for (again). */
  | { readonly state: "open" }
  /** It cannot be reached any more: somebody else's work stands there. */
  | { readonly state: "blocked"; readonly error: UserError };

/**
 * One kind of step that changes a server. Every kind can say after a crash, from the server alone and from the evidence
 * that it wrote down before its effect, whether the effect happened.
 *
 * `converge`: the post-condition can be looked at, so the effect may be asked for again until it holds.
 * `claim`: the effect stamps what it makes, so that it is known whose work it is.
 */
export interface ServerStepKind<Input = unknown, Evidence = unknown> {
  readonly type: "server";
  readonly kind: string;
  /** Raised when the shape of the input changes; a job of another version is not run but reported. */
  readonly version: number;
  readonly honesty: "converge" | "claim";
  readonly input: z.ZodType<Input>;
  readonly evidence: z.ZodType<Evidence>;
  /** What the step works on, in words of the server; `name` is "" when it is the server itself. */
  readonly place: (input: Input) => Place;
  /** The server that it works on. */
  readonly server: (context: StepContext, input: Input) => Lxd;
  /** Reads what must be known before the effect. It is on disk before `act` is called. */
  readonly prepare: (context: StepContext, input: Input) => Promise<Evidence>;
  readonly look: (context: StepContext, input: Input, evidence: Evidence) => Promise<Look>;
  /** Asks for the effect. Nothing to follow: undefined. */
  readonly act: (context: StepContext, input: Input, evidence: Evidence) => Promise<StartedOperation | undefined>;
}

/** A step that changes the bot's own database only: it happens in the transaction that ends it, so exactly once. */
export interface LocalStepKind<Input = unknown> {
  readonly type: "local";
  readonly kind: string;
  readonly version: number;
  readonly input: z.ZodType<Input>;
  readonly write: (
    transaction: Write,
    input: Input,
    context: { readonly job: StepJob; readonly now: number },
  ) => Promise<string | undefined>;
}

export type StepKind = ServerStepKind | LocalStepKind;

/** Hides a kind's types, so that all kinds stand in one list; the runner hands each only what its own schemas parsed. */
export function defineServerStep<Input, Evidence>(
  kind: Omit<ServerStepKind<Input, Evidence>, "type">,
): ServerStepKind<Input, Evidence> & { readonly plan: (step: PlanStepOptions<Input>) => PlannedStepRow } {
  return { ...kind, type: "server", plan: (step) => planStep(kind, step) };
}

export function defineLocalStep<Input>(
  kind: Omit<LocalStepKind<Input>, "type">,
): LocalStepKind<Input> & { readonly plan: (step: PlanStepOptions<Input>) => PlannedStepRow } {
  return { ...kind, type: "local", plan: (step) => planStep(kind, step) };
}

interface PlanStepOptions<Input> {
  readonly input: Input;
  readonly says: string;
  readonly lane: string;
}

interface PlannedStepRow {
  readonly kind: string;
  readonly version: number;
  readonly input: unknown;
  readonly says: string;
  readonly lane: string;
}

function planStep<Input>(
  kind: { readonly kind: string; readonly version: number },
  { input, says, lane }: PlanStepOptions<Input>,
): PlannedStepRow {
  return { kind: kind.kind, version: kind.version, input, says, lane };
}

/** The list of all kinds, by name and version. */
export interface StepKinds {
  readonly find: (kind: string, version: number) => StepKind | undefined;
}

export function createStepKinds(kinds: readonly unknown[]): StepKinds {
  const all = kinds as readonly StepKind[]; // each was made by one of the two functions above
  const byName = new Map(all.map((kind) => [`${kind.kind}@${kind.version}`, kind]));
  if (byName.size !== all.length) throw new Error("two step kinds have the same name and version");
  return { find: (kind, version) => byName.get(`${kind}@${version}`) };
}
