import { saveGrant } from "../../db/grants.ts";
import { z } from "zod";
import { UserError } from "../../src/errors.ts";
import { newId } from "../../src/clock.ts";
import { isPattern } from "../../src/access/policy.ts";
import { builtInRoles } from "../../src/access/permissions.ts";
import { argument, defineCommand, option } from "../../src/pipeline/define.ts";
import { say } from "../../src/pipeline/reply.ts";
import { requireMayGrant, subject, subjectSpan } from "./shared.ts";

const pattern = z
  .string()
  .refine(isPattern, "a target is REMOTE:NAME with `*` in either half, `project=NAME`, `owner=self`, or `*`");
const lifetime = z
  .string()
  .regex(/^[1-9][0-9]{0,3}[mhd]$/, "a time is written 30m, 4h or 7d")
  .transform(
    (text) => Number.parseInt(text, 10) * { m: 60_000, h: 3_600_000, d: 86_400_000 }[text.slice(-1) as "m" | "h" | "d"],
  ); // the pattern ends in one of them

export const accessGrant = defineCommand({
  type: "setting",
  name: "access grant",
  summary: "Allow somebody something",
  description: `A role on a target: ${Object.keys(builtInRoles).join(", ")}. A person, a user group, or a channel (whoever types there).`,
  parameters: {
    subject: argument({ value: subject, hint: "@WHO", help: "a person, a user group or a #channel" }),
    role: argument({ value: z.string(), help: "a role" }),
    pattern: argument({
      value: pattern,
      hint: "TARGET",
      help: "`{remote}:web-*`, `*:*`, `project=staging`, `owner=self`",
    }),
    for: option({ value: lifetime, hint: "TIME", help: "only so long: 30m, 4h, 7d" }),
    reason: option({ value: z.string().max(200), hint: "TEXT", help: "why" }),
  },
  examples: ["access grant @bob operator {remote}:web-*", 'access grant @bob viewer *:* --for 4h --reason "on call"'],
  permission: "access.write",
  needs: ["may", "clock"],
  run: async ({ args, use, request }) => {
    await Promise.resolve();
    if (!Object.hasOwn(builtInRoles, args.role)) {
      throw new UserError("access-role", {
        what: `There is no role ${args.role}.`,
        why: `There are ${Object.keys(builtInRoles).join(", ")}.`,
        next: "Choose one of them.",
      });
    }
    requireMayGrant(use, args.role as keyof typeof builtInRoles); // just checked
    const now = use.clock.now();
    const expires = args.for === undefined ? null : now + args.for;
    const { teamId, userId } = request.actor;
    return {
      write: (transaction) =>
        saveGrant(transaction, {
          id: newId("g"),
          team_id: teamId,
          subject_kind: args.subject.kind,
          subject_id: args.subject.id,
          role: args.role,
          pattern: args.pattern,
          reason: args.reason ?? null,
          created_by: userId,
          created_at: now,
          expires_at: expires,
        }),
      reply: say(
        "✅ ",
        subjectSpan(args.subject),
        ` is now ${args.role} on `,
        { code: args.pattern },
        ...(expires === null ? ["."] : [" until ", { time: expires }, "."]),
      ),
    };
  },
});
