import { afterAll, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { startSimulatedLxd, type SimulatedLxd } from "../../sandbox/lxd/server.ts";
import { answerTo, changes, ops, press, seen, type } from "./acting.ts";
import { people, setStage, type Stage } from "./stage.ts";

let stage: Stage;
beforeAll(async () => {
  stage = await setStage({ instances: { lxd1: [{ name: "web1", image: "busybox", running: true }] } });
});
afterAll(() => stage[Symbol.asyncDispose]());
beforeEach(() => {
  stage.lxd1.clearRequests();
  stage.lxd2.clearRequests();
});

/** Asks, and makes sure that no server was asked to change anything and that no job came of it. */
async function refused(text: string): Promise<string> {
  const threads = stage.slack.calls("chat.postMessage").length;
  const answer = await answerTo(stage.slack, text);
  expect(changes(stage.lxd1, stage.lxd2)).toEqual([]);
  expect(stage.slack.calls("chat.postMessage")).toHaveLength(threads);
  return answer;
}

/** A modal knows no channel, so what comes of it is told in a direct message. */
async function toldDirectly(words: string): Promise<void> {
  await stage.slack.until(() =>
    stage.slack
      .calls("chat.postMessage")
      .some(({ args }) => args["channel"] === people.alice && JSON.stringify(args).includes(words)),
  );
}

async function enter(password: string): Promise<void> {
  await press(stage.slack, "Enter the password");
  const view = await stage.slack.until(() => stage.slack.views(people.alice).at(-1));
  const state = { password: { password: { type: "plain_text_input", value: password } } };
  expect(await stage.slack.submit({ as: people.alice, view_id: String(view.shape["id"]), state })).toMatchObject({
    ok: true,
  });
}

describe("what was typed", () => {
  test("nothing: the help", async () => {
    expect(await refused("/lxd")).toContain("/lxd help");
  });

  test("4,000 characters", async () => {
    const text = `/lxd launch busybox lxd1:${"x".repeat(3_980)}`;
    expect(await refused(text)).toContain("The command has 4000 characters; the bot reads at most 3000.");
  });

  test.each([
    ["a bell", "web\u00072", "U+0007"],
    ["an escape sequence", "web\u001B[31m2", "U+001B"],
    ["a turn of direction", "web\u202E2", "U+202E"],
    ["a null", "web\u00002", "U+0000"],
  ])("a character that cannot be seen: %s", async (_, name, code) => {
    const answer = await refused(`/lxd launch busybox lxd1:${name}`);
    expect(answer).toContain(`The command has a character in it that cannot be seen (${code}`);
    expect(answer).toContain("Type the command by hand");
  });

  test.each([
    ["web_2", "a name is made of letters, digits and dashes"],
    ["web2-", "a name neither begins nor ends with a dash"],
    ["-web2", "a name neither begins nor ends with a dash"],
    ["42", "a name is not only digits"],
    ["wéb2", "a name is made of letters, digits and dashes"],
    ["a/b", "a name is made of letters, digits and dashes"],
    ["../1.0/instances", "a name is made of letters, digits and dashes"],
    ["x".repeat(64), "a name has at most 63 characters"],
  ])("a name that LXD refuses: %s", async (name, why) => {
    expect(await refused(`/lxd launch busybox lxd1:${name}`)).toContain(why);
  });

  test("a remote that nobody knows, with the nearest one", async () => {
    const answer = await refused("/lxd launch busybox lxd3:web2");
    expect(answer).toContain("There is no remote called lxd3.");
    expect(answer).toMatch(/Did you mean lxd[12]\?/);
  });

  test("an image that is not there, with the nearest one", async () => {
    const answer = await refused("/lxd launch busibox lxd1:web2");
    expect(answer).toContain("lxd1 has no image busibox.");
    expect(answer).toContain("Did you mean busybox?");
  });

  test("a name that is taken", async () => {
    expect(await refused("/lxd launch busybox lxd1:web1")).toContain("There is an instance lxd1:web1 already.");
  });
});

describe("a remote that is not as it was", () => {
  let far: SimulatedLxd;
  beforeEach(async () => {
    far = await startSimulatedLxd({ name: "far", listen: { type: "https", port: 0 } });
    return () => far[Symbol.asyncDispose]();
  });

  test("down: the list tells, launch fails and leaves nothing half done", async () => {
    await stage.lxd2.stopListening();
    try {
      let list = "";
      while (!list.includes("lxd2 ")) list = await answerTo(stage.slack, "/lxd list");
      expect(list).toContain("lxd1:web1");
      const answer = await refused("/lxd launch busybox lxd2:web2");
      expect(answer).toContain("lxd2 cannot be reached.");
      expect(answer).toContain("there is no socket at this path");
      expect(answer).toContain("Try again when it is back");
    } finally {
      await stage.lxd2.startListening();
    }
    await type(stage.slack, "/lxd launch busybox lxd2:web2");
    await seen(stage.slack, "lxd2:web2 is running.");
  });

  test("its certificate has changed: nothing is sent to it, and what that may mean is said", async () => {
    await type(stage.slack, `/lxd remote add far ${far.addToken("bot")}`);
    await seen(stage.slack, "far is there.");
    await far.swapCertificate();
    far.clearRequests();
    const answer = await answerTo(stage.slack, "/lxd launch busybox far:web2");
    expect(answer).toContain("far shows another certificate than the one that was pinned, so nothing was sent to it.");
    expect(answer).toContain("or somebody else answers in its place");
    expect(far.requests()).toEqual([]);
    expect(await answerTo(stage.slack, "/lxd list far:")).toContain("another certificate");
    expect(await answerTo(stage.slack, "/lxd remote remove far")).toContain("is forgotten");
  });

  test("its join token has expired, is void, or is of another server", async () => {
    const expired = far.addToken("bot", { expiresMs: Date.now() - 1_000 });
    expect(await answerTo(stage.slack, `/lxd remote add far2 ${expired}`)).toContain("The join token has expired.");
    await using other = await startSimulatedLxd({ name: "other", listen: { type: "https", port: 0 } });
    const foreign = other.addToken("bot");
    const theirs = JSON.parse(Buffer.from(foreign, "base64").toString()) as Record<string, unknown>; // as LXD makes it
    const mixed = Buffer.from(JSON.stringify({ ...theirs, addresses: [far.url?.slice("https://".length)] }));
    expect(await answerTo(stage.slack, `/lxd remote add far2 ${mixed.toString("base64")}`)).toContain(
      "shows another certificate than the one in the join token, so nothing was sent to it.",
    );
    expect(changes(far, other)).toEqual([]);
    const own = JSON.parse(Buffer.from(far.addToken("bot"), "base64").toString()) as Record<string, unknown>; // likewise
    const unknown = Buffer.from(JSON.stringify({ ...own, secret: "0".repeat(64) })).toString("base64");
    await type(stage.slack, `/lxd remote add far2 ${unknown}`);
    await seen(stage.slack, "far2 did not accept the join token.");
    expect(changes(far)).toEqual(["far: POST /1.0/certificates 403"]);
    expect(await answerTo(stage.slack, "/lxd remote list")).not.toContain("far2");
  });

  test("a wrong trust password is told, the right one is taken, and neither is kept", async () => {
    far.setTrustPassword("correct horse");
    await type(stage.slack, `/lxd remote add far3 ${far.url ?? ""}`);
    await seen(stage.slack, "Compare this fingerprint");
    await press(stage.slack, "It is the right certificate");
    await seen(stage.slack, "It does not trust the bot yet.");
    expect(await answerTo(stage.slack, "/lxd launch busybox far3:web2")).toContain("far3 does not trust the bot.");
    expect(changes(far)).toEqual([]);

    await answerTo(stage.slack, "/lxd remote trust far3");
    await enter("battery staple");
    await toldDirectly("far3 did not accept the password.");
    await enter("correct horse");
    await toldDirectly("trusts the bot now");
    expect(changes(far)).toEqual(["far: POST /1.0/certificates 403", "far: POST /1.0/certificates 201"]);
    const said = JSON.stringify([stage.slack.messages(ops), stage.slack.ephemerals(), stage.slack.calls()]);
    expect(said).not.toMatch(/battery staple|correct horse/);
    await answerTo(stage.slack, "/lxd remote remove far3");
  });
});
