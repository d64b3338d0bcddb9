import { expect, test } from "vitest";
import type { Lxd } from "../../src/lxd/connection.ts";
import type { InstancesPost } from "../../src/lxd/resources/instance-shapes.ts";
import { json, operation, refuse, started, sync } from "./scripted-server.ts";
import { pair, rejection } from "./setup.ts";

const ref = { project: "p 1", name: "web1" };

const instance = {
  name: "web1",
  description: "",
  type: "container",
  status: "Running",
  status_code: 103,
  architecture: "x86_64",
  ephemeral: false,
  stateful: false,
  profiles: ["default"],
  config: { "volatile.uuid": "u" },
  devices: null,
  expanded_config: { "limits.cpu": "2" },
  expanded_devices: { root: { type: "disk", path: "/", pool: "default" } },
  created_at: "2026-01-01T00:00:00Z",
  last_used_at: "1970-01-01T00:00:00Z",
  location: "none",
  unheard_of: { in: "this version" },
};

const post: InstancesPost = {
  name: "web1",
  type: "container",
  source: { type: "image", mode: "pull", protocol: "simplestreams", server: "https://images.test", alias: "24.04" },
  config: { "user.chatops.owner": "T1/U1" },
  devices: { root: { type: "disk", path: "/", pool: "default", size: "5GiB" } },
  profiles: ["default"],
  ephemeral: true,
};

/** What a server tells those that it does not trust. */
function stranger(extension: string) {
  return sync({ api_extensions: [extension], auth: "untrusted" });
}

/** Every question: how it is asked, and what goes over the wire. */
const questions: readonly (readonly [string, (lxd: Lxd) => Promise<unknown>, unknown])[] = [
  ["GET /1.0", (lxd) => lxd.server.get(), { auth: "trusted", environment: {} }],
  ["GET /1.0/instances?recursion=1&project=p", (lxd) => lxd.instances.list({ recursion: 1, project: "p" }), null],
  [
    "GET /1.0/instances?recursion=2&all-projects=true&filter=status%20eq%20Running",
    (lxd) => lxd.instances.list({ recursion: 2, allProjects: true, filter: "status eq Running" }),
    [],
  ],
  ["GET /1.0/instances/web1?project=p%201", (lxd) => lxd.instances.get(ref), instance],
  ["GET /1.0/instances/a%2Fb%3Fc?project=p", (lxd) => lxd.instances.get({ project: "p", name: "a/b?c" }), instance],
  [
    "GET /1.0/instances/web1/state?project=p%201",
    (lxd) => lxd.instances.state(ref),
    { status: "Stopped", status_code: 102, pid: 0, processes: -1, network: null, disk: null },
  ],
  [
    "GET /1.0/instances/web1/snapshots?recursion=1&project=p%201",
    (lxd) => lxd.instances.snapshots(ref),
    [{ name: "web1/snap0", created_at: "", expires_at: "", stateful: false, size: 1 }],
  ],
  [
    "GET /1.0/instances/web1/logs?project=p%201",
    (lxd) => lxd.instances.logs(ref),
    ["/1.0/instances/web1/logs/lxc.log"],
  ],
  ["GET /1.0/images?recursion=1&project=p", (lxd) => lxd.images.list({ project: "p" }), []],
  [
    "GET /1.0/images/abc?project=p",
    (lxd) => lxd.images.get({ project: "p", fingerprint: "abc" }),
    { fingerprint: "abc", public: false, size: 1 },
  ],
  [
    "GET /1.0/images/aliases/ubuntu%2F24.04?project=p",
    (lxd) => lxd.images.alias({ project: "p", name: "ubuntu/24.04" }),
    { name: "ubuntu/24.04", target: "abc", type: "container" },
  ],
  ["GET /1.0/operations?recursion=1", (lxd) => lxd.operations.list(), { running: [operation("o1")], success: null }],
  ["GET /1.0/operations/o1", (lxd) => lxd.operations.get("o1"), operation("o1")],
  ["GET /1.0/operations/o1/wait?timeout=3", (lxd) => lxd.operations.wait("o1", { timeoutS: 3 }), operation("o1")],
  ["DELETE /1.0/operations/o1", (lxd) => lxd.operations.cancel("o1"), {}],
  ["GET /1.0/profiles?recursion=1&project=p", (lxd) => lxd.profiles.list({ project: "p" }), []],
  ["GET /1.0/profiles/x?project=p", (lxd) => lxd.profiles.get({ project: "p", name: "x" }), { name: "x" }],
  ["GET /1.0/projects?recursion=1", (lxd) => lxd.projects.list(), []],
  ["GET /1.0/projects/x", (lxd) => lxd.projects.get("x"), { name: "x" }],
  ["GET /1.0/networks?recursion=1&project=p", (lxd) => lxd.networks.list({ project: "p" }), []],
  [
    "GET /1.0/networks/x?project=p",
    (lxd) => lxd.networks.get({ project: "p", name: "x" }),
    { name: "x", type: "bridge", managed: true },
  ],
  ["GET /1.0/networks/x/leases?project=p", (lxd) => lxd.networks.leases({ project: "p", name: "x" }), null],
  ["GET /1.0/networks/x/state?project=p", (lxd) => lxd.networks.state({ project: "p", name: "x" }), { mtu: 1500 }],
  ["GET /1.0/storage-pools?recursion=1", (lxd) => lxd.storagePools.list(), []],
  ["GET /1.0/storage-pools/x", (lxd) => lxd.storagePools.get("x"), { name: "x", driver: "dir" }],
  ["GET /1.0/certificates?recursion=1", (lxd) => lxd.certificates.list(), []],
  ["POST /1.0/certificates", (lxd) => lxd.certificates.add({ password: "secret", name: "bot" }), {}],
];

