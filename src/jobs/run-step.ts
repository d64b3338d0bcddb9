import type { StepRow } from "../../db/jobs.ts";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { LxdNonsense, LxdRefused, LxdUnreachable } from "../lxd/errors.ts";
import type { Lxd } from "../lxd/connection.ts";
import type { Progress } from "../lxd/operations/progress.ts";
import type { FinishedOperation } from "../lxd/operations/shapes.ts";
import { isUnderWay, touchesInstance } from "../lxd/operations/touched.ts";
import type { Look, Place, ServerStepKind, StepContext } from "./step-kind.ts";

/** How long a server that went away in the middle of a step is waited for. */
export const serverAbsenceLimitMs = 10 * 60_000;
const absencePollMs = 2_000;
/** How often an effect is asked for when the server says that it succeeded and the post-condition does not hold. */
const maxActs = 3;

/** The step, as far as running it needs to be written down. Every method is on disk when it resolves. */
export interface StepJournal {
  readonly begin: (evidence: unknown) => Promise<void>;
  readonly operation: (operationId: string) => Promise<void>;
  readonly progress: (progress: Progress) => void;
  /** Says that the server is being waited for. */
  readonly waiting: (says: string) => void;
}

export interface StepDependencies {
  readonly clock: Clock;
  /** Called between any two things that can be told apart after a kill; tests end the process there. */
  readonly boundary: (name: string) => void;
}

export type StepEnd =
  | { readonly state: "done"; readonly says?: string; readonly found?: true }
  | { readonly state: "failed"; readonly error: unknown }
  | { readonly state: "cancelled" }
  | { readonly state: "unknown"; readonly error: UserError };

/**
 * Brings a step to its end: begins it, or takes it up where a killed program left it. The effect is asked for only when
 * looking at the server says that it has not happened and no operation of it is under way.
 * @throws the signal's reason, when it is aborted; the step stays as it is on disk, and can be taken up again
 */
export async function runServerStep(
  dependencies: StepDependencies,
  {
    kind,
    row,
    context,
    journal,
    cancel,
  }: {
    readonly kind: ServerStepKind;
    readonly row: StepRow;
    readonly context: StepContext;
    readonly journal: StepJournal;
    readonly cancel: AbortSignal;
  },
): Promise<StepEnd> {
  const { boundary } = dependencies;
  const name = `${row.position}:${row.kind}`;
  const input = kind.input.parse(JSON.parse(row.input));
  const place = kind.place(input);
  const server = kind.server(context, input);
  const taken = row.state === "running";
  let evidence: unknown;
  if (taken) {
    evidence = kind.evidence.parse(JSON.parse(row.evidence ?? "null"));
  } else {
    if (cancel.aborted) return { state: "cancelled" };
    boundary(`${name} before`);
    try {
      evidence = await kind.prepare(context, input);
    } catch (error) {
      // only reading has been tried so far
      context.signal.throwIfAborted();
      return { state: "failed", error };
    }
    await journal.begin(evidence);
    boundary(`${name} begun`);
  }

  let operationId = taken ? row.operation_id : null;
  let mustLook = taken;
  for (let acts = 0; ;) {
    try {
      if (mustLook) {
        const finished = await settleUnderWay(server, { place, operationId, journal, cancel });
        const look = await kind.look(context, input, evidence);
        const end = endOf(look, taken && acts === 0);
        if (end) return end;
        if (finished?.status === "cancelled") return { state: "cancelled" };
        if (finished?.status === "failure") return { state: "failed", error: refusal(place, finished) };
        if (acts >= maxActs) return { state: "unknown", error: unconvinced(place) };
        if (cancel.aborted) return { state: "cancelled" };
      }
      acts += 1;
      mustLook = true;
      operationId = null;
      const started = await kind.act(context, input, evidence);
      boundary(`${name} acted`);
      if (started) {
        operationId = started.id;
        // when it cannot be written it is known here all the same; after a kill it is found by its instance
        await journal.operation(started.id).catch(() => undefined);
        boundary(`${name} operation`);
      }
    } catch (error) {
      context.signal.throwIfAborted();
      if (error instanceof LxdRefused) {
        const end = endOf(await lookAfterRefusal(kind, { context, input, evidence, error }), false);
        return end ?? { state: "failed", error };
      }
      if (error instanceof LxdNonsense || isUncertain(error)) {
        const back = await waitForServer(dependencies, { context, server, place, journal, error });
        if (!back) return { state: "unknown", error: absent(place, error) };
        mustLook = true;
        continue;
      }
      // it is known that nothing reached the server (or it is our bug), but an earlier try may have
      if (acts <= 1 && !taken) return { state: "failed", error };
      if (!(error instanceof LxdUnreachable)) throw error;
      const back = await waitForServer(dependencies, { context, server, place, journal, error });
      if (!back) return { state: "unknown", error: absent(place, error) };
    }
  }
}

