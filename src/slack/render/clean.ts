/**
 * Makes visible what would act on a reader's screen instead of being read: control characters, marks that turn the
 * direction of writing, and letters without width. Line breaks and tabs stay.
 */
export function clean(text: string): string {
  return text
    .toWellFormed()
    .replaceAll(/\r\n?/g, "\n")
    .replaceAll(/[\p{Cc}\p{Bidi_Control}\u200b\u2028\u2029\u2060\ufeff]/gu, (letter) => shown(letter));
}

/** The same on one line. */
export function cleanLine(text: string): string {
  return clean(text).replaceAll("\n", "⏎").replaceAll("\t", " ");
}

/** The pictures of the control characters stand in the order of what they show. */
const controlPictures = 0x2400;

function shown(letter: string): string {
  const code = letter.codePointAt(0) ?? 0;
  if (letter === "\n" || letter === "\t") return letter;
  if (code < 0x20) return String.fromCodePoint(controlPictures + code);
  if (code === 0x7f) return "␡";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}

/** For the `text` of a message, which Slack reads as markup: these three letters are all that can be escaped there. */
export function escapeMarkup(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}
