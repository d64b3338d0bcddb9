import { setImmediate as nextTurn, setTimeout as sleep } from "node:timers/promises";

/** LXD's zero times: Go's, and the one that its database gives to an instance that never ran. */
export const goZeroTime = "0001-01-01T00:00:00Z";
export const neverUsed = "1970-01-01T00:00:00Z";

/** How long things take, and what time it is. */
export interface Pace {
  /** Duration of a whole operation in milliseconds. */
  readonly operationMs: number;
  /** From the start of an instance until its network has an address, in milliseconds. */
  readonly addressMs: number;
  /** How long a finished operation can still be asked for, in milliseconds (5 s in LXD). */
  readonly forgetMs: number;
  nowMs(): number;
  /** The time as Go prints it, with nanoseconds that grow within a millisecond. */
  now(): string;
  /** Waits for a share (0 to 1) of an operation; ends early, throwing, when the signal aborts. */
  spend(share: number, signal: AbortSignal): Promise<void>;
}

export function createPace(options: {
  readonly operationMs: number;
  readonly addressMs: number;
  readonly forgetMs: number;
  readonly nowMs: () => number;
}): Pace {
  let lastMs = 0;
  let nanoseconds = 0;
  return {
    ...options,
    now() {
      const nowMs = options.nowMs();
      nanoseconds = nowMs === lastMs ? Math.min(nanoseconds + 1_237, 999_999) : 100_001;
      lastMs = nowMs;
      return `${new Date(nowMs).toISOString().slice(0, -1)}${String(nanoseconds).padStart(6, "0")}Z`;
    },
    async spend(share, signal) {
      const ms = options.operationMs * share;
      await (ms === 0 ? nextTurn(undefined, { signal }) : sleep(ms, undefined, { signal }));
    },
  };
}
