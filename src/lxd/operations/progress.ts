import type { Operation } from "./shapes.ts";

/** How far an operation is, in one form for all servers. */
export interface Progress {
  /** Such as `download`, `create_instance_from_image_unpack`, `fs`. */
  readonly stage: string;
  /** For a person, such as `rootfs: 42% (12.1MB/s)`. */
  readonly text: string;
  /** 0–100, where the server tells. */
  readonly percent?: number;
}

const suffix = "_progress";
const percentInText = /(\d{1,3})%/;

/**
 * From an operation's metadata: servers write `<stage>_progress` with a text; newer ones also `progress` with stage,
 * percent, processed and speed, all texts (lxd/operations/operations.go). Undefined where there is neither.
 */
export function progressOf(operation: Operation): Progress | undefined {
  const { metadata } = operation;
  const named = Object.entries(metadata).find(([key, value]) => key.endsWith(suffix) && typeof value === "string");
  const structured = isRecord(metadata["progress"]) ? metadata["progress"] : {};
  const text = named ? String(named[1]) : textOf(structured);
  if (text === "") return undefined;
  const stage = textField(structured, "stage") || named?.[0].slice(0, -suffix.length) || "";
  const percent = percentOf(textField(structured, "percent")) ?? percentOf(percentInText.exec(text)?.[1] ?? "");
  return { stage, text, ...(percent === undefined ? {} : { percent }) };
}

function percentOf(text: string): number | undefined {
  const value = Number.parseFloat(text);
  return value >= 0 && value <= 100 ? value : undefined;
}

function textOf(structured: Readonly<Record<string, unknown>>): string {
  const percent = textField(structured, "percent");
  const parts = [
    percent === "" ? "" : `${percent}%`,
    textField(structured, "processed"),
    textField(structured, "speed"),
  ];
  return parts.filter((part) => part !== "").join(" ");
}

function textField(record: Readonly<Record<string, unknown>>, name: string): string {
  const value = record[name];
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
