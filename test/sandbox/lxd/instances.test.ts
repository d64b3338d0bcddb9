import { expect, test } from "vitest";
import { fromBusybox, startAtSocket, until } from "./client.ts";

test("a container is made from an alias, started, frozen, thawed, stopped and deleted", async () => {
  await using sandbox = await startAtSocket();
  const { client } = sandbox;
  expect(await client.run("POST", "/1.0/instances", fromBusybox("web1"))).toMatchObject({
    status: "Success",
    status_code: 200,
    resources: { containers: ["/1.0/containers/web1"], instances: ["/1.0/instances/web1"] },
  });
  const states: unknown[] = [];
  for (const action of ["start", "freeze", "unfreeze", "stop"]) {
    expect(await client.run("PUT", "/1.0/instances/web1/state", { action, timeout: 5 })).toMatchObject({ err: "" });
    states.push((await client.send("GET", "/1.0/instances/web1")).metadata["status_code"]);
  }
  expect(states).toEqual([103, 110, 103, 102]);
  expect(await client.run("DELETE", "/1.0/instances/web1")).toMatchObject({ status: "Success" });
  expect(await client.send("GET", "/1.0/instances/web1")).toMatchObject({ status: 404, error: "Instance not found" });
});

test("a running container has processes, memory and an address on the bridge", async () => {
  await using sandbox = await startAtSocket({ addressMs: 20 });
  const { client } = sandbox;
  await client.run("POST", "/1.0/instances", fromBusybox("web1"));
  await client.run("PUT", "/1.0/instances/web1/state", { action: "start" });
  const address = await until(async () => {
    const { metadata } = await client.send("GET", "/1.0/instances/web1/state");
    return /"address":"(10\.77\.0\.\d+)"/.exec(JSON.stringify(metadata))?.[1];
  });
  const leases = (await client.send("GET", "/1.0/networks/lxdbr0/leases")).list;
  expect(leases).toContainEqual(expect.objectContaining({ hostname: "web1", address }));
  const { config } = (await client.send("GET", "/1.0/instances/web1")).metadata as { config: Record<string, string> };
  expect(config).toMatchObject({
    "volatile.last_state.power": "RUNNING",
    "image.os": "Busybox",
    "volatile.eth0.hwaddr": expect.stringMatching(/^00:16:3e:/) as string,
  });
});

// The texts and codes were read from LXD 5.0.2.
test.each([
  [
    { ...fromBusybox("bad_name") },
    400,
    "Invalid instance name: Name can only contain alphanumeric and hyphen characters",
  ],
  [{ ...fromBusybox("1a") }, 400, "Invalid instance name: Name must not start with a number"],
  [{ ...fromBusybox("a-") }, 400, 'Invalid instance name: Name must not end with "-" character'],
  [{ ...fromBusybox("a".repeat(64)) }, 400, "Invalid instance name: Name must be 1-63 characters long"],
  [{ ...fromBusybox("a/b") }, 400, 'The character "/" is reserved for snapshots'],
  [{ name: "x", source: { type: "image", alias: "nope" } }, 404, "Image alias not found"],
  [{ name: "x", source: { type: "nope" } }, 400, "Unknown source type nope"],
  [{ ...fromBusybox("x"), profiles: ["nope"] }, 500, 'Requested profile "nope" doesn\'t exist'],
  [{ name: 1 }, 400, "json: cannot unmarshal number into Go struct field InstancesPost.name of type string"],
  ["", 400, "EOF"],
])("creating %j is refused with %i %s", async (body, status, error) => {
  await using sandbox = await startAtSocket();
  expect(await sandbox.client.send("POST", "/1.0/instances", body)).toMatchObject({
    status,
    type: "error",
    errorCode: status,
    error,
  });
});

test.each([
  [{ config: { "foo.bar": "1" } }, "Failed creating instance record: Unknown configuration key: foo.bar"],
  [{ config: { "limits.memory": "lots" } }, "Failed creating instance record: Invalid value: lots"],
  [{ config: { "limits.cpu": "x" } }, "Failed creating instance record: Invalid CPU limit syntax"],
  [
    { profiles: [] },
    "Failed creating instance record: Failed initialising instance: Failed getting root disk: No root device could be found",
  ],
  [
    { devices: { root: { type: "disk", path: "/", pool: "nope" } } },
    "Failed creating instance record: Failed initialising instance: Failed loading storage pool: Storage pool not found",
  ],
  [
    { devices: { home: { type: "disk", source: "/nope", path: "/home" } } },
    'Failed creating instance record: Failed initialising instance: Failed add validation for device "home": Missing source path "/nope" for disk "home"',
  ],
])("creating with %j fails in the operation", async (fields, err) => {
  await using sandbox = await startAtSocket();
  const operation = await sandbox.client.run("POST", "/1.0/instances", { ...fromBusybox("x"), ...fields });
  expect(operation).toMatchObject({ status: "Failure", status_code: 400, err });
  expect((await sandbox.client.send("GET", "/1.0/instances")).list).toEqual([]);
});

test("a taken name fails in the operation and leaves the first instance alone", async () => {
  await using sandbox = await startAtSocket();
  const { client } = sandbox;
  await client.run("POST", "/1.0/instances", fromBusybox("web1"));
  expect(await client.run("POST", "/1.0/instances", fromBusybox("web1"))).toMatchObject({
    status: "Failure",
    err: 'Failed creating instance record: Add instance info to the database: This "instances" entry already exists',
  });
  expect((await client.send("GET", "/1.0/instances")).list).toEqual(["/1.0/instances/web1"]);
});

