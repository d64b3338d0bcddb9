import { createServer } from "node:net";
import { once } from "node:events";
import { join } from "node:path";
import { expect, test } from "vitest";
import { classify, NotConnected } from "../../src/lxd/transport/failure.ts";
import { createLog } from "../../src/log.ts";
import { json, operation, refuse, sync } from "./scripted-server.ts";
import { client, pair, rejection, temporaryDirectory, until } from "./setup.ts";

const ref = { project: "default", name: "web1" };
const get = "GET /1.0/instances/web1";
const create = { name: "web1", source: { type: "image", alias: "busybox" } } as const;

test("LXD's no comes with its words, and with what was asked of whom", async () => {
  await using it = await pair({ handlers: { [get]: refuse(404, "Instance not found") } });
  const thrown = await rejection(it.lxd.instances.get(ref));
  expect(thrown).toMatchObject({
    name: "LxdRefused",
    remote: "lxd1",
    method: "GET",
    path: "/1.0/instances/web1?project=default",
    status: 404,
    errorText: "Instance not found",
    message: "lxd1: GET /1.0/instances/web1?project=default: Instance not found (404)",
  });
  expect(it.calls).toMatchObject([{ status: 404, error: (thrown as Error).message }]);
});

test.each([
  ["a page of a proxy", json(502, "x"), "Invalid input"],
  ["a text", (_: unknown, response: { end: (text: string) => void }) => response.end("<html>Bad gateway"), "<html>"],
  ["another shape", sync({ name: "web1" }), "status"],
  ["nothing", sync(null), "expected object"],
  ["an unknown envelope", json(200, { type: "other" }), "type"],
  ["an operation without id", json(202, { type: "async", operation: "/1.0/operations/", metadata: {} }), "expected"],
])("%s is nonsense", async (_, handler, part) => {
  await using it = await pair({ handlers: { [get]: handler } });
  const thrown = await rejection(it.lxd.instances.get(ref));
  expect(thrown).toMatchObject({ name: "LxdNonsense", remote: "lxd1", method: "GET" });
  expect((thrown as Error).message).toContain(part);
});

test("a change that should start an operation and does not is nonsense", async () => {
  await using it = await pair({ handlers: { "POST /1.0/instances": sync({}) } });
  const thrown = await rejection(it.lxd.instances.create("default", create));
  expect(thrown).toMatchObject({ name: "LxdNonsense", detail: "an operation was expected, none was started" });
});

test("an answer over the limit is nonsense, and the next request works", async () => {
  await using it = await pair(
    { handlers: { [get]: sync("x".repeat(5_000)), "GET /1.0/projects": sync([]) } },
    { limits: { responseBytes: 1_000 } },
  );
  const thrown = await rejection(it.lxd.instances.get(ref));
  expect(thrown).toMatchObject({ name: "LxdNonsense", detail: "the answer is larger than 1000 bytes" });
  expect(await it.lxd.projects.list()).toEqual([]);
});

test("a socket that is not there", async () => {
  await using directory = await temporaryDirectory();
  await using it = client({ type: "unix", path: join(directory.path, "unix.socket") });
  expect(await rejection(it.lxd.server.get())).toMatchObject({
    name: "LxdUnreachable",
    kind: "socket-missing",
    mayHaveArrived: false,
  });
});

test("a socket behind which nobody listens", async () => {
  await using it = await pair();
  await it.server[Symbol.asyncDispose]();
  expect(await rejection(it.lxd.server.get())).toMatchObject({ name: "LxdUnreachable", mayHaveArrived: false });
});

test("no answer in time: it is not known whether the request was carried out", async () => {
  await using it = await pair({ handlers: { "POST /1.0/instances": () => undefined } }, { limits: { requestMs: 100 } });
  const thrown = await rejection(it.lxd.instances.create("default", create));
  expect(thrown).toMatchObject({ name: "LxdUnreachable", kind: "timeout", mayHaveArrived: true });
  expect((thrown as Error).message).toContain("given up after 100 ms");
});

test("a connection cut before the answer: it is not known whether the request was carried out", async () => {
  await using it = await pair({ handlers: { "POST /1.0/instances": (_, response) => void response.destroy() } });
  const thrown = await rejection(it.lxd.instances.create("default", create));
  expect(thrown).toMatchObject({ name: "LxdUnreachable", kind: "cut", mayHaveArrived: true });
  expect(it.server.arrived).toHaveLength(1);
});

test("a connection cut in the middle of the answer", async () => {
  await using it = await pair({
    handlers: {
      [get]: (_, response) => {
        response.writeHead(200, { "content-length": "1000" });
        response.write("{", () => response.destroy());
      },
    },
  });
  expect(await rejection(it.lxd.instances.get(ref))).toMatchObject({ name: "LxdUnreachable", kind: "cut" });
});

test("something that is no HTTP server", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "unix.socket");
  const server = createServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n"));
  server.listen(path);
  await once(server, "listening");
  await using it = client({ type: "unix", path });
  expect(await rejection(it.lxd.server.get())).toMatchObject({ name: "LxdUnreachable", mayHaveArrived: true });
  server.close();
});

test("an aborted request throws the signal's own reason", async () => {
  const controller = new AbortController();
  await using it = await pair({ handlers: { [get]: () => undefined } }, { signal: controller.signal });
  const asked = rejection(it.lxd.instances.get(ref));
  await until(() => it.server.arrived.length > 0);
  const reason = new Error("the bot shuts down");
  controller.abort(reason);
  expect(await asked).toBe(reason);
  expect(await rejection(it.lxd.instances.get(ref))).toBe(reason);
  expect(it.server.arrived).toHaveLength(1);
});

test.each([
  ["EACCES", "permission"],
  ["ENOTFOUND", "dns"],
  ["EAI_AGAIN", "dns"],
  ["EHOSTUNREACH", "no-route"],
  ["ETIMEDOUT", "timeout"],
  ["ECONNRESET", "cut"],
  ["ERR_SSL_WRONG_VERSION_NUMBER", "tls"],
  ["EWHATEVER", "other"],
])("%s means %s", (code, kind) => {
  const error = Object.assign(new Error("connect failed"), { code });
  expect(classify(new NotConnected(error))).toEqual({ kind, mayHaveArrived: false, detail: `connect failed, ${code}` });
});

test("the trace log has every request and answer, without secrets", async () => {
  const lines: string[] = [];
  const log = createLog("trace", { write: (line) => void lines.push(line) });
  await using it = await pair(
    { handlers: { "POST /1.0/certificates": sync({}), "GET /1.0/operations/o1": sync(operation("o1")) } },
    { log },
  );
  await it.lxd.certificates.add({ password: "hunter2" });
  await it.lxd.operations.get("o1");
  const logged = lines.map((line) => JSON.parse(line) as object);
  expect(logged).toMatchObject([
    { msg: "lxd request", requestId: "r-test", remote: "lxd1", method: "POST", status: 200 },
    { msg: "lxd request", method: "GET", path: "/1.0/operations/o1" },
  ]);
  expect(lines.join("")).not.toContain("hunter2");
});
