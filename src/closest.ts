import { distance } from "fastest-levenshtein";

/** More than this is a list, not a suggestion. */
export const maxSuggestions = 3;

/** Longer words are not typing errors of ours, in characters. */
const maxWordCharacters = 40;

/** A word that was only begun (`del`) is nearer than any word with a typing error in it. */
const begunScore = 0.5;

/**
 * How far a typed word is from a known one: 0 is the same, `undefined` is too far to be meant. One error is forgiven in
 * words of up to three letters, two in up to seven, three beyond.
 */
export function likeness(typed: string, known: string): number | undefined {
  if (typed.length > maxWordCharacters) return undefined;
  const word = typed.toLowerCase();
  if (word === known.toLowerCase()) return 0;
  if (word.length >= 2 && known.startsWith(word)) return begunScore;
  const bound = word.length <= 3 ? 1 : word.length <= 7 ? 2 : 3;
  const errors = distance(word, known);
  return errors <= bound && errors < known.length ? errors : undefined;
}

/** The known words that were probably meant, best first. */
export function closest(typed: string, known: Iterable<string>): readonly string[] {
  return best([...known].map((word) => [word, likeness(typed, word)] as const));
}

/** The things with a score, best first; equals keep their order. */
export function best<T>(scored: readonly (readonly [thing: T, score: number | undefined])[]): readonly T[] {
  return scored
    .filter((entry): entry is readonly [T, number] => entry[1] !== undefined)
    .sort(([, a], [, b]) => a - b)
    .slice(0, maxSuggestions)
    .map(([thing]) => thing);
}
