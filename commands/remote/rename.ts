import { renameRemote } from "../../db/remotes.ts";
import { UserError } from "../../src/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { remoteName } from "../../src/pipeline/references.ts";
import { say } from "../../src/pipeline/reply.ts";
import { requireIdle, requireMay } from "./shared.ts";

export const remoteRename = defineCommand({
  type: "setting",
  name: "remote rename",
  summary: "Call a server by another name",
  description: "Grants are about names: those for the old name do not follow.",
  parameters: {
    name: argument({ value: remoteName, help: "which" }),
    newName: argument({ value: remoteName, hint: "NEW-NAME", help: "its new name" }),
  },
  examples: ["remote rename {remote} {remote}-old"],
  permission: "remote.write",
  needs: ["remotes", "store", "may"],
  run: async ({ args, use }) => {
    if (!use.remotes.has(args.name)) throw use.remotes.unknown(args.name);
    requireMay(use, args.name);
    requireMay(use, args.newName);
    if (use.remotes.has(args.newName)) {
      throw new UserError("remote-taken", {
        what: `There is a remote ${args.newName} already.`,
        next: "Choose another name.",
      });
    }
    await requireIdle(use.store, args.name);
    return {
      write: async (transaction) => {
        await renameRemote(transaction, args.name, args.newName);
      },
      reply: say("✅ ", { code: args.name }, " is now called ", { code: args.newName }, "."),
    };
  },
});
