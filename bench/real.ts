import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startLocalSlack } from "../sandbox/slack/server.ts";
import { ops, type } from "../test/e2e/acting.ts";
import { people, plantRemotes, startBot } from "../test/e2e/stage.ts";
import { startLab } from "../test/lab/lab.ts";
import { missingRequirements } from "../test/lab/requirements.ts";
import { byTurns, percentile, row, type Row } from "./ratio.ts";

const instances = 500;
const waitMs = 60_000;

/** Against `lxc` on a real server; none where there cannot be one. */
export async function realRows(): Promise<readonly Row[]> {
  if ((await missingRequirements(["lxd1"])).length > 0) {
    process.stdout.write("no LXD here (or not root): the ratios against lxc are left out\n");
    return [];
  }
  await using lab = await startLab({ servers: ["lxd1"] });
  const server = lab.server("lxd1");
  await using slack = await startLocalSlack({ manifest: "manifest.yml", rateLimits: "off" });
  const dir = await mkdtemp(join(tmpdir(), "chatops-bench-"));
  await plantRemotes(dir, { lxd1: server.socketPath }, ["lxd1"]);
  const bot = await startBot({ slack, dir });
  try {
    let n = 0;
    const [launchOurs, launchLxc] = await byTurns(
      async () => {
        n += 1;
        const words = `lxd1:ours${n} is running.`;
        await type(slack, `/lxd launch busybox lxd1:ours${n}`);
        await slack.until(() => slack.messages(ops).some((message) => JSON.stringify(message).includes(words)), waitMs);
      },
      async () => {
        n += 1;
        await server.cli(["launch", "busybox", `lxc${n}`]);
      },
      { rounds: 3, perRound: 3 },
    );
    process.stdout.write(`making ${instances} instances…\n`);
    for (let made = 0; made < instances; made += 20) {
      await Promise.all(Array.from({ length: 20 }, (_, each) => server.cli(["init", "busybox", `many${made + each}`])));
    }
    const [listOurs, listLxc] = await byTurns(
      async () => {
        const before = slack.ephemerals(people.alice).length;
        await type(slack, "/lxd list many");
        await slack.until(() => slack.ephemerals(people.alice).length > before, waitMs);
      },
      async () => {
        await server.cli(["list", "many"]);
      },
      { rounds: 3, perRound: 3 },
    );
    return [
      row("launch, median, against lxc launch", {
        ours: percentile(launchOurs, 0.5),
        peer: percentile(launchLxc, 0.5),
        goal: 1.05,
      }),
      row(`list of ${instances}, median, against lxc list`, {
        ours: percentile(listOurs, 0.5),
        peer: percentile(listLxc, 0.5),
        goal: 1,
      }),
    ];
  } finally {
    await bot.app().stop();
    await rm(dir, { recursive: true, force: true });
  }
}
