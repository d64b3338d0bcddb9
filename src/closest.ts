import { distance } from "fastest-levenshtein";

/** The candidate that was probably meant: at most a third of the letters differ (two for short words); undefined when none is near. */
export function closest(typed: string, candidates: readonly string[]): string | undefined {
  const word = typed.toLowerCase();
  let best: { readonly candidate: string; readonly distance: number } | undefined;
  for (const candidate of candidates) {
    const away = distance(word, candidate.toLowerCase());
    if (
      away <= Math.max(2, Math.floor(candidate.length / 3)) &&
      away < Math.max(word.length, 1) &&
      (!best || away < best.distance)
    ) {
      best = { candidate, distance: away };
    }
  }
  return best?.candidate;
}
