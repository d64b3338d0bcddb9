import { channelDefault, setChannelDefault, setDefaultRemote } from "../../db/remotes.ts";
import { UserError } from "../../src/errors.ts";
import { argument, defineCommand, flag, option } from "../../src/pipeline/define.ts";
import { projectName, remoteName } from "../../src/pipeline/references.ts";
import { say } from "../../src/pipeline/reply.ts";
import { requireMay } from "./shared.ts";

export const remoteSetDefault = defineCommand({
  type: "setting",
  name: "remote set-default",
  aliases: ["remote switch"],
  summary: "Choose the server for names without one",
  description: "For everybody, or with `--channel` for this channel alone; a channel can also have a default project.",
  parameters: {
    name: argument({ value: remoteName, help: "which" }),
    channel: flag({ help: "in this channel alone" }),
    project: option({ value: projectName, hint: "NAME", help: "the channel's default project; with --channel" }),
  },
  examples: ["remote set-default {remote}", "remote set-default {remote} --channel --project staging"],
  permission: "remote.write",
  needs: ["remotes", "store", "may"],
  run: async ({ args, use, request }) => {
    if (!use.remotes.has(args.name)) throw use.remotes.unknown(args.name);
    requireMay(use, args.name);
    if (!args.channel) {
      if (args.project !== undefined) {
        throw new UserError("option-value", {
          what: "`--project` is for a channel's default.",
          next: "Add `--channel`.",
        });
      }
      return {
        write: (transaction) => setDefaultRemote(transaction, args.name),
        reply: say(
          "✅ A name without remote now means ",
          { code: `${args.name}:` },
          ", where a channel does not say otherwise.",
        ),
      };
    }
    const channel = { teamId: request.actor.teamId, channelId: request.channelId };
    const before = await channelDefault(use.store, channel);
    const project = args.project ?? before?.project ?? null;
    return {
      write: (transaction) => setChannelDefault(transaction, channel, { remote: args.name, project }),
      reply: say(
        "✅ In this channel, a name without remote now means ",
        { code: `${args.name}:` },
        project === null ? "." : ` (project ${project}).`,
      ),
    };
  },
});
