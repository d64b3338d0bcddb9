import { randomUUID } from "node:crypto";
import type { Pace } from "./clock.ts";
import { ApiError, messageOf } from "./errors.ts";
import type { EventHub } from "./events.ts";

/** shared/api/status_code.go */
const operationStatusCodes = {
  Pending: 105,
  Running: 103,
  Cancelling: 104,
  Success: 200,
  Failure: 400,
  Cancelled: 401,
} as const;
type OperationStatus = keyof typeof operationStatusCodes;

/** An operation as `GET /1.0/operations/{id}` shows it, in LXD's order of fields. */
export interface RenderedOperation {
  readonly id: string;
  readonly class: string;
  readonly description: string;
  readonly created_at: string;
  readonly updated_at: string;
  readonly status: string;
  readonly status_code: number;
  readonly resources: Readonly<Record<string, readonly string[]>> | null;
  readonly metadata: Readonly<Record<string, unknown>> | null;
  readonly may_cancel: boolean;
  readonly err: string;
  readonly location: "none";
}

export interface OperationHandle {
  readonly id: string;
  /** Aborts when the operation is cancelled or the server goes away. */
  readonly signal: AbortSignal;
  updateMetadata(metadata: Readonly<Record<string, unknown>>): void;
  /** Opens or closes the time in which `DELETE` may cancel it. */
  setCancellable(cancellable: boolean): void;
}

export interface OperationSpec {
  readonly project: string;
  readonly description: string;
  readonly class?: "task" | "token";
  readonly resources: Readonly<Record<string, readonly string[]>> | null;
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** A token operation has no work: it stays until it is used or cancelled. */
  readonly run?: (handle: OperationHandle) => Promise<void>;
}

export interface Operation {
  readonly id: string;
  readonly project: string;
  readonly spec: OperationSpec;
  render(): RenderedOperation;
  isFinal(): boolean;
  /** The status code of LXD's error that made it fail; Incus passes it on in `/wait`. */
  failureCode(): number;
  cancel(): void;
  /** Resolves when it is final, after `timeoutSeconds` (never, if negative), or when the signal aborts. */
  wait(timeoutSeconds: number, signal: AbortSignal): Promise<void>;
}

export interface Operations extends AsyncDisposable {
  create(spec: OperationSpec): Operation;
  get(id: string): Operation | undefined;
  list(project: string | null): readonly Operation[];
}

const millisecondsPerSecond = 1_000;

export function createOperations(pace: Pace, events: EventHub): Operations {
  const operations = new Map<string, Operation>();
  const lifetime = new AbortController();
  const forgetting = new Set<NodeJS.Timeout>();
  const running = new Set<Promise<void>>();

  function create(spec: OperationSpec): Operation {
    const id = randomUUID();
    const createdAt = pace.now();
    const cancelling = new AbortController();
    const final = Promise.withResolvers<void>();
    let updatedAt = createdAt;
    let status: OperationStatus = "Pending";
    let metadata = spec.metadata ?? null;
    let failure = "";
    let failureCode = 500;
    let cancellable = spec.class === "token";

    const isFinal = () => operationStatusCodes[status] >= operationStatusCodes.Success;
    const render = (): RenderedOperation => ({
      id,
      class: spec.class ?? "task",
      description: spec.description,
      created_at: createdAt,
      updated_at: updatedAt,
      status,
      status_code: operationStatusCodes[status],
      resources: spec.resources,
      metadata,
      may_cancel: cancellable,
      err: failure,
      location: "none",
    });
    const change = (next: OperationStatus) => {
      status = next;
      events.operation(spec.project, render());
    };
    const finish = (next: OperationStatus) => {
      if (isFinal()) return;
      cancellable = cancellable && spec.class === "token";
      change(next);
      final.resolve();
      const timer = setTimeout(() => {
        forgetting.delete(timer);
        operations.delete(id);
      }, pace.forgetMs);
      forgetting.add(timer);
    };
    const handle: OperationHandle = {
      id,
      signal: AbortSignal.any([lifetime.signal, cancelling.signal]),
      updateMetadata(next) {
        if (isFinal()) return;
        metadata = { ...metadata, ...next };
        updatedAt = pace.now();
        change(status);
      },
      setCancellable(next) {
        cancellable = next;
      },
    };
    const operation: Operation = {
      id,
      project: spec.project,
      spec,
      render,
      isFinal,
      failureCode: () => failureCode,
      cancel() {
        if (status !== "Running") throw new ApiError(400, "Only running operations can be cancelled");
        if (!cancellable) throw new ApiError(400, "This operation can't be cancelled");
        change("Cancelling");
        cancelling.abort();
        finish("Cancelled");
      },
      async wait(timeoutSeconds, signal) {
        if (isFinal()) return;
        const gone = Promise.withResolvers<void>();
        const stop = () => gone.resolve();
        const timer = timeoutSeconds < 0 ? undefined : setTimeout(stop, timeoutSeconds * millisecondsPerSecond);
        signal.addEventListener("abort", stop, { once: true });
        lifetime.signal.addEventListener("abort", stop, { once: true });
        await Promise.race([final.promise, gone.promise]);
        clearTimeout(timer);
        signal.removeEventListener("abort", stop);
        lifetime.signal.removeEventListener("abort", stop);
      },
    };
    operations.set(id, operation);
    change("Pending");
    change("Running");
    if (spec.run !== undefined) {
      const work = runLater(spec.run, handle).then(
        () => finish("Success"),
        (error: unknown) => {
          if (lifetime.signal.aborted || isFinal()) return;
          failure = messageOf(error);
          failureCode = error instanceof ApiError ? error.code : failureCode;
          finish("Failure");
        },
      );
      running.add(work);
      void work.finally(() => running.delete(work));
    }
    return operation;
  }

  return {
    create,
    get: (id) => operations.get(id),
    list: (project) =>
      [...operations.values()].filter((operation) => project === null || operation.project === project),
    async [Symbol.asyncDispose]() {
      lifetime.abort();
      for (const timer of forgetting) clearTimeout(timer);
      await Promise.allSettled(running);
    },
  };
}

/** The answer that announces the operation leaves first, as it does with LXD's goroutines. */
async function runLater(run: (handle: OperationHandle) => Promise<void>, handle: OperationHandle): Promise<void> {
  await new Promise<void>((resolve) => void setImmediate(resolve));
  await run(handle);
}
