import { expect, test } from "vitest";
import { seen, told, type } from "./acting.ts";
import { people, setStage } from "./stage.ts";

test("a job that waits is judged again when its turn comes: what was revoked meanwhile is not done", async () => {
  await using stage = await setStage({ operationMs: 1_500 });
  await type(stage.slack, "/lxd access grant @bob operator lxd1:*");
  await told(stage.slack, "is now operator on");
  await type(stage.slack, "/lxd access grant @bob operator lxd2:*");
  await type(stage.slack, "/lxd launch busybox lxd1:web1");
  await stage.slack.until(() => stage.app().state().runningJobs > 0, 10_000);
  await type(stage.slack, "/lxd pause lxd1:web1", people.bob);
  await seen(stage.slack, "Pause lxd1:web1");
  await type(stage.slack, "/lxd access revoke @bob operator lxd1:*");
  await told(stage.slack, "is no longer operator on");
  await seen(stage.slack, "You may not do this to lxd1:web1.");
  expect(stage.lxd1.requests().filter(({ body }) => JSON.stringify(body ?? null).includes("freeze"))).toEqual([]);
});
