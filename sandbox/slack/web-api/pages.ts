import { parseJson, type Json } from "../json.ts";
import { ApiError, type Args } from "./call.ts";

export interface Page<T> {
  readonly items: readonly T[];
  /** Empty at the end (https://docs.slack.dev/apis/web-api/pagination). */
  readonly nextCursor: string;
}

/** Cuts one page out of a list; the cursor is opaque and only fits the list that it came from. */
export function pageOf<T>(
  all: readonly T[],
  args: Args,
  limits: { readonly preset: number; readonly max: number },
): Page<T> {
  const limit = args.integer("limit") ?? limits.preset;
  if (limit < 1 || limit > limits.max) throw new ApiError("invalid_limit");
  const from = args.has("cursor") ? offsetOf(args.text("cursor") ?? "") : 0;
  const next = from + limit;
  return { items: all.slice(from, next), nextCursor: next < all.length ? cursorAt(next) : "" };
}

function cursorAt(offset: number): string {
  return Buffer.from(`next:${offset}`).toString("base64");
}

function offsetOf(cursor: string): number {
  const found = /^next:(\d+)$/.exec(Buffer.from(cursor, "base64").toString("utf8"));
  const offset = parseJson(found?.[1] ?? "");
  if (typeof offset !== "number") throw new ApiError("invalid_cursor");
  return offset;
}

export function cursorMetadata(nextCursor: string): Json {
  return { response_metadata: { next_cursor: nextCursor } };
}
