import { userOf } from "../../src/people/actor-key.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { remoteName } from "../../src/pipeline/references.ts";
import type { Text } from "../../src/pipeline/reply.ts";

export const remoteShow = defineCommand({
  type: "answer",
  name: "remote show",
  aliases: ["remote info"],
  summary: "Show a server: address, pinned certificate, version, trust",
  parameters: { name: argument({ value: remoteName, help: "which" }) },
  examples: ["remote show {remote}"],
  permission: "remote.read",
  needs: ["remotes", "lxd", "inventory"],
  run: async ({ args, use }) => {
    const row = use.remotes.rows().find(({ name }) => name === args.name);
    if (!row) throw use.remotes.unknown(args.name);
    const server = await use.lxd(row.name).server.get();
    const view = use.inventory.view(row.name);
    const addedBy = userOf(row.added_by);
    const fields: (readonly [string, Text])[] = [
      ["Server", `${server.name} ${server.version}`.trim()],
      ["Trust", server.auth === "trusted" ? "it trusts the bot" : "it does not trust the bot"],
      ["Addresses", (JSON.parse(row.addresses) as readonly string[]).join(", ")], // a JSON array, see saveRemote
      ["Instances", String(view?.instances.length ?? 0)],
      ["Clustered", server.clustered ? "yes" : "no"],
      ["Added by", addedBy === undefined ? row.added_by : { user: addedBy }],
      ["Added", { time: row.added_at }],
    ];
    return {
      summary: `${row.name}: ${server.name} ${server.version}`,
      parts: [
        { type: "header", text: row.name },
        { type: "fields", fields },
        ...(row.fingerprint === null
          ? []
          : [{ type: "text", text: ["Pinned certificate (sha256): ", { code: row.fingerprint }] } as const]),
      ],
    };
  },
});
