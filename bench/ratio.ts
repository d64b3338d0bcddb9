import { setTimeout as sleep } from "node:timers/promises";

/** Milliseconds of `count` runs, one after the other, after `warmUp` that do not count. */
export async function timed(
  run: () => Promise<void>,
  options: { readonly count: number; readonly warmUp: number; readonly pauseMs?: number },
): Promise<readonly number[]> {
  for (let n = 0; n < options.warmUp; n += 1) await run();
  const times: number[] = [];
  for (let n = 0; n < options.count; n += 1) {
    const begun = performance.now();
    await run();
    times.push(performance.now() - begun);
    if (options.pauseMs !== undefined) await sleep(options.pauseMs);
  }
  return times;
}

/** Two things by turns, so that both see the same weather. */
export async function byTurns(
  a: () => Promise<void>,
  b: () => Promise<void>,
  options: { readonly rounds: number; readonly perRound: number; readonly pauseMs?: number },
): Promise<readonly [readonly number[], readonly number[]]> {
  const [left, right]: [number[], number[]] = [[], []];
  for (let round = 0; round < options.rounds; round += 1) {
    left.push(...(await timed(a, { ...options, count: options.perRound, warmUp: round === 0 ? options.perRound : 1 })));
    right.push(
      ...(await timed(b, { ...options, count: options.perRound, warmUp: round === 0 ? options.perRound : 1 })),
    );
  }
  return [left, right];
}

export function percentile(times: readonly number[], share: number): number {
  const sorted = times.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}

/** One line of the table. `goal`: the ratio that should not be passed. */
export interface Row {
  readonly what: string;
  readonly ours: string;
  readonly peer: string;
  readonly ratio: string;
  readonly goal: string;
}

export function row(
  what: string,
  {
    ours,
    peer,
    goal,
    unit = "ms",
  }: { readonly ours: number; readonly peer: number; readonly goal: number; readonly unit?: string },
): Row {
  const ratio = ours / peer;
  return {
    what,
    ours: `${ours.toFixed(1)} ${unit}`,
    peer: `${peer.toFixed(1)} ${unit}`,
    ratio: `${ratio.toFixed(2)}${ratio > goal ? " (over)" : ""}`,
    goal: `≤ ${goal}`,
  };
}
