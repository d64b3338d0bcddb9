import { z } from "zod";
import { UserError } from "../../src/errors.ts";
import { builtInRoles, type BuiltInRole } from "../../src/access/permissions.ts";
import type { Services } from "../../src/pipeline/services.ts";
import type { Span } from "../../src/pipeline/reply.ts";

export interface GrantSubject {
  readonly kind: "user" | "group" | "channel";
  readonly id: string;
}

/** How Slack writes a mention when the manifest says `should_escape`: `<@U1>`, `<!subteam^S1>`, `<#C1>`. */
const forms = [
  { kind: "user", pattern: /^<@([UW][A-Z0-9]+)>$/ },
  { kind: "group", pattern: /^<!subteam\^(S[A-Z0-9]+)>$/ },
  { kind: "channel", pattern: /^<#([CG][A-Z0-9]+)>$/ },
  { kind: "user", pattern: /^([UW][A-Z0-9]{6,})$/ },
  { kind: "channel", pattern: /^(C[A-Z0-9]{6,})$/ },
] as const;

/** A person, group or channel, by its immutable id; a name that Slack did not turn into a mention is refused. */
export const subject = z.string().transform((text, context): GrantSubject => {
  for (const { kind, pattern } of forms) {
    const id = pattern.exec(text)?.[1];
    if (id !== undefined) return { kind, id };
  }
  context.addIssue({
    code: "custom",
    message: "choose a person, a user group or a channel from Slack's list, so that it becomes a mention",
  });
  return z.NEVER;
});

export function subjectSpan(who: GrantSubject): Span {
  switch (who.kind) {
    case "user":
      return { user: who.id };
    case "channel":
      return { channel: who.id };
    case "group":
      return { code: who.id };
    default:
      return who.kind satisfies never;
  }
}

/** What only a grant on everything matches. */
const everything = { remote: "*", name: "*", project: "*" };

/** Nobody grants, or takes away, more than they have themselves. @throws UserError `not-allowed` */
export function requireMayGrant(use: Pick<Services, "may">, role: BuiltInRole): void {
  for (const permission of builtInRoles[role]) {
    const decision = use.may(permission, everything);
    if (decision.allow) continue;
    throw new UserError("not-allowed", {
      what: `You cannot give the role ${role}: you do not have all of it yourself.`,
      why: decision.because,
      next: "Ask an admin of the bot.",
    });
  }
}
