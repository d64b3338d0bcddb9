import { expect, test } from "vitest";
import type { LxdEvent } from "../../src/lxd/operations/event-shapes.ts";
import { createLog } from "../../src/log.ts";
import { operation, refuse, sync } from "./scripted-server.ts";
import { pair, patience, rejection, until } from "./setup.ts";

const frame = (metadata: object) => ({ type: "operation", timestamp: "t", project: "p", location: "none", metadata });
const lifecycle = {
  type: "lifecycle",
  timestamp: "t",
  project: "default",
  metadata: { action: "instance-started", source: "/1.0/instances/web1", context: null, requestor: null },
};

async function listening(options: Parameters<typeof pair>[0] = {}, more: Parameters<typeof pair>[1] = {}) {
  const it = await pair(options, more);
  const seen: LxdEvent[] = [];
  const { events } = it.connection;
  events.subscribe((event) => seen.push(event));
  events.start();
  return { ...it, events, seen };
}

test("operations and lifecycle events of all projects arrive, parsed", async () => {
  await using it = await listening();
  expect(await it.events.ready(patience(), 5_000)).toBe(true);
  await until(() => it.server.listening() === 1);
  it.server.emit(frame(operation("o1")));
  it.server.emit(lifecycle);
  await until(() => it.seen.length === 3);
  expect(it.seen).toMatchObject([
    { type: "connected" },
    {
      type: "operation",
      project: "p",
      operation: {
        id: "o1",
        metadata: {},
        may_cancel: true,
        resources: { instances: ["/1.0/instances/web1?project=p"] },
      },
    },
    { type: "lifecycle", action: "instance-started", source: "/1.0/instances/web1", context: {} },
  ]);
  expect(it.server.arrived.at(-1)?.target).toBe("/1.0/events?all-projects=true&type=operation%2Clifecycle");
});

test("nothing is sent before it is started, and starting twice opens one connection", async () => {
  await using it = await pair();
  expect(await it.connection.events.ready(patience(), 20)).toBe(false);
  expect(it.server.arrived).toEqual([]);
  it.connection.events.start();
  it.connection.events.start();
  expect(await it.connection.events.ready(patience(), 5_000)).toBe(true);
  expect(it.server.arrived.filter(({ path }) => path === "/1.0/events")).toHaveLength(1);
});

test("garbage and hostile frames are ignored with a line in the log, and a failing listener harms nobody", async () => {
  const lines: string[] = [];
  const log = createLog("warn", { write: (line) => void lines.push(line) });
  await using it = await listening({}, { log });
  const after: LxdEvent[] = [];
  it.events.subscribe(() => {
    throw new Error("a listener's bug");
  });
  it.events.subscribe((event) => after.push(event));
  await it.events.ready(patience(), 5_000);
  await until(() => it.server.listening() === 1);
  for (const garbage of ["", "{", "null", "[]", '{"type":"operation"}', { type: "logging", metadata: {} }]) {
    it.server.emit(garbage);
  }
  it.server.emit(frame({ ...operation("o1"), metadata: "no map" }));
  it.server.emit(lifecycle);
  await until(() => after.some(({ type }) => type === "lifecycle"));
  expect(it.seen.map(({ type }) => type)).toEqual(["connected", "lifecycle"]);
  expect(lines.filter((line) => line.includes("frame ignored"))).toHaveLength(7);
  expect(lines.some((line) => line.includes("a listener's bug"))).toBe(true);
});

test("a lost connection is told and made anew", async () => {
  await using it = await listening();
  await it.events.ready(patience(), 5_000);
  await until(() => it.server.listening() === 1);
  it.server.cut("events");
  await until(() => it.seen.length === 3);
  expect(it.seen.map(({ type }) => type)).toEqual(["connected", "disconnected", "connected"]);
  expect(it.events.connected).toBe(true);
});

test("a server that does not trust us is not asked for events, and the log says why", async () => {
  const lines: string[] = [];
  const log = createLog("info", { write: (line) => void lines.push(line) });
  await using it = await listening(
    { handlers: { "GET /1.0": sync({ api_extensions: [], auth: "untrusted" }) } },
    { log },
  );
  await until(() => lines.length >= 2);
  expect(lines[0]).toContain("the server does not trust this certificate");
  expect(it.server.arrived.every(({ path }) => path === "/1.0")).toBe(true);
  expect(await it.events.ready(patience(), 20)).toBe(false);
});

test("a refused events connection is tried again", async () => {
  await using it = await listening({ withoutEvents: true });
  await until(() => it.server.arrived.filter(({ path }) => path === "/1.0/events").length >= 2);
  expect(it.events.connected).toBe(false);
  expect(it.seen).toEqual([]);
});

test("a server that is there keeps its connection through pings; one that fell silent loses it", async () => {
  await using it = await listening({}, { limits: { eventsPingMs: 20, eventsPongMs: 200 } });
  await it.events.ready(patience(), 5_000);
  let pings = 0;
  await until(() => it.server.listening() === 1);
  it.server.onPing(() => (pings += 1));
  await until(() => pings > 5);
  expect(it.seen).toHaveLength(1);
  it.server.fallSilent();
  await until(() => it.seen.length >= 2);
  expect(it.seen[1]).toEqual({
    type: "disconnected",
    reason: "the server no longer answers on the events connection",
  });
});

test("waiting for events can be aborted", async () => {
  await using it = await listening({ handlers: { "GET /1.0": refuse(500, "starting") } });
  const controller = new AbortController();
  const waiting = rejection(it.events.ready(controller.signal, 60_000));
  const reason = new Error("enough");
  controller.abort(reason);
  expect(await waiting).toBe(reason);
});

test("disposing ends the connection, and nothing reconnects", async () => {
  await using it = await listening();
  await it.events.ready(patience(), 5_000);
  await it.connection[Symbol.asyncDispose]();
  await until(() => it.server.listening() === 0);
  expect(it.events.connected).toBe(false);
});
