import { performance } from "node:perf_hooks";
import { expect, test } from "vitest";
import { answerTo, changes } from "./acting.ts";
import { setStage } from "./stage.ts";

/** What `list` gives a server, and some for a busy machine. */
const listLimitMs = 3_500;

test("a slow remote does not delay the list of the others, and its rows say so", async () => {
  await using stage = await setStage({ instances: { lxd1: [{ name: "quick1" }], lxd2: [{ name: "slow1" }] } });
  expect(await answerTo(stage.slack, "/lxd list")).toMatch(/lxd1:quick1.*lxd2:slow1/s);
  using _slow = stage.lxd2.fail("slow-answer", { path: "/1.0/instances", delayMs: 8_000, times: 100 });
  await stage.restart();
  const before = performance.now();
  const answer = await answerTo(stage.slack, "/lxd list");
  expect(performance.now() - before).toBeLessThan(listLimitMs);
  expect(answer).toContain("lxd1:quick1");
  expect(answer).toContain("lxd2 cannot be asked: ");
});

test("a remote that is down does not keep the list of the others; its rows are shown as they were, and say so", async () => {
  await using stage = await setStage({ instances: { lxd2: [{ name: "web1" }] } });
  expect(await answerTo(stage.slack, "/lxd list")).toContain("lxd2:web1");
  await stage.lxd2.stopListening();
  const before = performance.now();
  let answer = "";
  // the connection's end is heard of a moment later
  while (!answer.includes("does not answer")) answer = await answerTo(stage.slack, "/lxd list");
  expect(performance.now() - before).toBeLessThan(listLimitMs);
  expect(answer).toContain("lxd2:web1");
  expect(answer).toMatch(/lxd2.*does not answer .*its rows are as of/s);
  expect(changes(stage.lxd1, stage.lxd2)).toEqual([]);
  await stage.lxd2.startListening();
  expect(await answerTo(stage.slack, "/lxd list lxd2:")).not.toContain("does not answer");
});
