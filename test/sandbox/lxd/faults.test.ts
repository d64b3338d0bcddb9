import { expect, test } from "vitest";
import { startSimulatedLxd } from "../../../sandbox/lxd/server.ts";
import { createIdentity } from "../../../sandbox/lxd/wire/identity.ts";
import { connectTls, fromBusybox, startAtSocket, until } from "./client.ts";

test("a withheld answer: the request was carried out, and nobody was told", async () => {
  await using sandbox = await startAtSocket();
  const { client, lxd } = sandbox;
  lxd.fail("withhold-answer", { method: "POST", path: "/1.0/instances" });
  const unanswered = client.send("POST", "/1.0/instances", fromBusybox("web1")).catch((error: unknown) => error);
  const found = await until(async () => {
    const { list } = await client.send("GET", "/1.0/instances");
    return list.length === 1 && list;
  });
  expect(found).toEqual(["/1.0/instances/web1"]);
  expect(lxd.requests()[0]).toMatchObject({ method: "POST", status: null });
  await lxd.stopListening();
  expect(await unanswered).toBeInstanceOf(Error);
});

test("a cut socket: before the request nothing happens, after it everything does", async () => {
  await using sandbox = await startAtSocket();
  const { client, lxd } = sandbox;
  const create = () => client.send("POST", "/1.0/instances", fromBusybox("web1"));
  const instances = async () => (await client.send("GET", "/1.0/instances")).list;
  lxd.fail("cut-before-request", { method: "POST" });
  await expect(create()).rejects.toThrow(/other side closed|socket|ECONNRESET/i);
  expect(await instances()).toEqual([]);
  lxd.fail("cut-after-request", { method: "POST" });
  await expect(create()).rejects.toThrow(/other side closed|socket|ECONNRESET/i);
  expect(await until(async () => (await instances()).length === 1)).toBe(true);
});

test("answers of 500, garbage and half an answer, each once", async () => {
  await using sandbox = await startAtSocket();
  const { client, lxd } = sandbox;
  const get = () => client.send("GET", "/1.0/instances");
  lxd.fail("answer-500");
  expect(await get()).toMatchObject({ status: 500, type: "error", error: "Internal Server Error" });
  lxd.fail("answer-garbage");
  expect((await get()).text).toContain("<html>");
  lxd.fail("answer-truncated");
  await expect(get()).rejects.toThrow(/other side closed|aborted|terminated/i);
  expect((await get()).status).toBe(200);
});

test("a slow answer comes late, and a disarmed fault does not strike", async () => {
  await using sandbox = await startAtSocket();
  const { client, lxd } = sandbox;
  {
    using slow = lxd.fail("slow-answer", { path: /^\/1\.0$/, times: 2, delayMs: 50 });
    expect(slow).toBeDefined();
    const start = performance.now();
    await client.send("GET", "/1.0");
    expect(performance.now() - start).toBeGreaterThan(45);
  }
  const again = performance.now();
  await client.send("GET", "/1.0");
  expect(performance.now() - again).toBeLessThan(45);
});

test("dropped event sockets close without a word and can be opened again", async () => {
  await using sandbox = await startAtSocket();
  const { client, lxd } = sandbox;
  using first = await client.events();
  expect(lxd.dropEventSockets()).toBe(1);
  await until(() => first.closed());
  using second = await client.events("type=lifecycle");
  await client.run("POST", "/1.0/instances", fromBusybox("web1"));
  await until(() => second.seen.length > 0);
});

test("an unreachable server refuses connections, goes on working, and comes back at the same port", async () => {
  await using lxd = await startSimulatedLxd({ name: "lxd1", listen: { type: "https", port: 0 } });
  const identity = await createIdentity("bot");
  lxd.trust(identity.certificatePem);
  await using client = connectTls(lxd, identity);
  const { operation } = await client.send("POST", "/1.0/instances", fromBusybox("web1"));
  await lxd.stopListening();
  await expect(client.send("GET", "/1.0")).rejects.toThrow(/ECONNREFUSED|closed|reset/i);
  await lxd.startListening();
  const after = await client.send("GET", `${operation}/wait?timeout=5`);
  expect(after.metadata).toMatchObject({ status: "Success" });
});

test("a swapped certificate is seen by the pin before any request arrives", async () => {
  await using lxd = await startSimulatedLxd({ name: "lxd1", listen: { type: "https", port: 0 } });
  await using client = connectTls(lxd, null);
  await client.send("GET", "/1.0");
  const before = lxd.fingerprint;
  const swapped = await lxd.swapCertificate();
  expect(swapped.fingerprint).not.toBe(before);
  lxd.clearRequests();
  await expect(client.send("GET", "/1.0")).rejects.toThrow(/certificate|socket|closed/i);
  await expect(client.send("GET", "/1.0")).rejects.toThrow(/self-signed certificate/i);
  expect(lxd.requests()).toEqual([]);
  await using other = connectTls(lxd, null);
  expect((await other.send("GET", "/1.0")).status).toBe(200);
});

test.each([
  ["fault-start-a", "start", /^Failed to run: .* forkstart fault-start-a .*exit status 1$/],
  ["fault-freeze-a", "freeze", /^Failed to freeze container/],
])("%s cannot %s", async (name, action, text) => {
  const running = action !== "start";
  await using sandbox = await startAtSocket({ seed: { instances: [{ name, image: "busybox", running }] } });
  const failed = await sandbox.client.run("PUT", `/1.0/instances/${name}/state`, { action });
  expect(failed["err"]).toMatch(text);
});

test("a failed start leaves its cause in the instance's log", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "fault-start-a", image: "busybox" }] } });
  await sandbox.client.run("PUT", "/1.0/instances/fault-start-a/state", { action: "start" });
  const log = await sandbox.client.send("GET", "/1.0/instances/fault-start-a/logs/lxc.log");
  expect(log.text).toContain("newuidmap: uid range not allowed");
});

test("a shutdown that is ignored fails at its timeout, and the instance goes on", async () => {
  await using sandbox = await startAtSocket({
    seed: { instances: [{ name: "fault-stop-a", image: "busybox", running: true }] },
  });
  const { client } = sandbox;
  const stopped = await client.run("PUT", "/1.0/instances/fault-stop-a/state", { action: "stop", timeout: 1 });
  expect(stopped["err"]).toBe('Failed shutting down instance, status is "Running": shutting down the container failed');
  expect((await client.send("GET", "/1.0/instances/fault-stop-a")).metadata["status"]).toBe("Running");
});

test("a creation that breaks off leaves no instance, a deletion that fails leaves it", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "fault-delete-a", image: "busybox" }] } });
  const { client } = sandbox;
  expect((await client.run("POST", "/1.0/instances", fromBusybox("fault-create-a")))["err"]).toContain(
    "No space left on device",
  );
  expect((await client.run("DELETE", "/1.0/instances/fault-delete-a"))["err"]).toContain("device or resource busy");
  expect((await client.send("GET", "/1.0/instances")).list).toEqual(["/1.0/instances/fault-delete-a"]);
});

test("an instance that crashes is told to have shut down, by nobody", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "fault-crash-a", image: "busybox" }] } });
  const { client } = sandbox;
  using tape = await client.events("type=lifecycle");
  await client.run("PUT", "/1.0/instances/fault-crash-a/state", { action: "start" });
  const end = await until(() => tape.seen.find(({ metadata }) => metadata["action"] === "instance-shutdown"));
  expect(end.metadata).not.toHaveProperty("requestor");
  expect((await client.send("GET", "/1.0/instances/fault-crash-a")).metadata["status"]).toBe("Stopped");
});
