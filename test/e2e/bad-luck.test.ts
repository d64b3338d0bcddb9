import { rm } from "node:fs/promises";
import { join } from "node:path";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import { answerTo, changes, ops, press, readable, seen, told, type } from "./acting.ts";
import { people, plantInto, plantRemotes, setStage, type Stage } from "./stage.ts";

const running = (name: string) => ({ name, image: "busybox", running: true });

/** How many messages in #ops say so. */
function times(stage: Stage, words: string): number {
  return stage.slack.messages(ops).filter((message) => readable(message).includes(words)).length;
}

describe("Slack has a bad day", () => {
  test("429: what was to be said is said after the pause, once, and the job does not wait for it", async () => {
    await using stage = await setStage();
    stage.slack.fail("chat.postMessage", { type: "ratelimited", retryAfterSeconds: 4 });
    stage.slack.fail("chat.update", { type: "ratelimited", retryAfterSeconds: 1 });
    await type(stage.slack, "/lxd launch busybox lxd1:web1");
    await stage.slack.until(() => changes(stage.lxd1).some((each) => each.includes("web1/state")));
    expect(stage.slack.messages(ops)).toEqual([]);
    await seen(stage.slack, "lxd1:web1 is running.");
    expect(times(stage, "Launch lxd1:web1")).toBe(1);
    const posts = stage.slack.calls("chat.postMessage");
    expect(posts).toHaveLength(2);
  });

  test("500: a message whose sending ended unknown is not said twice, and the job runs once", async () => {
    await using stage = await setStage();
    stage.slack.fail("chat.postMessage", { type: "status", status: 500 });
    stage.slack.fail("chat.postMessage", { type: "apply-and-drop" });
    stage.slack.fail("chat.update", { type: "status", status: 500 });
    stage.slack.fail("response_url", { type: "status", status: 500 });
    await type(stage.slack, "/lxd launch busybox lxd1:web1");
    await seen(stage.slack, "lxd1:web1 is running.");
    expect(times(stage, "Launch lxd1:web1")).toBe(1);
    expect(changes(stage.lxd1).filter((each) => each.includes("POST /1.0/instances"))).toHaveLength(1);
    expect(await answerTo(stage.slack, "/lxd info lxd1:web1")).toContain("State: Running");
  });

  test("who asks cannot be found out: nothing is done", async () => {
    await using stage = await setStage();
    stage.slack.fail("users.info", { type: "status", status: 500, times: 20 });
    const answer = await answerTo(stage.slack, "/lxd launch busybox lxd1:web1");
    expect(answer).toContain("Slack did not say who you are, so nothing was done.");
    expect(changes(stage.lxd1)).toEqual([]);
  });

  test("a command, a mention and a click that come twice are done once", async () => {
    await using stage = await setStage({ instances: { lxd1: [running("web1")] } });
    const typed = await stage.slack.say({ as: people.alice, channel: ops, text: "/lxd launch busybox lxd1:twice1" });
    await stage.slack.redeliver(typed.delivery);
    const mention = await stage.slack.say({
      as: people.alice,
      channel: ops,
      text: "@lxd launch busybox lxd1:twice2",
    });
    await stage.slack.redeliver(mention.delivery);
    await seen(stage.slack, "lxd1:twice1 is running.");
    await seen(stage.slack, "lxd1:twice2 is running.");
    await type(stage.slack, "/lxd delete lxd1:web1 --force");
    await seen(stage.slack, "Lost for good");
    const clicked = await press(stage.slack, "Delete web1");
    await stage.slack.redeliver(clicked.delivery);
    await seen(stage.slack, "lxd1:web1 is gone.");
    await stage.slack.redeliver(clicked.delivery);
    await stage.slack.redeliver(typed.delivery);
    expect(await answerTo(stage.slack, "/lxd job list")).toContain("Nothing");
    const asked = changes(stage.lxd1);
    expect(asked.filter((each) => each.includes("POST /1.0/instances"))).toHaveLength(2);
    expect(asked.filter((each) => each.includes("DELETE"))).toHaveLength(1);
    expect(times(stage, "lxd1:twice1")).toBe(1);
  });
});

test("a click on a message from before a database restore is told so, and does nothing", async () => {
  await using stage = await setStage({
    operationMs: 60_000,
    instances: { lxd1: [running("web1"), running("twin1")], lxd2: [running("twin1")] },
  });
  await answerTo(stage.slack, "/lxd stop twin1");
  await type(stage.slack, "/lxd delete lxd1:web1 --force");
  await seen(stage.slack, "Lost for good");
  await stage.app().stop();
  for (const end of ["", "-wal", "-shm"]) await rm(join(stage.dir, `bot.sqlite${end}`), { force: true });
  await plantRemotes(stage.dir, { lxd1: join(stage.dir, "lxd1.socket") }, ["lxd1"]);
  await stage.restart();
  expect(await press(stage.slack, "Delete web1")).toMatchObject({ ok: true });
  await told(stage.slack, "The bot knows nothing of this question, so nothing was done.");
  await told(stage.slack, "restored from a backup?");
  expect(await press(stage.slack, "lxd1")).toMatchObject({ ok: true });
  await told(stage.slack, "The bot knows nothing of this button, so nothing was done.");
  expect(changes(stage.lxd1, stage.lxd2)).toEqual([]);
});

/** Not a page more than there are; every row of a long payload needs one. */
async function fill(store: Store): Promise<void> {
  await sql`pragma max_page_count = 1`.execute(store.read);
}

async function makeRoom(store: Store): Promise<void> {
  await sql`pragma max_page_count = 1000000`.execute(store.read);
}

describe("the bot's disk is full", () => {
  const long = `-c user.note=${"x".repeat(2_800)}`;

  test("a command is refused before anything is done; with room again, it is taken", async () => {
    const store = await openStore(":memory:");
    await using stage = await setStage({ overrides: { store } });
    await plantInto(store, { lxd1: join(stage.dir, "lxd1.socket") }, ["lxd1"]);
    await fill(store);
    const answer = await answerTo(stage.slack, `/lxd launch busybox lxd1:web1 ${long}`);
    expect(answer).toContain("The bot cannot write to its own disk, so nothing was done.");
    expect(answer).toContain("Make room where DATA_DIR is, then type the command again.");
    expect(changes(stage.lxd1)).toEqual([]);
    await makeRoom(store);
    await type(stage.slack, "/lxd launch busybox lxd1:web1");
    await seen(stage.slack, "lxd1:web1 is running.");
  });

  test("a command that was acknowledged before is not begun; with room again, it is carried out once", async () => {
    const store = await openStore(":memory:");
    let refusals = 0;
    const counted: Store = {
      ...store,
      write: (work) =>
        store.write(work).catch((error: unknown) => {
          refusals += 1;
          throw error;
        }),
    };
    const boundary = (name: string): void => {
      if (name === "received") void fill(store);
    };
    await using stage = await setStage({ overrides: { store: counted, boundary } });
    await plantInto(store, { lxd1: join(stage.dir, "lxd1.socket") }, ["lxd1"]);
    await type(stage.slack, `/lxd launch busybox lxd1:web1 ${long}`);
    // the job, and then the answer that there is no job
    await stage.slack.until(() => refusals >= 2);
    expect(changes(stage.lxd1)).toEqual([]);
    await makeRoom(store);
    await seen(stage.slack, "lxd1:web1 is running.");
    expect(changes(stage.lxd1).filter((each) => each.includes("POST /1.0/instances"))).toHaveLength(1);
  });
});
