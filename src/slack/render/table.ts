import { cleanLine } from "./clean.ts";
import { cut } from "./limits.ts";

/** Wider cells are cut: on a telephone a line is about forty letters wide. */
const maxCellWidth = 80;
const gap = "  ";

export interface TableLines {
  readonly head: string;
  readonly lines: readonly string[];
}

/** Columns as wide as their widest cell, by the width on screen. */
export function tableLines(columns: readonly string[], rows: readonly (readonly string[])[]): TableLines {
  const all = [columns, ...rows].map((row) =>
    columns.map((_, column) => cut(cleanLine(row[column] ?? ""), maxCellWidth)),
  );
  const widths = columns.map((_, column) => Math.max(...all.map((row) => widthOf(row[column] ?? ""))));
  const [head = "", ...lines] = all.map((row) => lineOf(row, widths));
  return { head, lines };
}

function lineOf(cells: readonly string[], widths: readonly number[]): string {
  return cells
    .map((cell, column) => cell + " ".repeat(Math.max(0, (widths[column] ?? 0) - widthOf(cell))))
    .join(gap)
    .trimEnd();
}

/** Letters that take two columns (Unicode's East Asian Width, coarsely), and such that take none. */
const wide =
  /[\u1100-\u115f\u2e80-\u303e\u3041-\ua4cf\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff00-\uff60\uffe0-\uffe6]|\p{Emoji_Presentation}|[\u{20000}-\u{3fffd}]/u;
const none = /\p{Mn}|\p{Me}|\u200d/u;

export function widthOf(text: string): number {
  let width = 0;
  for (const letter of text) width += none.test(letter) ? 0 : wide.test(letter) ? 2 : 1;
  return width;
}

/**
 * Lines joined to pieces of at most `pieceLength`, each with the head again, and at most `room` letters in all.
 * `left` is how many lines did not fit.
 */
export function piecesOf(
  { head, lines }: TableLines,
  { pieceLength, room }: { readonly pieceLength: number; readonly room: number },
): { readonly pieces: readonly string[]; readonly left: number } {
  const pieces: string[] = [];
  let used = 0;
  let done = 0;
  let piece = cut(head, Math.min(pieceLength, room));
  for (const line of lines) {
    const shown = cut(line, pieceLength - head.length - 1);
    if (piece.length + 1 + shown.length > pieceLength) {
      pieces.push(piece);
      used += piece.length;
      piece = head;
    }
    if (used + piece.length + 1 + shown.length > room) break;
    piece += `\n${shown}`;
    done += 1;
  }
  if (piece !== head || pieces.length === 0) pieces.push(piece);
  return { pieces: pieces.filter((one) => one !== ""), left: lines.length - done };
}
