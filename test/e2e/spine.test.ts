import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { checkRequests } from "../lxd/request-checker.ts";
import { click, ops, seen, told, type, wordsOf } from "./acting.ts";
import { people, setStage, startBot, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage();
});
afterAll(() => stage[Symbol.asyncDispose]());

/** The instances that the simulated server was asked to create. */
function creations(name: string): number {
  return stage.lxd1
    .requests()
    .filter(
      ({ method, path, body }) =>
        method === "POST" && path === "/1.0/instances" && JSON.stringify(body).includes(`"${name}"`),
    ).length;
}

describe("a slash command becomes a container", () => {
  test("launch makes one running instance that says whose it is, and its thread tells so", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:web1");
    await told(stage.slack, "understood");
    await seen(stage.slack, "lxd1:web1 is running.");
    expect(creations("web1")).toBe(1);
    await type(stage.slack, "/lxd info lxd1:web1");
    await told(stage.slack, "lxd1:web1 is Running");
  });

  test("every request that was sent is one that LXD's own description knows", () => {
    expect(checkRequests([...stage.lxd1.requests(), ...stage.lxd2.requests()])).toEqual([]);
  });

  test("list shows the instances of all remotes", async () => {
    await type(stage.slack, "/lxd list");
    await told(stage.slack, "lxd1:web1");
  });

  test("who has no grant is told so, and nothing happens", async () => {
    await type(stage.slack, "/lxd stop lxd1:web1", people.bob);
    await told(stage.slack, "You may not use stop", people.bob);
  });

  test("a guest is refused, whatever is typed", async () => {
    await type(stage.slack, "/lxd list", people.gina);
    await told(stage.slack, "Guests cannot use this bot.", people.gina);
  });

  test("a grant is good for its target, and for no other", async () => {
    await type(stage.slack, "/lxd access grant @bob operator lxd1:web*");
    await told(stage.slack, "is now operator on");
    await type(stage.slack, "/lxd pause lxd1:web1", people.bob);
    await seen(stage.slack, "lxd1:web1 is paused.");
    await type(stage.slack, "/lxd launch busybox lxd1:db1", people.bob);
    await told(stage.slack, "You may not do this to lxd1:db1.", people.bob);
    await type(stage.slack, "/lxd launch busybox lxd1:web2 -c security.privileged=true", people.bob);
    await told(stage.slack, "would reach the host", people.bob);
    await type(stage.slack, "/lxd resume lxd1:web1", people.bob);
    await seen(stage.slack, "Resume lxd1:web1");
  });

  test("an operator gets no directory of the host, however the device is written", async () => {
    for (const device of ["x,type=disk,source=/,path=/mnt,pool=", "x,type=disk,source=/,path=/mnt", "root,source=/"]) {
      await type(stage.slack, `/lxd launch busybox lxd1:web7 -d ${device}`, people.bob);
    }
    await stage.slack.until(
      () =>
        stage.slack
          .ephemerals(people.bob)
          .filter((message) => JSON.stringify(message).includes("lxd1:web7 would reach the host")).length === 3,
      10_000,
    );
    expect(creations("web7")).toBe(0);
  });

  test("an admin of some instances is no admin of the bot", async () => {
    await type(stage.slack, "/lxd access grant @bob admin lxd1:web*");
    await told(stage.slack, "is now admin on");
    await type(stage.slack, "/lxd access grant @bob admin *", people.bob);
    await told(stage.slack, "You may not use access grant.", people.bob);
    await type(stage.slack, "/lxd remote remove lxd2", people.bob);
    await told(stage.slack, "You may not use remote remove.", people.bob);
    await type(stage.slack, "/lxd access revoke @bob admin lxd1:web*");
    await told(stage.slack, "is no longer admin on");
  });

  test("a name of a remote is not given to another server", async () => {
    await type(stage.slack, `/lxd remote add lxd1 unix://${stage.lxd2.socketPath ?? ""}`);
    await told(stage.slack, "There is a remote lxd1 already, and it is another server.");
  });

  test("a second bot on the same data does not start", async () => {
    await expect(startBot({ slack: stage.slack, dir: stage.dir })).rejects.toThrow("Another bot is running");
  });

  test("a typing error is answered with what was probably meant", async () => {
    await type(stage.slack, "/lxd lanch busybox lxd1:web3");
    await told(stage.slack, "launch busybox lxd1:web3");
  });

  test("a name that can be two instances is a question, not a guess", async () => {
    await type(stage.slack, "/lxd launch busybox web9");
    await told(stage.slack, "The remote is missing.");
  });

  test("an image that is not there is named before anything is done", async () => {
    await type(stage.slack, "/lxd launch nosuchimage lxd1:web4");
    await told(stage.slack, "lxd1 has no image nosuchimage.");
    expect(creations("web4")).toBe(0);
  });

  test("delete asks, another person's click changes nothing, the requester's deletes", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:gone1");
    await seen(stage.slack, "lxd1:gone1 is running.");
    await type(stage.slack, "/lxd delete lxd1:gone1 --force");
    await seen(stage.slack, "Lost for good");
    await click(stage.slack, "question.confirm", people.bob);
    await told(stage.slack, "Only the person who asked", people.bob);
    await stage.restart();
    await click(stage.slack, "question.confirm");
    await seen(stage.slack, "lxd1:gone1 is gone.");
  });

  test("what changed between the question and the click is asked again, with the difference", async () => {
    await type(stage.slack, "/lxd init busybox lxd1:drift1");
    await seen(stage.slack, "lxd1:drift1 is there");
    await type(stage.slack, "/lxd delete lxd1:drift1 --force");
    await seen(stage.slack, "Delete drift1");
    const question = "Delete drift1";
    await type(stage.slack, "/lxd start lxd1:drift1");
    await seen(stage.slack, "lxd1:drift1 is running.");
    await click(stage.slack, "question.confirm");
    await seen(stage.slack, "This has changed since you were asked");
    const text = stage.slack
      .messages(ops)
      .map((message) => wordsOf(message).join(""))
      .join("\n");
    expect(text).toContain("now: Stop lxd1:drift1 by force");
    expect(text).toContain(question);
    await click(stage.slack, "question.confirm");
    await seen(stage.slack, "lxd1:drift1 is gone.");
  });

  test("a redelivered command runs once", async () => {
    const delivered = await stage.slack.say({ as: people.alice, channel: ops, text: "/lxd launch busybox lxd1:once1" });
    await stage.slack.redeliver(delivered.delivery);
    await seen(stage.slack, "lxd1:once1 is running.");
    expect(creations("once1")).toBe(1);
  });

  test("in a private channel without the bot the story goes to a direct message", async () => {
    const delivered = await stage.slack.say({
      as: people.alice,
      channel: "C0SECRET1",
      text: "/lxd launch busybox lxd1:hidden1",
    });
    expect(delivered.ok).toBe(true);
    await stage.slack.until(
      () =>
        stage.slack
          .calls("chat.postMessage")
          .some(({ args }) => args["channel"] === people.alice && JSON.stringify(args).includes("hidden1")),
      10_000,
    );
  });

  test("a failure has a reference, and the reference its story", async () => {
    await type(stage.slack, "/lxd launch busybox lxd1:fault-start-x");
    await seen(stage.slack, "Reference ");
    const text = stage.slack
      .messages(ops)
      .map((message) => wordsOf(message).join(""))
      .findLast((words) => words.includes("Reference "));
    const reference = /r-[a-z0-9]{10}/.exec(text ?? "")?.[0] ?? "";
    await type(stage.slack, `/lxd why ${reference}`);
    await told(stage.slack, "POST /1.0/instances");
  });
});
