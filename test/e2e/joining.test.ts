import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { answerTo, changes, ops, press, readable, seen, told, type } from "./acting.ts";
import { people, setStage, type Stage } from "./stage.ts";

describe("commands that meet", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ operationMs: 600 });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  /** The root message of the newest job of this title, as it stands now. */
  const rootOf = (title: string): string =>
    stage.slack
      .messages(ops)
      .map((message) => readable(message))
      .findLast((words) => words.includes(title)) ?? "";
  const begun = (): Promise<true> => stage.slack.until(() => stage.app().state().runningJobs > 0 || undefined);

  test("the same command typed again joins the job that runs, whoever types it, and nothing is made twice", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:joined1");
    await begun();
    expect(await answerTo(stage.slack, "/lxd launch busybox lxd1:joined1")).toMatch(
      /The same command was given before by\s+and is not over: this joins j-/,
    );
    await type(stage.slack, "/lxd access grant @bob operator lxd1:*");
    await told(stage.slack, "is now operator on");
    expect(await answerTo(stage.slack, "/lxd launch busybox lxd1:joined1", people.bob)).toContain("this joins");
    await seen(stage.slack, "lxd1:joined1 is running.");
    expect(changes(stage.lxd1).filter((each) => each.includes("POST /1.0/instances"))).toHaveLength(1);
  });

  test("the same command after the end is a new one, and is told what stands in its way", async () => {
    expect(await answerTo(stage.slack, "/lxd launch busybox lxd1:joined1")).toContain(
      "There is an instance lxd1:joined1 already.",
    );
  });

  test("another command on the same instance waits, and says behind what", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:queued1");
    await begun();
    await type(stage.slack, "/lxd stop lxd1:queued1 --force");
    const waiting = await stage.slack.until(() => {
      const words = rootOf("Stop lxd1:queued1");
      return words.includes("Queued") ? words : undefined;
    });
    const first = /j-[a-z0-9]+/.exec(rootOf("Launch lxd1:queued1"))?.[0] ?? "none";
    expect(waiting).toContain(`Queued behind ${first}`);
    await seen(stage.slack, "lxd1:queued1 is stopped.");
    expect(rootOf("Launch lxd1:queued1")).toContain("lxd1:queued1 is running.");
  });

  test("what is not the same instance does not wait", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:beside1");
    await type(stage.slack, "/lxd launch busybox lxd1:beside2");
    await stage.slack.until(() => stage.app().state().runningJobs === 2);
    await seen(stage.slack, "lxd1:beside1 is running.");
    await seen(stage.slack, "lxd1:beside2 is running.");
  });
});