test("a second start is accepted and then fails, and so does a second stop", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "web1", image: "busybox" }] } });
  const { client } = sandbox;
  const change = (action: string) => client.run("PUT", "/1.0/instances/web1/state", { action });
  expect(await change("stop")).toMatchObject({ err: "The instance is already stopped" });
  await change("start");
  expect(await change("start")).toMatchObject({ err: "The instance is already running" });
  expect(await client.send("DELETE", "/1.0/instances/web1")).toMatchObject({
    status: 400,
    error: "Instance is running",
  });
});

test("a change is refused with 412 when the ETag is old, and PUT state ignores it", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "web1", image: "busybox" }] } });
  const { client } = sandbox;
  const etag = (await client.send("GET", "/1.0/instances/web1")).etag ?? "";
  const patch = (key: string, ifMatch: string) =>
    client.send("PATCH", "/1.0/instances/web1", { config: { [key]: "1" } }, { "If-Match": ifMatch });
  expect((await patch("user.a", etag)).status).toBe(200);
  const refused = await patch("user.b", etag);
  expect(refused.status).toBe(412);
  expect(refused.error).toMatch(/^ETag doesn't match: [0-9a-f]{64} vs [0-9a-f]{64}$/);
  const started = await client.send("PUT", "/1.0/instances/web1/state", { action: "start" }, { "If-Match": etag });
  expect(started.status).toBe(202);
});

test("an edited profile changes the instance's ETag and its expanded configuration", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "web1", image: "busybox" }] } });
  const { client } = sandbox;
  const before = await client.send("GET", "/1.0/instances/web1");
  await client.send("PATCH", "/1.0/profiles/default", { config: { "limits.cpu": "2" } });
  const after = await client.send("GET", "/1.0/instances/web1");
  expect(after.etag).not.toBe(before.etag);
  expect(after.metadata["expanded_config"]).toMatchObject({ "limits.cpu": "2" });
  expect(after.metadata["config"]).toEqual(before.metadata["config"]);
});

test("a running container is neither renamed nor deleted, a protected one is not deleted", async () => {
  await using sandbox = await startAtSocket({
    seed: { instances: [{ name: "web1", image: "busybox", running: true }] },
  });
  const { client } = sandbox;
  expect(await client.run("POST", "/1.0/instances/web1", { name: "web2" })).toMatchObject({
    err: "Renaming of running container not allowed",
  });
  await client.run("PUT", "/1.0/instances/web1/state", { action: "stop", force: true });
  await client.send("PATCH", "/1.0/instances/web1", { config: { "security.protection.delete": "true" } });
  expect(await client.run("DELETE", "/1.0/instances/web1")).toMatchObject({ err: "Container is protected" });
  expect(await client.run("POST", "/1.0/instances/web1", { name: "web2" })).toMatchObject({ status: "Success" });
  expect((await client.send("GET", "/1.0/instances")).list).toEqual(["/1.0/instances/web2"]);
});

test("lists filter, and carry state and snapshots with recursion=2", async () => {
  await using sandbox = await startAtSocket({
    seed: {
      instances: [
        { name: "a", image: "busybox", running: true },
        { name: "b", image: "busybox" },
      ],
    },
  });
  const { client } = sandbox;
  await client.run("POST", "/1.0/instances/b/snapshots", {});
  const { list } = await client.send("GET", "/1.0/instances?recursion=2");
  expect(list).toMatchObject([
    { name: "a", state: { status: "Running" }, snapshots: null },
    { name: "b", state: { status: "Stopped", network: null }, snapshots: [{ name: "snap0" }] },
  ]);
  const running = await client.send("GET", `/1.0/instances?filter=${encodeURIComponent("status eq Running")}`);
  expect(running.list).toEqual(["/1.0/instances/a"]);
});

test("a copy names its own profiles, takes the rest from the original, and gets a uuid of its own", async () => {
  await using sandbox = await startAtSocket({
    seed: { instances: [{ name: "a", image: "busybox", config: { "user.team": "blue" } }] },
  });
  const { client } = sandbox;
  const copy = { name: "b", source: { type: "copy", source: "a" } };
  expect((await client.run("POST", "/1.0/instances", copy))["err"]).toMatch(/No root device could be found$/);
  await client.run("POST", "/1.0/instances", { ...copy, profiles: ["default"] });
  const config = async (name: string) =>
    (await client.send("GET", `/1.0/instances/${name}`)).metadata["config"] as Record<string, string>;
  expect((await config("b"))["user.team"]).toBe("blue");
  expect((await config("b"))["volatile.uuid"]).not.toBe((await config("a"))["volatile.uuid"]);
});

test("a command's output is recorded, and an unknown command fails with 127", async () => {
  await using sandbox = await startAtSocket({
    seed: { instances: [{ name: "web1", image: "busybox", running: true }] },
  });
  const { client } = sandbox;
  const exec = (...command: string[]) =>
    client.run("POST", "/1.0/instances/web1/exec", { command, "record-output": true });
  const { metadata } = (await exec("hostname")) as { metadata: { return: number; output: Record<string, string> } };
  expect(metadata.return).toBe(0);
  expect((await client.send("GET", metadata.output["1"] ?? "")).text).toBe("web1\n");
  expect(await exec("nosuch")).toMatchObject({ err: "Command not found", metadata: { return: 127 } });
});

test("fields that LXD would drop are remembered with the request", async () => {
  await using sandbox = await startAtSocket();
  await sandbox.client.run("POST", "/1.0/instances", {
    ...fromBusybox("web1"),
    epehemeral: true,
    source: { type: "image", alias: "busybox", colour: "red" },
  });
  const [created] = sandbox.lxd.requests();
  expect(created).toMatchObject({
    method: "POST",
    path: "/1.0/instances",
    status: 202,
    unknownFields: ["source.colour", "epehemeral"],
  });
});
