import { defineCommand } from "../../src/pipeline/define.ts";

export const remoteList = defineCommand({
  type: "answer",
  name: "remote list",
  aliases: ["remote ls", "remotes"],
  summary: "List the servers that the bot knows",
  parameters: {},
  examples: ["remote list"],
  permission: "remote.read",
  needs: ["remotes", "inventory"],
  run: async ({ use }) => {
    const rows = use.remotes.rows();
    await Promise.resolve();
    if (rows.length === 0) {
      return {
        summary: "There is no remote yet",
        parts: [
          {
            type: "text",
            text: [
              "There is none yet. On the server: ",
              { code: "lxc config trust add --name lxd-chatops" },
              ", then ",
              { code: "/lxd remote add NAME TOKEN" },
              ".",
            ],
          },
        ],
      };
    }
    return {
      summary: `${rows.length} remotes`,
      parts: [
        {
          type: "table",
          columns: ["NAME", "ADDRESS", "SERVER", "STATE", "INSTANCES", "DEFAULT"],
          rows: rows.map((row) => {
            const view = use.inventory.view(row.name);
            return [
              row.name,
              (JSON.parse(row.addresses) as readonly string[])[0] ?? "", // a JSON array, see saveRemote
              row.server === null || row.server === "unknown" ? "" : `${row.server} ${row.version ?? ""}`.trim(),
              view?.state === "live" ? "connected" : (view?.error ?? "connecting"),
              view === undefined || view.at === undefined ? "" : String(view.instances.length),
              use.remotes.defaultName === row.name ? "yes" : "",
            ];
          }),
        },
      ],
    };
  },
});