describe("one command for several instances", () => {
  let stage: Stage;
  beforeAll(async () => {
    const names = ["web1", "web2", "fault-start-x"];
    stage = await setStage({ instances: { lxd1: names.map((name) => ({ name, image: "busybox" })) } });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("one that fails does not keep the others, and each is told", async () => {
    await type(stage.slack, "/lxd start lxd1:web1 lxd1:fault-start-x lxd1:web2");
    await seen(stage.slack, "Done before: Start lxd1:web1; Start lxd1:web2.");
    await seen(stage.slack, "Reference ");
    expect(await answerTo(stage.slack, "/lxd info lxd1:web1")).toContain("State: Running");
    expect(await answerTo(stage.slack, "/lxd info lxd1:web2")).toContain("State: Running");
    expect(await answerTo(stage.slack, "/lxd info lxd1:fault-start-x")).toContain("State: Stopped");
  });

  test("one that is not there, or not in a state for it, stops the command before anything is done", async () => {
    stage.lxd1.clearRequests();
    expect(await answerTo(stage.slack, "/lxd stop lxd1:web1 lxd1:nobody1")).toContain("lxd1:nobody1");
    expect(await answerTo(stage.slack, "/lxd start lxd1:fault-start-x lxd1:web1")).toContain(
      "lxd1:web1 is running already.",
    );
    expect(changes(stage.lxd1)).toEqual([]);
  });

  test("--all asks first, with the names; a click does it to those, a refusal does nothing", async () => {
    stage.lxd1.clearRequests();
    await type(stage.slack, "/lxd stop --all lxd1: --force");
    await seen(stage.slack, "Stop all 2");
    expect(changes(stage.lxd1)).toEqual([]);
    await press(stage.slack, "Never mind");
    await seen(stage.slack, "Declined, nothing was done");
    expect(changes(stage.lxd1)).toEqual([]);
    await type(stage.slack, "/lxd stop --all lxd1: --force");
    await stage.slack.until(() => stage.slack.messages(ops).at(-1)?.text.includes("Waiting for your click"));
    await press(stage.slack, "Stop all 2");
    await seen(stage.slack, "lxd1:web1 and lxd1:web2 are stopped.");
    expect(changes(stage.lxd1)).toEqual([
      "lxd1: PUT /1.0/instances/web1/state 202",
      "lxd1: PUT /1.0/instances/web2/state 202",
    ]);
  });
});

const running = (name: string) => ({ name, image: "busybox", running: true });

describe("a name without a remote", () => {
  let stage: Stage;
  beforeAll(async () => {
    stage = await setStage({ instances: { lxd1: [running("twin1")], lxd2: [running("twin1"), running("only1")] } });
  });
  afterAll(() => stage[Symbol.asyncDispose]());

  test("that two remotes have is a question; the button runs the command as it was typed, with the remote in it", async () => {
    stage.lxd1.clearRequests();
    stage.lxd2.clearRequests();
    const answer = await answerTo(stage.slack, "/lxd stop twin1 --force --timeout 7");
    expect(answer).toContain("twin1 can be more than one instance.");
    expect(answer).toContain("lxd1 and lxd2 have it.");
    expect(changes(stage.lxd1, stage.lxd2)).toEqual([]);
    await press(stage.slack, "lxd2");
    await seen(stage.slack, "lxd2:twin1 is stopped.");
    expect(changes(stage.lxd1)).toEqual([]);
    expect(stage.lxd2.requests().filter(({ method }) => method === "PUT")).toMatchObject([
      { path: "/1.0/instances/twin1/state", body: { action: "stop", force: true, timeout: 7 } },
    ]);
  });

  test("the button asks for the same permission as the typed command", async () => {
    await answerTo(stage.slack, "/lxd delete twin1 --force");
    stage.lxd1.clearRequests();
    await press(stage.slack, "lxd1");
    await seen(stage.slack, "Lost for good");
    await press(stage.slack, "Never mind");
    await seen(stage.slack, "Declined, nothing was done");
    expect(changes(stage.lxd1)).toEqual([]);
  });

  test("the button of a rename still has the new name, that of --all still its options", async () => {
    await answerTo(stage.slack, "/lxd rename twin1 twin2");
    await press(stage.slack, "lxd1");
    await told(stage.slack, "lxd1:twin1 must be stopped before it can be renamed.");
    expect(await answerTo(stage.slack, "/lxd stop --all --force")).toContain("The remote is missing.");
    await press(stage.slack, "lxd1");
    await seen(stage.slack, "Stop twin1");
    await seen(stage.slack, "Stop lxd1:twin1 by force");
    await press(stage.slack, "Never mind");
  });

  test("that one remote has is that one", async () => {
    await type(stage.slack, "/lxd pause only1");
    await seen(stage.slack, "lxd2:only1 is paused.");
  });

  test("is what the channel's default says, in that channel alone", async () => {
    expect(await answerTo(stage.slack, "/lxd remote set-default lxd1 --channel")).toMatch(
      /In this channel, a name without remote now means\s+lxd1:/,
    );
    await type(stage.slack, "/lxd launch busybox here1");
    await seen(stage.slack, "lxd1:here1 is running.");
    expect(await answerTo(stage.slack, "/lxd info only1")).toContain("only1");
    const delivered = await stage.slack.say({ as: people.alice, channel: "C0DEV0001", text: "/lxd launch busybox x1" });
    expect(delivered.ok).toBe(true);
    await told(stage.slack, "The remote is missing.");
  });
});
