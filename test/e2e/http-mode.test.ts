import { expect, test } from "vitest";
import { changes, press, seen, type } from "./acting.ts";
import { people, setStage } from "./stage.ts";

test("in HTTP mode a command, its thread and the click on its question work as in Socket Mode", async () => {
  await using stage = await setStage({ mode: "http" });
  expect(stage.app().state().slack.httpPort).toBeGreaterThan(0);
  expect(stage.slack.connections()).toBe(0);
  await type(stage.slack, "/lxd launch busybox lxd1:web1");
  await seen(stage.slack, "lxd1:web1 is running.");
  await type(stage.slack, "/lxd delete lxd1:web1 --force");
  await seen(stage.slack, "Lost for good");
  await stage.restart();
  expect(await press(stage.slack, "Delete web1")).toMatchObject({ ok: true });
  await seen(stage.slack, "lxd1:web1 is gone.");
  expect(changes(stage.lxd1).filter((each) => each.includes("DELETE"))).toHaveLength(1);
});

test("a request that Slack has not signed is turned away, and leaves nothing", async () => {
  await using stage = await setStage({ mode: "http" });
  const url = `http://127.0.0.1:${stage.app().state().slack.httpPort ?? 0}/slack/events`;
  const body = new URLSearchParams({
    command: "/lxd",
    text: "launch busybox lxd1:forged1",
    team_id: stage.slack.workspace.team.id,
    user_id: people.alice,
    channel_id: "C0OPS0001",
    trigger_id: "1.2.forged",
    response_url: `${stage.slack.url}nowhere`,
  });
  const now = String(Math.floor(Date.now() / 1_000));
  const forged = { "x-slack-request-timestamp": now, "x-slack-signature": `v0=${"0".repeat(64)}` };
  expect((await fetch(url, { method: "POST", body, headers: forged })).status).toBe(401);
  expect((await fetch(url, { method: "POST", body })).status).toBe(401);
  expect(changes(stage.lxd1)).toEqual([]);
});