function endOf(look: Look, found: boolean): StepEnd | undefined {
  switch (look.state) {
    case "done":
      return {
        state: "done",
        ...(look.says === undefined ? {} : { says: look.says }),
        ...(found ? ({ found: true } as const) : {}),
      };
    case "blocked":
      return { state: "failed", error: look.error };
    case "open":
      return undefined;
    default:
      return look satisfies never;
  }
}

/** A server that says no may have said so because the thing is done already ("already running"). */
async function lookAfterRefusal(
  kind: ServerStepKind,
  {
    context,
    input,
    evidence,
    error,
  }: {
    readonly context: StepContext;
    readonly input: unknown;
    readonly evidence: unknown;
    readonly error: LxdRefused;
  },
): Promise<Look> {
  try {
    const look = await kind.look(context, input, evidence);
    return look.state === "blocked" ? { state: "open" } : look;
  } catch {
    context.signal.throwIfAborted();
    throw error;
  }
}

/** Waits for the end of the operation that carries the effect, whether its id is known or has to be found. */
async function settleUnderWay(
  lxd: Lxd,
  {
    place,
    operationId,
    journal,
    cancel,
  }: {
    readonly place: Place;
    readonly operationId: string | null;
    readonly journal: StepJournal;
    readonly cancel: AbortSignal;
  },
): Promise<FinishedOperation | undefined> {
  const id = operationId ?? (place.name === "" ? undefined : await findUnderWay(lxd, place));
  if (id === undefined) return undefined;
  function cancelOperation(): void {
    // what cannot be cancelled runs on, and is told as it ends
    lxd.operations.cancel(id ?? "").catch(() => undefined);
  }
  if (cancel.aborted) cancelOperation();
  else cancel.addEventListener("abort", cancelOperation, { once: true });
  try {
    return await lxd.operations.follow(id, { onProgress: journal.progress });
  } finally {
    cancel.removeEventListener("abort", cancelOperation);
  }
}

/** An operation that works on this instance right now: the request arrived, and its answer did not. */
async function findUnderWay(lxd: Lxd, place: Place): Promise<string | undefined> {
  const running = await lxd.operations.list({ allProjects: true });
  return running.find((operation) => isUnderWay(operation) && touchesInstance(operation, place))?.id;
}

/** True when the request may have arrived although no answer came. */
function isUncertain(error: unknown): boolean {
  return error instanceof LxdUnreachable && error.mayHaveArrived;
}

async function waitForServer(
  { clock }: StepDependencies,
  {
    context,
    server,
    place,
    journal,
    error,
  }: {
    readonly context: StepContext;
    readonly server: Lxd;
    readonly place: Place;
    readonly journal: StepJournal;
    readonly error: unknown;
  },
): Promise<boolean> {
  const until = clock.now() + serverAbsenceLimitMs;
  for (;;) {
    try {
      await server.server.get();
      return true;
    } catch (again) {
      context.signal.throwIfAborted();
      if (!(again instanceof LxdUnreachable) && !(again instanceof LxdNonsense)) return true;
    }
    if (clock.now() >= until) return false;
    journal.waiting(
      `${place.remote} does not answer (${error instanceof Error ? error.message : "no answer"}); waiting for it`,
    );
    await clock.sleep(absencePollMs, context.signal);
  }
}

function refusal(place: Place, finished: Extract<FinishedOperation, { status: "failure" }>): LxdRefused {
  const { id, status_code: status } = finished.operation;
  return new LxdRefused(
    { remote: place.remote, method: "GET", path: `/1.0/operations/${id}` },
    { status, errorText: finished.error },
  );
}

function unconvinced(place: Place): UserError {
  return new UserError("outcome-unknown", {
    what: `${place.remote} says that it worked, but ${place.remote}:${place.name} does not look like it.`,
    next: `Look at it with \`/lxd info ${place.remote}:${place.name}\` before you try again.`,
  });
}

function absent(place: Place, error: unknown): UserError {
  return new UserError("outcome-unknown", {
    what: `${place.remote} went away in the middle, so it is not known whether it happened.`,
    why: error instanceof Error ? error.message : String(error),
    next: `When ${place.remote} is back, look with \`/lxd info ${place.remote}:${place.name}\`.`,
    cause: error,
  });
}
