import { builtInRoles } from "../../src/access/permissions.ts";
import { defineCommand } from "../../src/pipeline/define.ts";
import type { Text } from "../../src/pipeline/reply.ts";
import { subjectSpan } from "./shared.ts";

export const accessList = defineCommand({
  type: "answer",
  name: "access list",
  aliases: ["access ls", "access show"],
  summary: "List who may do what",
  parameters: {},
  examples: ["access list"],
  permission: "access.read",
  needs: ["grants", "clock"],
  run: async ({ use }) => {
    const now = use.clock.now();
    const grants = (await use.grants()).filter((grant) => grant.expires_at === null || grant.expires_at > now);
    const items = grants.map((grant): Text => [
      { code: grant.id },
      " ",
      subjectSpan({ kind: grant.subject_kind, id: grant.subject_id }),
      ` is ${grant.role} on `,
      { code: grant.pattern },
      ...(grant.expires_at === null ? [] : [" until ", { time: grant.expires_at }]),
      ", by ",
      { user: grant.created_by },
      ...(grant.reason === null ? [] : [`: ${grant.reason}`]),
    ]);
    return {
      summary: `${grants.length} grants`,
      parts: [
        items.length === 0
          ? { type: "text", text: "Nothing has been granted: only the admins of the configuration may do anything." }
          : { type: "list", items },
        {
          type: "note",
          text: [
            `Roles: ${Object.keys(builtInRoles).join(", ")}. The people in ADMIN_USER_IDS are admins everywhere. `,
            { code: "/lxd access grant @WHO ROLE TARGET" },
          ],
        },
      ],
    };
  },
});