test.each(questions)("asks LXD as it describes itself: %s", async (what, ask, answer) => {
  const [method = "", target = ""] = what.split(" ");
  const path = target.split("?")[0] ?? "";
  await using it = await pair({ handlers: { [`${method} ${path}`]: sync(answer) } });
  await ask(it.lxd);
  expect(it.server.arrived.map((request) => `${request.method} ${request.target}`)).toEqual([what]);
});

const changes: readonly (readonly [string, (lxd: Lxd) => Promise<unknown>, unknown])[] = [
  ["POST /1.0/instances?project=p&target=node2", (lxd) => lxd.instances.create("p", post, { target: "node2" }), post],
  [
    "PUT /1.0/instances/web1/state?project=p%201",
    (lxd) => lxd.instances.changeState(ref, { action: "stop", timeout: 30, force: false }),
    { action: "stop", timeout: 30, force: false },
  ],
  ["POST /1.0/instances/web1?project=p%201", (lxd) => lxd.instances.rename(ref, "web2"), { name: "web2" }],
  ["DELETE /1.0/instances/web1?project=p%201", (lxd) => lxd.instances.delete(ref), undefined],
];

test.each(changes)("starts an operation: %s", async (what, ask, body) => {
  const [method = "", target = ""] = what.split(" ");
  const handlers = { [`${method} ${target.split("?")[0]}`]: started("o1") };
  await using it = await pair({ handlers });
  expect(await ask(it.lxd)).toEqual({ id: "o1", mayCancel: true, resources: { instances: ["/1.0/instances/web1"] } });
  const [request] = it.server.arrived;
  expect(`${request?.method} ${request?.target}`).toBe(what);
  expect(request?.body).toEqual(body);
  expect(it.calls).toMatchObject([{ requestId: "r-test", remote: "lxd1", method, status: 202, operation: "o1" }]);
});

