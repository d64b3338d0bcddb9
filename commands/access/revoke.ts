import { deleteGrant, type GrantRow } from "../../db/grants.ts";
import { z } from "zod";
import { UserError } from "../../src/errors.ts";
import { builtInRoles, type BuiltInRole } from "../../src/access/permissions.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { requireMayGrant, subject, subjectSpan } from "./shared.ts";

const grantId = z
  .string()
  .regex(/^g-[a-z0-9]{4,20}$/, "a grant is called g-…, as `access list` shows it")
  .transform((id) => ({ id }));

export const accessRevoke = defineCommand({
  type: "setting",
  name: "access revoke",
  summary: "Take something away from somebody",
  description:
    "By the grant's id, or by who, role and target; without role and target everything that was granted to them.",
  parameters: {
    grant: argument({ value: z.union([grantId, subject]), hint: "GRANT|@WHO", help: "a grant, or who" }),
    role: argument({ value: z.string(), optional: true, help: "only this role" }),
    pattern: argument({ value: z.string(), optional: true, hint: "TARGET", help: "only this target" }),
  },
  examples: ["access revoke g-7k2mf9xw3q", "access revoke @bob operator {remote}:web-*"],
  permission: "access.write",
  needs: ["may", "grants"],
  run: async ({ args, use }) => {
    const which = args.grant;
    const matching = (await use.grants()).filter((grant) => isMeant(grant, which, args));
    if (matching.length === 0) {
      throw new UserError("access-grant", { what: "There is no such grant.", next: "See `/lxd access list`." });
    }
    for (const { role } of matching) {
      if (Object.hasOwn(builtInRoles, role)) requireMayGrant(use, role as BuiltInRole); // just checked
    }
    return {
      write: async (transaction) => {
        for (const { id } of matching) await deleteGrant(transaction, id);
      },
      reply: {
        summary: `Revoked ${matching.length} ${matching.length === 1 ? "grant" : "grants"}`,
        parts: [
          {
            type: "list",
            items: matching.map((grant) => [
              "✅ ",
              subjectSpan({ kind: grant.subject_kind, id: grant.subject_id }),
              ` is no longer ${grant.role} on `,
              { code: grant.pattern },
            ]),
          },
        ],
      },
    };
  },
});

function isMeant(
  grant: GrantRow,
  which: { readonly id: string; readonly kind?: string },
  args: { readonly role: string | undefined; readonly pattern: string | undefined },
): boolean {
  if (which.kind === undefined) return grant.id === which.id;
  return (
    grant.subject_kind === which.kind &&
    grant.subject_id === which.id &&
    (args.role === undefined || grant.role === args.role) &&
    (args.pattern === undefined || grant.pattern === args.pattern)
  );
}
