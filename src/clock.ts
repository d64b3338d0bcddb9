import { randomInt } from "node:crypto";

/** Time, ids and randomness, injected so that tests decide them. Times are milliseconds since 1970, UTC. */
export interface Clock {
  readonly now: () => number;
  /** Resolves after `ms`, rejects with the signal's reason when it is aborted first. */
  readonly sleep: (ms: number, signal?: AbortSignal) => Promise<void>;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  sleep: (ms, signal) =>
    new Promise((resolve, reject) => {
      if (signal?.aborted) {
        reject(abortReason(signal));
        return;
      }
      const timer = setTimeout(() => {
        signal?.removeEventListener("abort", onAbort);
        resolve();
      }, ms);
      function onAbort(): void {
        clearTimeout(timer);
        reject(abortReason(signal));
      }
      signal?.addEventListener("abort", onAbort, { once: true });
    }),
};

function abortReason(signal: AbortSignal | undefined): Error {
  const reason: unknown = signal?.reason;
  return reason instanceof Error ? reason : new Error("aborted", { cause: reason });
}

/** No vowels and no look-alikes: an id can be read out over the phone and spells no word. */
const idAlphabet = "23456789bcdfghjkmnpqrstvwxz";
const idLength = 10;

/** A random id such as `r-7k2mf9xw3q`: a one-letter kind, then 47 bits. */
export function newId(kind: "r" | "j" | "a" | "m" | "o" | "g" | "s"): string {
  let id = "";
  for (let n = 0; n < idLength; n += 1) id += idAlphabet[randomInt(idAlphabet.length)] ?? "";
  return `${kind}-${id}`;
}
