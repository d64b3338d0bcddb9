import { expect, test } from "vitest";
import { fromBusybox, startAtSocket, until } from "./client.ts";

const ubuntu = {
  name: "web1",
  source: {
    type: "image",
    mode: "pull",
    protocol: "simplestreams",
    server: "https://cloud-images.ubuntu.com/releases",
    alias: "24.04",
  },
};

test("an operation is told as Pending, Running and Success, with lifecycle events between", async () => {
  await using sandbox = await startAtSocket();
  const { client } = sandbox;
  using tape = await client.events("type=operation,lifecycle");
  await client.run("POST", "/1.0/instances", fromBusybox("web1"));
  await client.run("PUT", "/1.0/instances/web1/state", { action: "start" });
  const told = await until(() => {
    const words = tape.seen.map(({ metadata }) => String(metadata["action"] ?? metadata["status"]));
    return words.filter((word) => word === "Success").length === 2 && words;
  });
  const steps = told.filter((word, index) => word !== told[index - 1]);
  const creation = ["Pending", "Running", "instance-created", "Running", "Success"];
  const start = ["Pending", "Running", "instance-started", "Success"];
  expect(steps).toEqual([...creation, ...start]);
  expect(tape.seen.find(({ metadata }) => metadata["action"] === "instance-created")?.metadata).toEqual({
    action: "instance-created",
    source: "/1.0/instances/web1",
    context: { "storage-pool": "default", type: "container" },
  });
  expect(tape.seen.find(({ metadata }) => metadata["action"] === "instance-started")?.metadata).toEqual({
    action: "instance-started",
    source: "/1.0/instances/web1",
    requestor: { username: "root", protocol: "unix", address: "@" },
  });
});

test("a listener of one project hears nothing of another", async () => {
  await using sandbox = await startAtSocket({ seed: { projects: ["staging"] } });
  const { client } = sandbox;
  using defaultTape = await client.events("type=operation");
  using allTape = await client.events("type=operation&all-projects=true");
  await client.run("POST", "/1.0/instances?project=staging", { name: "web1", source: { type: "none" } });
  await client.run("POST", "/1.0/instances", fromBusybox("web1"));
  await until(() => defaultTape.seen.some(({ metadata }) => metadata["status"] === "Success"));
  expect(new Set(defaultTape.seen.map(({ project }) => project))).toEqual(new Set(["default"]));
  expect(new Set(allTape.seen.map(({ project }) => project))).toEqual(new Set(["staging", "default"]));
});

test("a finished operation is forgotten after its time", async () => {
  await using sandbox = await startAtSocket({ forgetOperationMs: 30 });
  const { client } = sandbox;
  const { operation } = await client.send("POST", "/1.0/instances", fromBusybox("web1"));
  const gone = await until(async () => {
    const reply = await client.send("GET", operation);
    return reply.status === 404 && reply;
  });
  expect(gone.error).toBe("Operation not found");
  expect((await client.send("GET", "/1.0/operations")).metadata).toEqual({});
});

test("waiting with a timeout returns a running operation as it is", async () => {
  await using sandbox = await startAtSocket({ operationMs: 60_000 });
  const { client } = sandbox;
  const { operation } = await client.send("POST", "/1.0/instances", fromBusybox("web1"));
  const waited = await client.send("GET", `${operation}/wait?timeout=0`);
  expect(waited.metadata).toMatchObject({ status: "Running", status_code: 103 });
  expect(await client.send("DELETE", operation)).toMatchObject({
    status: 400,
    error: "This operation can't be cancelled",
  });
});

test("a download tells its progress and can be cancelled", async () => {
  await using sandbox = await startAtSocket({ operationMs: 2_000 });
  const { client } = sandbox;
  using tape = await client.events("type=operation");
  const { operation } = await client.send("POST", "/1.0/instances", ubuntu);
  await until(() => /rootfs: \d+% \(\d+\.\d\dMB\/s\)/.test(JSON.stringify(tape.seen)));
  expect((await client.send("GET", operation)).metadata["may_cancel"]).toBe(true);
  expect((await client.send("DELETE", operation)).status).toBe(200);
  expect((await client.send("GET", operation)).metadata).toMatchObject({
    status: "Cancelled",
    status_code: 401,
    err: "",
  });
  expect((await client.send("GET", "/1.0/instances")).list).toEqual([]);
});

test("a downloaded image stays as a cached one, and unknown servers and aliases are told", async () => {
  await using sandbox = await startAtSocket();
  const { client } = sandbox;
  expect(await client.run("POST", "/1.0/instances", ubuntu)).toMatchObject({ status: "Success" });
  const cached = (await client.send("GET", "/1.0/images?recursion=1&filter=cached%20eq%20true")).list;
  expect(cached).toMatchObject([{ update_source: { alias: "24.04" }, properties: { release: "noble" } }]);
  const failure = async (source: Record<string, string>) =>
    (await client.run("POST", "/1.0/instances", { name: "x", source: { ...ubuntu.source, ...source } }))["err"];
  expect(await failure({ alias: "99.04" })).toContain("The requested image couldn't be found");
  expect(await failure({ server: "https://nowhere.invalid" })).toContain("lookup nowhere.invalid: no such host");
});

test("an instance that is being stopped is busy, and a forced stop overtakes a shutdown", async () => {
  await using sandbox = await startAtSocket({
    seed: { instances: [{ name: "fault-stop-a", image: "busybox", running: true }] },
  });
  const { client } = sandbox;
  const path = "/1.0/instances/fault-stop-a";
  const stopping = await client.send("PUT", `${path}/state`, { action: "stop", timeout: 60 });
  const busy = await until(async () => {
    const reply = await client.send("PATCH", path, { config: { "user.a": "1" } });
    return reply.status !== 200 && reply;
  });
  expect(busy).toMatchObject({
    status: 500,
    error: 'Failed to create instance update operation: Instance is busy running a "stop" operation',
  });
  expect(await client.run("PUT", `${path}/state`, { action: "stop", force: true })).toMatchObject({ err: "" });
  expect((await client.send("GET", `${stopping.operation}/wait?timeout=5`)).metadata).toMatchObject({
    status: "Success",
  });
});

test("Incus answers the wait for a failed operation with an error under HTTP status 200", async () => {
  await using sandbox = await startAtSocket({ flavour: "incus-6.0.4" });
  const { client } = sandbox;
  const { status, operation } = await client.send("POST", "/1.0/instances", {
    name: "x",
    source: { type: "image", alias: "nope" },
  });
  expect(status).toBe(202);
  const waited = await client.send("GET", `${operation}/wait?timeout=5`);
  expect(waited).toMatchObject({
    status: 200,
    type: "error",
    errorCode: 500,
    error: "Image not provided for instance creation",
  });
  expect((await client.send("GET", operation)).metadata).toMatchObject({ status: "Failure", err: waited.error });
});
