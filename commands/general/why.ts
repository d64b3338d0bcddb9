import { z } from "zod";
import { findJob } from "../../db/jobs.ts";
import { storyOf } from "../../src/audit/trail.ts";
import type { AuditEventRow } from "../../db/audit-events.ts";
import { UserError } from "../../src/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";

const reference = z
  .string()
  .regex(/^[rj]-[a-z0-9]{4,20}$/, "a reference is called r-…, as it stands under a failure (or j-…, a job)");

export const why = defineCommand({
  type: "answer",
  name: "why",
  summary: "Tell the whole story of a request: decisions, steps, and what the servers were asked and answered",
  parameters: { reference: argument({ value: reference, help: "the reference under a failure, or a job" }) },
  examples: ["why r-7k2mf9xw3q"],
  permission: "anyone",
  needs: ["store", "may"],
  run: async ({ args, use, request }) => {
    const requestId = args.reference.startsWith("j-")
      ? (await findJob(use.store, args.reference))?.request_id
      : args.reference;
    const story = requestId === undefined ? [] : await storyOf(use.store, requestId);
    const asked = story.find(({ user_id: user }) => user !== null);
    const mine = asked?.team_id === request.actor.teamId && asked.user_id === request.actor.userId;
    // whether it exists is told only to those who may see it
    if (story.length === 0 || (!mine && !use.may("audit.read").allow)) {
      throw new UserError("reference-missing", {
        what: `Nothing is known of ${args.reference}, or it is not yours to see.`,
        next: "Only who asked, and people with `audit.read`, see the story of a request.",
      });
    }
    const began = story[0]?.at ?? 0;
    return {
      summary: `The story of ${args.reference}`,
      parts: [
        { type: "header", text: `The story of ${args.reference}` },
        {
          type: "text",
          text: ["Began ", { time: began }, ...(asked?.user_id ? [", asked by ", { user: asked.user_id }] : []), "."],
        },
        {
          type: "code",
          text: story.map((event) => `${(event.at - began).toString().padStart(6)} ms  ${line(event)}`).join("\n"),
        },
      ],
    };
  },
});

const Body = z.record(z.string(), z.unknown()).nullable().catch(null);

/** One event as one line. */
function line(event: AuditEventRow): string {
  const body = Body.parse(JSON.parse(event.body)) ?? {};
  const text = (key: string): string =>
    typeof body[key] === "string" || typeof body[key] === "number" ? String(body[key]) : "";
  switch (event.kind) {
    case "request":
      return `asked: /lxd ${text("text")}`;
    case "decision":
      return `${event.outcome === "allow" ? "allowed" : "denied"}: ${text("because")}`;
    case "plan":
      return `planned ${text("jobId")}: ${text("title")} (${event.outcome ?? ""})`;
    case "lxd":
      return `${event.target ?? ""}: ${text("method")} ${text("path")} → ${event.outcome ?? ""}${text("operation") === "" ? "" : ` operation ${text("operation")}`} (${text("durationMs")} ms)`;
    case "step":
      return `step: ${text("says")} → ${event.outcome ?? ""}`;
    case "failure":
      return `failed: ${text("what")} ${text("why")}`;
    default:
      return `${event.kind}: ${event.outcome ?? ""}`;
  }
}
