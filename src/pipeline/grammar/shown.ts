import type { Offer } from "../../errors.ts";

/** What is shown of a word that was typed, in characters. */
const wordCharacters = 40;

/** As above in a command that takes a secret: the word may be the secret, in the wrong place. */
const wordCharactersBesideSecrets = 12;

/** Slack's limit for a button's text is 75 (reference of the button element). */
const labelCharacters = 70;

/** A word in backticks, harmless and short. */
export function shownWord(word: string, { besideSecrets }: { readonly besideSecrets: boolean }): string {
  if (word === "") return "An empty word";
  return `\`${oneLine(word, besideSecrets ? wordCharactersBesideSecrets : wordCharacters).replaceAll("`", "'")}\``;
}

/** Corrected commands as buttons that say what a click would run. */
export function offersOf(texts: readonly string[]): readonly Offer[] {
  return texts.map((text) => ({ label: oneLine(`/lxd ${text}`, labelCharacters), text }));
}

function oneLine(text: string, most: number): string {
  const characters = Array.from(text.replaceAll("\n", " "));
  return characters.length <= most ? characters.join("") : `${characters.slice(0, most - 1).join("")}…`;
}
