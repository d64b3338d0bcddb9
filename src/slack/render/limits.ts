import type { KnownBlock } from "@slack/types";

/*
 * Slack's limits on messages, all of them here (https://docs.slack.dev/reference/block-kit/blocks). Lengths are UTF-16
 * units: never fewer than the characters that Slack counts.
 */
export const limits = {
  blocks: 50,
  /** Documented nowhere; 11,341 characters of all blocks together have failed (`msg_blocks_too_long`). */
  blockText: 10_000,
  /** `chat.update` refuses more than 4,000 (`msg_too_long`), counted after escaping. */
  summary: 3_000,
  header: 150,
  /** A section's text; what we put into one text, quote or list. */
  text: 3_000,
  /** What we put into one fixed-width piece: no limit is documented for it but that of all blocks. */
  preformatted: 3_500,
  listItems: 100,
  contextElements: 10,
  contextText: 2_000,
  buttons: 25,
  buttonLabel: 75,
  buttonValue: 2_000,
  actionId: 255,
  modalTitle: 24,
  modalText: 2_000,
  privateMetadata: 3_000,
} as const;

/** Cuts a text so that it is at most `max` long, and says so with `…`. No letter is cut in half. */
export function cut(text: string, max: number): string {
  if (text.length <= max) return text;
  if (max <= 0) return "";
  let end = max - 1;
  const last = text.charCodeAt(end - 1);
  // the first half of a surrogate pair stays with its second
  if (last >= 0xd800 && last <= 0xdbff) end -= 1;
  return `${text.slice(0, end)}…`;
}

/** The characters of all texts inside. */
export function textLength(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, inner: unknown) => sum + textLength(inner), 0);
  if (typeof value !== "object" || value === null) return 0;
  let sum = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== "string") sum += textLength(inner);
    else if (key === "text" || key === "fallback" || key === "url") sum += inner.length;
  }
  return sum;
}

const cutNote: KnownBlock = {
  type: "context",
  elements: [{ type: "plain_text", text: "… the rest does not fit into one message.", emoji: false }],
};
const cutNoteLength = textLength(cutNote);

/** The last word on the size of a message: blocks that do not fit are left out with a note; buttons stay. */
export function fit(blocks: readonly KnownBlock[]): KnownBlock[] {
  if (blocks.length <= limits.blocks && textLength(blocks) <= limits.blockText) return [...blocks];
  const buttons = blocks.filter((block) => block.type === "actions").slice(0, limits.blocks - 2);
  const kept = new Set<KnownBlock>(buttons);
  let room = limits.blockText - cutNoteLength - textLength(buttons);
  for (const block of blocks) {
    if (kept.has(block)) continue;
    const length = textLength(block);
    if (length > room || kept.size >= limits.blocks - 1) break;
    kept.add(block);
    room -= length;
  }
  const fitting = blocks.filter((block) => kept.has(block));
  const end = fitting.findLastIndex((block) => block.type !== "actions");
  return [...fitting.slice(0, end + 1), cutNote, ...fitting.slice(end + 1)];
}
