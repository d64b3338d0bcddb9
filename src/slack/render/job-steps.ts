import type { StepTable } from "../../../db/tables.ts";
import type { Part, Span, Text } from "../../pipeline/reply.ts";
import { elapsed } from "./elapsed.ts";
import type { JobView, StepView } from "./job-view.ts";

const marks = {
  pending: "○",
  running: "◐",
  done: "✓",
  failed: "✗",
  skipped: "–",
  unknown: "?",
} as const satisfies Record<StepTable["state"], string>;

const barCells = 12;
/** A job over a whole fleet names this many steps; the rest is counted. */
const maxSteps = 20;

/** The steps with their marks, and the bar of the ones that run. A single step that says no more than the title is left out. */
export function stepsPart(view: JobView): readonly Part[] {
  const [only] = view.steps;
  if (view.steps.length === 0) return [];
  if (view.steps.length === 1 && only?.progress === undefined && only?.says === view.title) return [];
  const shown = windowOf(view.steps);
  const lines = shown.steps.flatMap((step, index): Span[] => [
    ...(index === 0 ? [] : ["\n"]),
    ...lineOf(step, view.now),
  ]);
  const parts: Part[] = [{ type: "text", text: lines }];
  if (shown.left > 0) parts.push({ type: "note", text: countsOf(view.steps) });
  return parts;
}

/** Around what runs now, so that the interesting steps are seen. */
function windowOf(steps: readonly StepView[]): { readonly steps: readonly StepView[]; readonly left: number } {
  if (steps.length <= maxSteps) return { steps, left: 0 };
  const current = steps.findIndex(({ state }) => state === "running" || state === "failed" || state === "unknown");
  const from = Math.max(0, Math.min(current - maxSteps / 2, steps.length - maxSteps));
  return { steps: steps.slice(from, from + maxSteps), left: steps.length - maxSteps };
}

function countsOf(steps: readonly StepView[]): Text {
  const counts = new Map<string, number>();
  for (const { state } of steps) counts.set(state, (counts.get(state) ?? 0) + 1);
  return `${steps.length} steps: ${[...counts].map(([state, n]) => `${n} ${state}`).join(", ")}`;
}

function lineOf(step: StepView, now: number): Span[] {
  const spans: Span[] = [`${marks[step.state]} `, step.state === "running" ? { bold: step.says } : step.says];
  if (step.startedAt !== null) spans.push(` · ${elapsed((step.endedAt ?? now) - step.startedAt)}`);
  if (step.progress !== undefined) {
    const bar = barOf(step.progress);
    if (bar !== "") spans.push("\n", { code: bar });
  }
  if (step.failure !== undefined && step.state === "failed") spans.push(` — ${step.failure.what}`);
  return spans;
}

/** `▓▓▓▓▓░░░░░░░ 43% rootfs 12 MB/s`; without a percentage only the words. */
export function barOf({ stage, text, percent }: NonNullable<StepView["progress"]>): string {
  const words = text === "" ? stage : text;
  if (percent === undefined) return words;
  const whole = Math.round(Math.min(100, Math.max(0, percent)));
  const full = Math.round((whole / 100) * barCells);
  return `${"▓".repeat(full)}${"░".repeat(barCells - full)} ${whole}% ${words}`.trimEnd();
}
