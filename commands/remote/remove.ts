import { deleteRemote } from "../../db/remotes.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { remoteName } from "../../src/pipeline/references.ts";
import { say } from "../../src/pipeline/reply.ts";
import { requireIdle, requireMay } from "./shared.ts";

export const remoteRemove = defineCommand({
  type: "setting",
  name: "remote remove",
  aliases: ["remote rm", "remote delete"],
  summary: "Forget a server",
  description:
    "Nothing is changed on the server: it still trusts the bot's certificate until somebody removes it there (`lxc config trust remove`).",
  parameters: { name: argument({ value: remoteName, help: "which" }) },
  examples: ["remote remove {remote}"],
  permission: "remote.write",
  needs: ["remotes", "store", "may"],
  run: async ({ args, use }) => {
    if (!use.remotes.has(args.name)) throw use.remotes.unknown(args.name);
    requireMay(use, args.name);
    await requireIdle(use.store, args.name);
    return {
      write: async (transaction) => {
        await deleteRemote(transaction, args.name);
      },
      reply: say(
        "✅ ",
        { code: args.name },
        " is forgotten. It still trusts the bot's certificate until that is removed there: ",
        { code: "lxc config trust list" },
        ".",
      ),
    };
  },
});
