import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { startLocalSlack } from "../sandbox/slack/server.ts";
import { freePort, startProcess, type BotProcess } from "./processes.ts";
import { byTurns, percentile, row, type Row } from "./ratio.ts";
import { realRows } from "./real.ts";
import { postCommand } from "./signed.ts";

/** `npm run bench`: ratios against named peers, both measured in this run. With root and LXD, those against `lxc` too. */
const root = fileURLToPath(new URL("..", import.meta.url));
const launcher = join(root, "bin/lxd-chatops.js");
const secret = "bench-signing-secret";
const starts = 5;
const idleMs = 3_000;
/** Between two commands: what follows an acknowledgement is not to be measured with the next one. */
const pauseMs = 30;

async function main(): Promise<void> {
  const rows: Row[] = [...(await boltRows()), ...(await realRows())];
  const widths = (["what", "ours", "peer", "ratio", "goal"] as const).map((key) => ({
    key,
    width: Math.max(key.length, ...rows.map((each) => each[key].length)),
  }));
  const line = (each: Row): string => widths.map(({ key, width }) => each[key].padEnd(width)).join("  ");
  process.stdout.write(`\n${line({ what: "what", ours: "ours", peer: "peer", ratio: "ratio", goal: "goal" })}\n`);
  for (const each of rows) process.stdout.write(`${line(each)}\n`);
}

async function boltRows(): Promise<readonly Row[]> {
  await using slack = await startLocalSlack({ manifest: join(root, "manifest.yml"), rateLimits: "off" });
  const dir = await mkdtemp(join(tmpdir(), "chatops-bench-"));
  try {
    const base = { PATH: process.env["PATH"] ?? "", HOME: process.env["HOME"] ?? "" };
    async function ours(): Promise<BotProcess & { readonly port: number }> {
      const port = await freePort();
      const env = {
        ...base,
        SLACK_BOT_TOKEN: slack.botToken,
        SLACK_SIGNING_SECRET: secret,
        SLACK_API_URL: slack.apiUrl,
        PORT: String(port),
        ADMIN_USER_IDS: "U0ALICE01",
        DATA_DIR: join(dir, "data"),
        LOG_LEVEL: "error",
      };
      return { port, ...(await startProcess([launcher, "start"], { env, port, cwd: dir })) };
    }
    async function bare(): Promise<BotProcess & { readonly port: number }> {
      const port = await freePort();
      const script = join(root, "bench/bare-bolt.ts");
      return { port, ...(await startProcess([script, String(port), secret], { env: base, port, cwd: dir })) };
    }
    const [readyOurs, readyBare]: [number[], number[]] = [[], []];
    for (let n = 0; n <= starts; n += 1) {
      await using mine = await ours();
      await using theirs = await bare();
      // the first start makes key, database and compile cache
      if (n === 0) continue;
      readyOurs.push(mine.readyMs);
      readyBare.push(theirs.readyMs);
    }
    await using mine = await ours();
    await using theirs = await bare();
    await sleep(idleMs);
    const [rssOurs, rssBare] = [await mine.rssMiB(), await theirs.rssMiB()];
    // a job command: parsed and inserted before it is acknowledged; there is no remote, so nothing else happens
    const [ackOurs, ackBare] = await byTurns(
      () => postCommand({ port: mine.port, secret, text: "stop lxd1:web1" }),
      () => postCommand({ port: theirs.port, secret, text: "stop lxd1:web1" }),
      { rounds: 10, perRound: 30, pauseMs },
    );
    return [
      row("signed payload → ack, p50, against bare Bolt", {
        ours: percentile(ackOurs, 0.5),
        peer: percentile(ackBare, 0.5),
        goal: 1.2,
      }),
      row("signed payload → ack, p99, against bare Bolt", {
        ours: percentile(ackOurs, 0.99),
        peer: percentile(ackBare, 0.99),
        goal: 1.2,
      }),
      row("start → ready, median, against bare Bolt", {
        ours: percentile(readyOurs, 0.5),
        peer: percentile(readyBare, 0.5),
        goal: 1.5,
      }),
      row("RSS idle, against bare Bolt", { ours: rssOurs, peer: rssBare, goal: 2, unit: "MiB" }),
    ];
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

await main();
