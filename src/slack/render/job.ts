import type { KnownBlock } from "@slack/types";
import type { JobState } from "../../../db/tables.ts";
import type { Part, Span } from "../../pipeline/reply.ts";
import { createButtons } from "./buttons.ts";
import type { Failure, JobView } from "./job-view.ts";
import { stepsPart } from "./job-steps.ts";
import { elapsed } from "./elapsed.ts";
import { fit } from "./limits.ts";
import { renderParts, summaryText, type Rendered } from "./reply.ts";

interface Face {
  readonly mark: string;
  readonly says: string;
}

const faces = {
  asking: { mark: "✋", says: "Waiting for your click" },
  queued: { mark: "🕓", says: "Queued" },
  running: { mark: "⏳", says: "Running" },
  succeeded: { mark: "✅", says: "Done" },
  failed: { mark: "❌", says: "Failed" },
  cancelled: { mark: "🚫", says: "Cancelled" },
  declined: { mark: "🚫", says: "Declined, nothing was done" },
  expired: { mark: "⌛", says: "Nobody answered in time, nothing was done" },
  unknown: { mark: "⚠️", says: "It is not known whether this happened" },
} as const satisfies Record<JobState, Face>;

/** How many jobs in front are named. */
const maxNamedAhead = 3;

/** The root message of a job: what, how far, what next; the screen that people look at. */
export function renderJob(view: JobView): Rendered {
  const face: Face = faces[view.state];
  const parts: Part[] = [
    { type: "header", text: view.title },
    { type: "text", text: stateLine(view) },
    ...questionParts(view),
    ...stepsPart(view),
    ...findingsPart(view),
    ...failureParts(view),
    ...buttonsOf(view),
    { type: "note", text: originOf(view) },
  ];
  const blocks: KnownBlock[] = renderParts(parts, { buttons: createButtons() });
  return { text: summaryText(`${face.mark} ${view.title}: ${face.says}`), blocks: fit(blocks) };
}

function stateLine(view: JobView): Span[] {
  const face: Face = faces[view.state];
  const lead: Span[] = [`${face.mark} `];
  switch (view.state) {
    case "succeeded":
      return [...lead, { bold: view.done }, tookOf(view)];
    case "queued":
      return [...lead, { bold: face.says }, ...behindOf(view.behind)];
    case "running":
      return [
        ...lead,
        { bold: view.cancelRequested ? "Cancelling" : face.says },
        view.startedAt === null ? "" : ` · ${elapsed(view.now - view.startedAt)}`,
      ];
    case "asking":
      return view.question === undefined
        ? [...lead, { bold: "Asking" }]
        : [...lead, { bold: face.says }, ", ", { user: view.userId }, " · until ", { time: view.question.expiresAt }];
    default:
      return [...lead, { bold: face.says }, tookOf(view)];
  }
}

function tookOf({ startedAt, endedAt }: JobView): string {
  return startedAt === null || endedAt === null ? "" : ` · took ${elapsed(endedAt - startedAt)}`;
}

function behindOf(ids: readonly string[]): Span[] {
  if (ids.length === 0) return [", starts in a moment"];
  const named = ids.slice(0, maxNamedAhead).flatMap((id): Span[] => [" ", { code: id }]);
  const more = ids.length - maxNamedAhead;
  return [" behind", ...named, more > 0 ? ` and ${more} more` : ""];
}

function questionParts({ question, changed }: JobView): readonly Part[] {
  if (question === undefined) return [];
  const since: Part[] =
    changed.length === 0
      ? []
      : [
          { type: "text", text: { bold: "This has changed since you were asked:" } },
          { type: "list", items: changed },
        ];
  return [...since, ...question.parts];
}

/** Worth knowing before and after; a question has its own words for them. */
function findingsPart({ findings, question }: JobView): readonly Part[] {
  if (findings.length === 0 || (question !== undefined && question.parts.length > 0)) return [];
  return [{ type: "list", items: findings }];
}

function failureParts(view: JobView): readonly Part[] {
  const reference: Part = {
    type: "text",
    text: ["The whole story: ", { code: `/lxd why ${view.requestId}` }],
  };
  if (view.failure !== undefined) return [...failureText(view.failure), reference];
  return view.state === "failed" || view.state === "unknown" ? [reference] : [];
}

function failureText({ what, why, next }: Failure): readonly Part[] {
  return [
    { type: "text", text: { bold: what } },
    ...(why === undefined || why === what ? [] : [{ type: "text", text: ["Why: ", why] } as const]),
    ...(next === undefined ? [] : [{ type: "text", text: ["Next: ", ...withCode(next)] } as const]),
  ];
}

/** Our own sentences mark commands with backticks. */
function withCode(text: string): Span[] {
  return text.split(/`([^`\n]+)`/).map((piece, index) => (index % 2 === 1 ? { code: piece } : piece));
}

function buttonsOf(view: JobView): readonly Part[] {
  if (view.question !== undefined) {
    const value = view.question.approvalId;
    const style = view.question.destroys ? "danger" : "primary";
    return [
      {
        type: "buttons",
        buttons: [
          { label: view.question.button, action: "question.confirm", value, style },
          { label: "Never mind", action: "question.decline", value },
        ],
      },
    ];
  }
  const open = view.state === "queued" || view.state === "running";
  if (!open || view.cancelRequested) return [];
  return [{ type: "buttons", buttons: [{ label: "Cancel", action: "job.cancel", value: view.id }] }];
}

function originOf({ userId, channelId, createdAt, id }: JobView): Span[] {
  return [{ user: userId }, " in ", { channel: channelId }, " ", { time: createdAt }, ` · ${id}`];
}
