import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalSlack } from "../../sandbox/slack/server.ts";
import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";
import { click, ops, wordsOf } from "../e2e/acting.ts";
import { startMortalBot, type MortalBot } from "../e2e/mortal-bot.ts";
import { startWithholdingProxy } from "../e2e/withholding-proxy.ts";
import { people, plantRemotes } from "../e2e/stage.ts";
import { startLab, type Lab } from "../lab/lab.ts";

const stack = new AsyncDisposableStack();
let slack: LocalSlack;
let lab: Lab;
let dir: string;
/** More boundaries than any command has: the loop ends at the first run that is not killed. */
const maxBoundaries = 60;
const patienceMs = 40_000;
const minutes = 60_000;

beforeAll(async () => {
  lab = stack.use(await startLab({ servers: ["lxd1"] }));
  dir = await mkdtemp(join(tmpdir(), "chatops-kill-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  slack = stack.use(await startLocalSlack({ manifest: "manifest.yml", rateLimits: "off" }));
  await plantRemotes(dir, { lxd1: lab.server("lxd1").socketPath }, ["lxd1"]);
});
afterAll(() => stack.disposeAsync());

async function stateOf(name: string): Promise<string> {
  const { stdout } = await lab.server("lxd1").cli(["list", `^${name}$`, "--format", "csv", "-c", "ns"]);
  return stdout.trim();
}

/** Roots of jobs in the channel whose words hold this. */
function roots(words: string): readonly string[] {
  return slack
    .messages(ops)
    .filter(({ thread_ts: thread }) => thread === undefined)
    .map((message) => wordsOf(message).join(""))
    .filter((text) => text.includes(words));
}

/** Waits until `done`, putting a bot that never dies in the place of one that has died. */
async function survive(
  bot: MortalBot,
  done: () => boolean,
): Promise<{ readonly bot: MortalBot; readonly where: string }> {
  await slack.until(() => done() || !bot.alive(), patienceMs);
  if (bot.alive()) return { bot, where: "" };
  const where = await bot.ended;
  const next = await startMortalBot(slack, { dir });
  await slack.until(done, patienceMs);
  return { bot: next, where };
}

/** Runs one command again and again, killed at each boundary in turn, until a run is not killed. */
async function atEveryBoundary(
  run: (bot: MortalBot, name: string) => Promise<{ readonly bot: MortalBot; readonly where: string }>,
  prefix: string,
  prepare: (name: string) => Promise<void>,
): Promise<readonly string[]> {
  const places: string[] = [];
  for (let killAt = 1; killAt <= maxBoundaries; killAt += 1) {
    const name = `${prefix}${killAt}`;
    await prepare(name);
    const { bot, where } = await run(await startMortalBot(slack, { dir, killAt }), name);
    await bot[Symbol.asyncDispose]();
    if (where === "") return places;
    places.push(where.trim());
  }
  throw new Error(`still killed at boundary ${maxBoundaries}`);
}

async function say(text: string): Promise<void> {
  // the bot may die before it acknowledges: then Slack says so to the person, and the command runs all the same
  await slack.say({ as: people.alice, channel: ops, text });
}

test(
  "launch, killed at every boundary: one running instance, told once",
  async () => {
    const places = await atEveryBoundary(
      async (bot, name) => {
        await say(`/lxd launch busybox lxd1:${name}`);
        const after = await survive(bot, () => roots(`lxd1:${name} is running.`).length > 0);
        expect(await stateOf(name)).toBe(`${name},RUNNING`);
        expect(roots(`Launch lxd1:${name} `).length).toBe(1);
        return after;
      },
      "born",
      () => Promise.resolve(),
    );
    expect(places.length).toBeGreaterThan(10);
  },
  10 * minutes,
);

test(
  "delete of a running instance, killed at every boundary, the question and the click among them: gone, told once",
  async () => {
    const places = await atEveryBoundary(
      async (bot, name) => {
        await say(`/lxd delete lxd1:${name} --force`);
        const asked = await survive(bot, () =>
          roots(`Delete lxd1:${name}`).some((text) => text.includes("Waiting for your click")),
        );
        await click(slack, "question.confirm").catch(() => undefined);
        const after = await survive(asked.bot, () => roots(`lxd1:${name} is gone.`).length > 0);
        expect(await stateOf(name)).toBe("");
        expect(roots(`Delete lxd1:${name}`).length).toBe(1);
        return { bot: after.bot, where: asked.where + after.where };
      },
      "born",
      async (name) => {
        if ((await stateOf(name)) !== "") return;
        await lab.server("lxd1").cli(["launch", "busybox", name]);
      },
    );
    expect(places.length).toBeGreaterThan(10);
  },
  10 * minutes,
);

test(
  "the request passes, its answer is withheld, and the bot is killed: after the restart there is one instance, asked for once",
  async () => {
    const own = await mkdtemp(join(tmpdir(), "chatops-withheld-"));
    const listen = join(own, "lxd.socket");
    await using proxy = await startWithholdingProxy({
      listen,
      server: lab.server("lxd1").socketPath,
      words: "POST /1.0/instances?",
    });
    await plantRemotes(own, { lxd1: listen }, ["lxd1"]);
    const bot = await startMortalBot(slack, { dir: own });
    await say("/lxd launch busybox lxd1:mute1");
    const deadline = Date.now() + patienceMs;
    while ((await stateOf("mute1")) === "" && Date.now() < deadline) await new Promise(setImmediate);
    expect(await stateOf("mute1")).toBe("mute1,STOPPED");
    bot.kill();
    await bot.ended;
    proxy.relent();
    await using again = await startMortalBot(slack, { dir: own });
    await slack.until(() => roots("lxd1:mute1 is running.").length > 0, patienceMs);
    expect(again.alive()).toBe(true);
    expect(proxy.seen()).toBe(1);
    expect(await stateOf("mute1")).toBe("mute1,RUNNING");
    expect(roots("Launch lxd1:mute1").length).toBe(1);
    await rm(own, { recursive: true, force: true });
  },
  2 * minutes,
);
