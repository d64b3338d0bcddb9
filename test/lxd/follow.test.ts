import { expect, test } from "vitest";
import type { Progress } from "../../src/lxd/operations/progress.ts";
import { operation, refuse, sync } from "./scripted-server.ts";
import { pair, patience, rejection, until } from "./setup.ts";

const get = "GET /1.0/operations/o1";
const wait = "GET /1.0/operations/o1/wait";
const running = operation("o1");
const succeeded = operation("o1", { status: "Success", status_code: 200 });
const failed = operation("o1", { status: "Failure", status_code: 400, err: "disk full" });
const cancelled = operation("o1", { status: "Cancelled", status_code: 401, err: "" });
const frame = (metadata: object) => ({ type: "operation", timestamp: "t", project: "default", metadata });

type Handlers = NonNullable<Parameters<typeof pair>[0]>["handlers"];

/** With an open events connection. */
async function withEvents(handlers: NonNullable<Handlers>, limits = {}) {
  const it = await pair({ handlers }, { limits });
  it.connection.events.start();
  await it.connection.events.ready(patience(), 5_000);
  await until(() => it.server.listening() === 1);
  return it;
}

test("the end comes by an event", async () => {
  await using it = await withEvents({ [get]: sync(running) });
  const followed = it.lxd.operations.follow("o1");
  await until(() => it.server.arrived.some(({ path }) => path === "/1.0/operations/o1"));
  it.server.emit(frame(operation("another", { status_code: 200 })));
  it.server.emit(frame(failed));
  expect(await followed).toMatchObject({ status: "failure", error: "disk full", operation: { id: "o1" } });
  expect(it.server.arrived.filter(({ path }) => path.startsWith("/1.0/operations"))).toHaveLength(1);
});

test.each([
  [succeeded, { status: "success" }],
  [failed, { status: "failure", error: "disk full" }],
  [cancelled, { status: "cancelled" }],
])("an operation that ended before it was followed is seen by asking", async (ended, expected) => {
  await using it = await withEvents({ [get]: sync(ended) });
  expect(await it.lxd.operations.follow("o1")).toMatchObject(expected);
});

test("an event that was lost is made up for by asking again", async () => {
  let asked = 0;
  await using it = await withEvents(
    { [get]: (...exchange) => sync((asked += 1) > 2 ? succeeded : running)(...exchange) },
    { followRecheckMs: 20 },
  );
  expect(await it.lxd.operations.follow("o1")).toMatchObject({ status: "success" });
});

test("an operation that the server has forgotten is forgotten, nothing is guessed", async () => {
  await using it = await withEvents({ [get]: refuse(404, "Operation not found") });
  expect(await it.lxd.operations.follow("o1")).toEqual({ status: "forgotten", id: "o1" });
  await using without = await pair({ handlers: { [wait]: refuse(404, "Operation not found") } });
  expect(await without.lxd.operations.follow("o1")).toEqual({ status: "forgotten", id: "o1" });
});

test("without events it waits in slices", async () => {
  let slices = 0;
  await using it = await pair({
    handlers: { [wait]: (...exchange) => sync((slices += 1) > 2 ? succeeded : running)(...exchange) },
  });
  expect(await it.lxd.operations.follow("o1")).toMatchObject({ status: "success" });
  expect(it.server.arrived.map(({ target }) => target)).toEqual(Array(3).fill("/1.0/operations/o1/wait?timeout=10"));
});

test("a lost events connection is bridged by waiting", async () => {
  await using it = await withEvents({ [get]: sync(running), [wait]: sync(succeeded) }, { reconnectFirstMs: 10_000 });
  const followed = it.lxd.operations.follow("o1");
  await until(() => it.server.arrived.some(({ path }) => path === "/1.0/operations/o1"));
  it.server.cut("events");
  expect(await followed).toMatchObject({ status: "success" });
});

test("everything cut: it re-attaches and asks", async () => {
  await using it = await withEvents({ [get]: sync(running), [wait]: sync(running) });
  const followed = it.lxd.operations.follow("o1");
  await until(() => it.server.arrived.some(({ path }) => path === "/1.0/operations/o1"));
  it.server.on(get, sync(succeeded));
  it.server.on(wait, sync(succeeded));
  it.server.cut("all");
  expect(await followed).toMatchObject({ status: "success" });
});

test("a server that stays away is told to the caller after a while", async () => {
  await using it = await pair({}, { limits: { followUnreachableMs: 50 } });
  await it.server[Symbol.asyncDispose]();
  expect(await rejection(it.lxd.operations.follow("o1"))).toMatchObject({ name: "LxdUnreachable" });
});

test("a server that restarts is waited for, and has forgotten the operation then", async () => {
  await using it = await pair({ handlers: { [wait]: refuse(503, "LXD daemon is starting up") } });
  const followed = it.lxd.operations.follow("o1");
  await until(() => it.server.arrived.length >= 2);
  it.server.on(wait, refuse(404, "Operation not found"));
  expect(await followed).toEqual({ status: "forgotten", id: "o1" });
});

test("a refusal that is no 404 is thrown", async () => {
  await using it = await pair({ handlers: { [wait]: refuse(403, "not authorized") } });
  expect(await rejection(it.lxd.operations.follow("o1"))).toMatchObject({ name: "LxdRefused", status: 403 });
});

test("the signal ends the waiting, not the operation", async () => {
  const controller = new AbortController();
  await using it = await pair({ handlers: { [get]: sync(running) } }, { signal: controller.signal });
  it.connection.events.start();
  await it.connection.events.ready(patience(), 5_000);
  const followed = rejection(it.lxd.operations.follow("o1"));
  await until(() => it.server.arrived.some(({ path }) => path === "/1.0/operations/o1"));
  const reason = new Error("the bot shuts down");
  controller.abort(reason);
  expect(await followed).toBe(reason);
  expect(it.server.arrived.every(({ method }) => method === "GET")).toBe(true);
});

test("progress is told in one form, each step once, and never backwards in time", async () => {
  await using it = await withEvents({ [get]: sync(running) });
  const told: Progress[] = [];
  const followed = it.lxd.operations.follow("o1", { onProgress: (progress) => told.push(progress) });
  await until(() => it.server.arrived.some(({ path }) => path === "/1.0/operations/o1"));
  const step = (second: number, metadata: object): void =>
    it.server.emit(frame(operation("o1", { updated_at: `2026-01-01T00:00:0${second}Z`, metadata })));
  step(1, { download_progress: "rootfs: 10% (1MB/s)" });
  step(1, { download_progress: "rootfs: 10% (1MB/s)" });
  step(3, { create_instance_from_image_unpack_progress: "Unpack: 50%" });
  step(2, { create_instance_from_image_unpack_progress: "Unpack: 40%" });
  step(4, { fs_progress: "web1: 3.82GB (82.75MB/s)" });
  step(5, { progress: { stage: "fs", percent: "77", processed: "1024", speed: "9" } });
  step(6, { other: 1 });
  it.server.emit(frame(operation("o1", { status_code: 200, updated_at: "2026-01-01T00:00:09Z" })));
  await followed;
  expect(told).toEqual([
    { stage: "download", text: "rootfs: 10% (1MB/s)", percent: 10 },
    { stage: "create_instance_from_image_unpack", text: "Unpack: 50%", percent: 50 },
    { stage: "fs", text: "web1: 3.82GB (82.75MB/s)" },
    { stage: "fs", text: "77% 1024 9", percent: 77 },
  ]);
});
