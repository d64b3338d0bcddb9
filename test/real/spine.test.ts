import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startLocalSlack } from "../../sandbox/slack/server.ts";
import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";
import { click, seen, told, type } from "../e2e/acting.ts";
import { plantRemotes, startBot } from "../e2e/stage.ts";
import { startLab, type Lab } from "../lab/lab.ts";

const stack = new AsyncDisposableStack();
let slack: LocalSlack;
let lab: Lab;
let restart: () => Promise<void>;

beforeAll(async () => {
  lab = stack.use(await startLab({ servers: ["lxd1", "lxd2", "incus1"] }));
  const dir = await mkdtemp(join(tmpdir(), "chatops-real-"));
  stack.defer(() => rm(dir, { recursive: true, force: true }));
  slack = stack.use(await startLocalSlack({ manifest: "manifest.yml", rateLimits: "off" }));
  const sockets = Object.fromEntries(
    lab.servers.filter(({ name }) => name !== "lxd2").map(({ name, socketPath }) => [name, socketPath]),
  );
  await plantRemotes(dir, sockets, Object.keys(sockets));
  const bot = await startBot({ slack, dir });
  stack.defer(() => bot.app().stop());
  restart = bot.restart;
});
afterAll(() => stack.disposeAsync());

function server(name: string) {
  const found = lab.servers.find((each) => each.name === name);
  if (!found) throw new Error(`the lab has no ${name}`);
  return found;
}

async function config(remote: string, instance: string, key: string): Promise<string> {
  const { stdout } = await server(remote).cli(["config", "get", instance, key]);
  return stdout.trim();
}

async function names(remote: string): Promise<readonly string[]> {
  const { stdout } = await server(remote).cli(["list", "--format", "csv", "-c", "ns"]);
  return stdout.trim().split("\n");
}

for (const remote of ["lxd1", "incus1"]) {
  test(`on ${remote}, a slash command becomes a container, and another ends it`, async () => {
    await type(slack, `/lxd launch busybox ${remote}:web1`);
    await seen(slack, `${remote}:web1 is running.`);
    expect(await names(remote)).toContain("web1,RUNNING");
    expect(await config(remote, "web1", "user.chatops.owner")).toMatch(/^T[A-Z0-9]+\/U0ALICE01$/);
    expect(await config(remote, "web1", "user.chatops.thread")).toMatch(/^C0OPS0001\/\d+\.\d+$/);
    await type(slack, `/lxd pause ${remote}:web1`);
    await seen(slack, `${remote}:web1 is paused.`);
    await type(slack, `/lxd resume ${remote}:web1`);
    await seen(slack, `Resume ${remote}:web1: Done`);
    await type(slack, `/lxd stop ${remote}:web1 --force`);
    await seen(slack, `${remote}:web1 is stopped.`);
    await type(slack, `/lxd rename ${remote}:web1 web2`);
    await seen(slack, `${remote}:web1 is now ${remote}:web2.`);
    await type(slack, `/lxd delete ${remote}:web2`);
    await seen(slack, "Delete web2");
    await restart();
    await click(slack, "question.confirm");
    await seen(slack, `${remote}:web2 is gone.`);
    expect((await names(remote)).join("\n")).not.toContain("web");
  });
}

test("a server is added by its join token, with its certificate pinned, and can be used", async () => {
  const token = await server("lxd2").addToken("bot");
  await type(slack, `/lxd remote add lxd2 ${token}`);
  await seen(slack, "lxd2 is there.");
  expect(JSON.stringify(slack.messages("C0OPS0001"))).not.toContain(token.slice(0, 60));
  await type(slack, "/lxd launch busybox lxd2:api1");
  await seen(slack, "lxd2:api1 is running.");
  expect(await names("lxd2")).toContain("api1,RUNNING");
  await type(slack, `/lxd remote add lxd3 ${token}`);
  await seen(slack, "It trusts the bot already");
  await type(slack, "/lxd list");
  await told(slack, "lxd2:api1");
});
