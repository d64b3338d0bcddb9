import { defineCommand } from "../../src/pipeline/define.ts";

export const version = defineCommand({
  type: "answer",
  name: "version",
  summary: "Show the versions of the bot and of the servers",
  parameters: {},
  examples: ["version"],
  permission: "anyone",
  needs: ["about", "remotes", "may"],
  run: async ({ use }) => {
    await Promise.resolve();
    const rows = use.may("remote.read").allow ? use.remotes.rows() : [];
    return {
      summary: `lxd-chatops ${use.about.version}`,
      parts: [
        {
          type: "fields",
          fields: [
            ["lxd-chatops", use.about.version],
            ["Node", process.version],
            ["Slack", use.about.mode],
            ["Running since", { time: use.about.startedAt }],
            ...rows.map((row): readonly [string, string] => [
              row.name,
              `${row.server ?? "unknown"} ${row.version ?? ""}`.trim(),
            ]),
          ],
        },
      ],
    };
  },
});