test("what Go sends as null is empty, what is not known is left out", async () => {
  await using it = await pair({
    handlers: {
      "GET /1.0/instances": sync([{ ...instance, project: "default", state: null, snapshots: null }]),
      "GET /1.0/instances/web1": sync({ ...instance, profiles: null }, { etag: "e1" }),
    },
  });
  const [full] = await it.lxd.instances.list({ recursion: 2 });
  expect(full).toMatchObject({ name: "web1", devices: {}, state: null, snapshots: [] });
  const { value, etag } = await it.lxd.instances.get(ref);
  expect(etag).toBe("e1");
  expect(value).toMatchObject({ project: "default", profiles: [], expanded_config: { "limits.cpu": "2" } });
  expect(value).not.toHaveProperty("unheard_of");
});

test("an alias that is missing, or stands for another type of instance, is undefined", async () => {
  await using it = await pair({
    handlers: {
      "GET /1.0/images/aliases/gone": refuse(404, "Image alias not found"),
      "GET /1.0/images/aliases/vm": sync({ name: "vm", target: "abc", type: "virtual-machine" }),
    },
  });
  expect(await it.lxd.images.alias({ project: "default", name: "gone" })).toBeUndefined();
  expect(await it.lxd.images.alias({ project: "default", name: "vm", type: "container" })).toBeUndefined();
  expect(await it.lxd.images.alias({ project: "default", name: "vm", type: "virtual-machine" })).toMatchObject({
    target: "abc",
  });
});

test("operations of all projects are asked for project by project where the server cannot list them at once", async () => {
  await using it = await pair({
    handlers: {
      "GET /1.0/projects": sync([{ name: "default" }, { name: "staging" }]),
      "GET /1.0/operations": (request, response) => {
        const own = operation(request.query["project"] ?? "");
        sync({ running: [own, operation("of no project")] })(request, response);
      },
    },
  });
  const listed = await it.lxd.operations.list({ allProjects: true });
  expect(listed.map(({ id }) => id)).toEqual(["default", "of no project", "staging"]);
  // LXD 5.0 does not write it
  expect(listed[0]?.resources["instances"]).toEqual(["/1.0/instances/web1"]);
  expect(listed[2]?.resources["instances"]).toEqual(["/1.0/instances/web1?project=staging"]);
});

test("a log is answered as text, its end when it is long", async () => {
  const path = "GET /1.0/instances/web1/logs/lxc.log";
  await using it = await pair(
    {
      handlers: {
        [path]: (_request, response) => void response.end("beginning, middle, end"),
        "GET /1.0/instances/web1/logs/gone.log": refuse(404, "not found"),
      },
    },
    { limits: { logFileBytes: 3 } },
  );
  expect(await it.lxd.instances.logFile(ref, "lxc.log")).toEqual({ text: "end", truncated: true });
  expect(await rejection(it.lxd.instances.logFile(ref, "gone.log"))).toMatchObject({ name: "LxdRefused", status: 404 });
});

test("a join token goes where the server looks for it", async () => {
  await using it = await pair({ foreign: true, handlers: { "POST /1.0/certificates": json(201, { type: "sync" }) } });
  it.server.on("GET /1.0", stranger("restrict_devlxd"));
  await it.lxd.certificates.add({ token: "eyJ" });
  it.server.on("GET /1.0", stranger("restrict_dev_incus"));
  await it.lxd.certificates.add({ token: "eyJ" });
  const bodies = it.server.arrived.filter(({ method }) => method === "POST").map(({ body }) => body);
  expect(bodies).toEqual([
    { type: "client", password: "eyJ" },
    { type: "client", trust_token: "eyJ" },
  ]);
  expect(it.calls.map((call) => call.requestBody).join()).not.toContain("eyJ");
});

test("a stranger learns the server's name from its extensions", async () => {
  await using it = await pair({
    handlers: { "GET /1.0": stranger("restrict_devlxd") },
  });
  expect(await it.lxd.server.get()).toMatchObject({ auth: "untrusted", name: "lxd", version: "", addresses: [] });
});

test.each(["", ".", ".."])("%j is refused as a name before anything is sent", async (name) => {
  await using it = await pair();
  await expect(async () => it.lxd.instances.delete({ project: "default", name })).rejects.toMatchObject({
    name: "UserError",
    code: "argument-invalid",
  });
  expect(it.server.arrived).toEqual([]);
});
