import type { Clock } from "../../clock.ts";
import { LxdRefused, LxdUnreachable } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import type { EventStream } from "./event-stream.ts";
import { progressOf, type Progress } from "./progress.ts";
import { endOf, Operation, type FinishedOperation } from "./shapes.ts";

export interface FollowOptions {
  readonly onProgress?: (progress: Progress) => void;
}

interface FollowContext {
  readonly rest: Rest;
  readonly events: EventStream;
  readonly clock: Clock;
  readonly limits: Limits;
}

/** `/wait` answers at the latest after its own timeout; so much later the answer is given up. */
const waitMarginMs = 5_000;

/**
 * Waits for the end of an operation: by events while their connection is open (with one GET against the race, and one
 * now and then), by short `/wait`s while it is not. Never guesses: an operation that the server has forgotten is
 * `forgotten`. The caller's signal ends the waiting, not the operation. Throws `LxdRefused` (other than 404), and
 * `LxdUnreachable` once the server has been away for `followUnreachableMs`.
 */
export async function follow(
  context: FollowContext,
  id: string,
  options: FollowOptions = {},
): Promise<FinishedOperation> {
  const { rest, events, clock, limits } = context;
  const { signal } = rest;
  let ended: FinishedOperation | undefined;
  let shown = "";
  let wake: (() => void) | undefined;

  let newestMs = 0;
  const see = (operation: Operation): void => {
    ended ??= endOf(operation);
    // LXD sends events concurrently: seen on 5.0.2, 10 % arrives before 4 %
    const updatedMs = Date.parse(operation.updated_at);
    if (updatedMs < newestMs) return;
    newestMs = updatedMs;
    const progress = progressOf(operation);
    const key = JSON.stringify(progress);
    if (progress === undefined || key === shown) return;
    shown = key;
    options.onProgress?.(progress);
  };
  const unsubscribe = events.subscribe((event) => {
    if (event.type === "operation") {
      if (event.operation.id !== id) return;
      see(event.operation);
      if (ended === undefined) return;
    } else if (event.type === "lifecycle") return;
    wake?.();
  });

  /** Until something is to be done: an end, a connection that opened or was lost, or time. */
  async function rested(ms: number): Promise<void> {
    const woken = new AbortController();
    wake = () => woken.abort();
    const onAbort = (): void => woken.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    if (ended === undefined) await clock.sleep(ms, woken.signal).catch(() => undefined);
    signal.removeEventListener("abort", onAbort);
    wake = undefined;
    signal.throwIfAborted();
  }

  let awaySinceMs: number | undefined;
  let retryMs = limits.reconnectFirstMs;
  try {
    for (;;) {
      if (ended !== undefined) return ended;
      const byEvents = events.connected;
      try {
        const operation = byEvents ? await get(rest, id) : await wait(rest, id, limits.waitSliceS);
        awaySinceMs = undefined;
        retryMs = limits.reconnectFirstMs;
        see(operation);
        if (byEvents && events.connected) await rested(limits.followRecheckMs);
      } catch (thrown) {
        if (thrown instanceof LxdRefused && thrown.status === 404) return ended ?? { status: "forgotten", id };
        if (!isAway(thrown)) throw thrown;
        awaySinceMs ??= clock.now();
        if (clock.now() - awaySinceMs >= limits.followUnreachableMs) throw thrown;
        await rested(retryMs);
        retryMs = Math.min(limits.reconnectMaxMs, retryMs * 2);
      }
    }
  } finally {
    unsubscribe();
  }
}

/** 503 is what LXD answers while its daemon starts. */
function isAway(thrown: unknown): boolean {
  return thrown instanceof LxdUnreachable || (thrown instanceof LxdRefused && thrown.status === 503);
}

function get(rest: Rest, id: string): Promise<Operation> {
  return rest.get(pathOf(["operations", id]), Operation);
}

/** Answers when the operation has ended, or after `timeoutS` as it is then. */
export function wait(rest: Rest, id: string, timeoutS: number): Promise<Operation> {
  const path = pathOf(["operations", id, "wait"], { timeout: timeoutS });
  return rest.get(path, Operation, timeoutS * 1_000 + waitMarginMs);
}
