import { expect, test } from "vitest";
import { systemClock, type Clock } from "../../src/clock.ts";
import { alice, localSlack, startBot } from "./setup.ts";

const teamId = "T0ACME001";
const signal = AbortSignal.timeout(60_000);

test("people are told apart: members, guests, strangers, bots and those who have left", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.setUser("U0CARL001", { deleted: true });
  const { directory } = bot.slack;
  const kinds = await Promise.all(
    [alice, "U0GINA001", "U0DORA001", "U0LXDBOT1", "U0CARL001"].map(
      async (userId) => (await directory.person({ teamId, userId }, signal)).kind,
    ),
  );
  expect(kinds).toEqual(["member", "guest", "stranger", "bot", "deactivated"]);
});

test("a person who says to be of another team is a stranger", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const person = await bot.slack.directory.person({ teamId: "T0ZENITH1", userId: alice }, signal);
  expect(person.kind).toBe("stranger");
});

test("what Slack said is believed for five minutes, and forgotten when the person changes", async () => {
  await using world = await localSlack();
  let now = Date.now();
  const clock: Clock = { now: () => now, sleep: systemClock.sleep };
  await using bot = await startBot(world, { clock });
  const ask = () => bot.slack.directory.person({ teamId, userId: alice }, signal);
  await Promise.all([ask(), ask(), ask()]);
  expect(world.calls("users.info")).toHaveLength(1);
  const changed: string[] = [];
  bot.slack.onUserChange(({ userId }) => changed.push(userId));
  world.setUser(alice, { is_restricted: true });
  await world.until(() => changed.includes(alice));
  expect((await ask()).kind).toBe("guest");
  now += 5 * 60_000;
  await ask();
  expect(world.calls("users.info")).toHaveLength(3);
});

test("when Slack does not say who somebody is, nobody is anybody", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("users.info", { type: "error", error: "user_not_found" });
  await expect(bot.slack.directory.person({ teamId, userId: alice }, signal)).rejects.toMatchObject({
    code: "identity-unknown",
  });
  world.fail("users.info", { type: "ratelimited", retryAfterSeconds: 60 });
  await expect(bot.slack.directory.person({ teamId, userId: alice }, signal)).rejects.toMatchObject({
    code: "identity-unknown",
  });
  world.fail("users.info", { type: "status", status: 500, times: 2 });
  expect((await bot.slack.directory.person({ teamId, userId: alice }, signal)).kind).toBe("member");
});

test("the groups of a person are known, and a workspace without groups has none", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  const { directory } = bot.slack;
  world.fail("usergroups.list", { type: "error", error: "missing_scope" });
  await expect(directory.groupsOf({ teamId, userId: alice }, signal)).rejects.toMatchObject({
    code: "identity-unknown",
  });
  expect(await directory.groupsOf({ teamId, userId: alice }, signal)).toEqual(["S0OPSTEAM"]);
  expect(await directory.groupsOf({ teamId, userId: "U0CARL001" }, signal)).toEqual([]);
  directory.forget({ teamId, userId: alice });
  world.fail("usergroups.list", { type: "error", error: "paid_teams_only" });
  expect(await directory.groupsOf({ teamId, userId: alice }, signal)).toEqual([]);
});

test("whoever stops waiting is let go", async () => {
  await using world = await localSlack();
  await using bot = await startBot(world);
  world.fail("users.info", { type: "hang" });
  const waiting = bot.slack.directory.person({ teamId, userId: alice }, AbortSignal.timeout(50));
  await expect(waiting).rejects.toThrow("timeout");
});
