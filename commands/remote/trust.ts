import { insertOffer } from "../../db/offers.ts";
import { UserError } from "../../src/errors.ts";
import { newId } from "../../src/clock.ts";
import { trustPassword } from "../../src/lxd/capabilities.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { remoteName } from "../../src/pipeline/references.ts";
import { say } from "../../src/pipeline/reply.ts";
import { requireMay } from "./shared.ts";

export const remoteTrustCommand = defineCommand({
  type: "setting",
  name: "remote trust",
  summary: "Make a server trust the bot, by its trust password",
  description:
    "The password is asked for in a window of its own, used once, and never kept. Servers since LXD 6.1, and Incus, know join tokens only.",
  parameters: { name: argument({ value: remoteName, help: "which" }) },
  examples: ["remote trust {remote}"],
  permission: "remote.write",
  needs: ["remotes", "lxd", "may", "clock"],
  run: async ({ args, use, request }) => {
    if (!use.remotes.has(args.name)) throw use.remotes.unknown(args.name);
    requireMay(use, args.name);
    const server = await use.lxd(args.name).server.get();
    if (server.auth === "trusted")
      return { write: () => Promise.resolve(), reply: say("✅ ", { code: args.name }, " trusts the bot already.") };
    if (trustPassword(server) === "no") {
      throw new UserError("lxd-lacks", {
        what: `${args.name} knows no trust passwords.`,
        next: `Make a join token on it, and add it again: \`/lxd remote add ${args.name} TOKEN\`.`,
      });
    }
    const id = newId("o");
    return {
      write: (transaction) =>
        insertOffer(transaction, { id, requestId: request.id, text: args.name, at: use.clock.now() }),
      reply: {
        summary: `The trust password of ${args.name}`,
        parts: [
          {
            type: "text",
            text: [
              { code: args.name },
              " trusts whoever knows its trust password (",
              { code: "core.trust_password" },
              ").",
            ],
          },
          {
            type: "buttons",
            buttons: [{ label: "Enter the password", action: "secret.ask", value: id, style: "primary" }],
          },
        ],
      },
    };
  },
});
