import { expect, test } from "vitest";
import { writable } from "../../src/lxd/resources/instance-shapes.ts";
import { refuse, started, sync, type Handler } from "./scripted-server.ts";
import { pair, rejection } from "./setup.ts";

const ref = { project: "default", name: "web1" };
const what = "/1.0/instances/web1";

/** An instance whose ETag is its description, and which checks `If-Match`. */
function guarded(interfere: () => string | undefined) {
  let description = "v1";
  const get: Handler = (request, response) =>
    sync(
      {
        name: "web1",
        description,
        type: "container",
        status: "Stopped",
        status_code: 102,
        ephemeral: false,
        stateful: false,
        config: { "volatile.uuid": "u", "user.chatops.job": "" },
        architecture: "x86_64",
        profiles: ["default"],
        devices: null,
      },
      { etag: description },
    )(request, response);
  const put: Handler = (request, response) => {
    description = interfere() ?? description;
    if (request.ifMatch !== description) return refuse(412, "ETag doesn't match")(request, response);
    return started("o1")(request, response);
  };
  return { [`GET ${what}`]: get, [`PUT ${what}`]: put };
}

test("a change is made under If-Match, with everything else as it was", async () => {
  await using it = await pair({ handlers: guarded(() => undefined) });
  const change = await it.lxd.instances.modify(ref, (current) => ({
    ...writable(current),
    config: { ...current.config, "user.chatops.job": "j-1" },
  }));
  expect(change).toMatchObject({ id: "o1" });
  const put = it.server.arrived.at(-1);
  expect(put).toMatchObject({ method: "PUT", ifMatch: "v1" });
  expect(put?.body).toEqual({
    architecture: "x86_64",
    description: "v1",
    config: { "volatile.uuid": "u", "user.chatops.job": "j-1" },
    devices: {},
    ephemeral: false,
    profiles: ["default"],
    stateful: false,
  });
});

test("after somebody else's change it is computed anew from what is there then", async () => {
  const others = ["v2", "v3"];
  await using it = await pair({ handlers: guarded(() => others.shift()) });
  const seen: string[] = [];
  await it.lxd.instances.modify(ref, (current) => {
    seen.push(current.description);
    return { ...writable(current), ephemeral: true };
  });
  expect(seen).toEqual(["v1", "v2", "v3"]);
  expect(it.server.arrived.at(-1)?.body).toMatchObject({ description: "v3", ephemeral: true });
});

test("it gives up with LXD's own words when it is overtaken each time", async () => {
  let version = 1;
  await using it = await pair({ handlers: guarded(() => `v${(version += 1)}`) });
  const thrown = await rejection(it.lxd.instances.modify(ref, writable, { attempts: 2 }));
  expect(thrown).toMatchObject({ name: "LxdRefused", status: 412, errorText: "ETag doesn't match" });
  expect(it.server.arrived.filter(({ method }) => method === "PUT")).toHaveLength(2);
});

test("nothing is sent when nothing is to be changed", async () => {
  await using it = await pair({ handlers: guarded(() => undefined) });
  expect(await it.lxd.instances.modify(ref, () => undefined)).toBeUndefined();
  expect(it.server.arrived.map(({ method }) => method)).toEqual(["GET"]);
});

test("a refusal of another kind is not tried again", async () => {
  await using it = await pair({ handlers: { ...guarded(() => undefined), [`PUT ${what}`]: refuse(400, "bad") } });
  expect(await rejection(it.lxd.instances.modify(ref, writable))).toMatchObject({ status: 400 });
  expect(it.server.arrived.filter(({ method }) => method === "PUT")).toHaveLength(1);
});

test("PATCH sends only what is given, and is done when it answers", async () => {
  await using it = await pair({ handlers: { [`PATCH ${what}`]: sync({}) } });
  await it.lxd.instances.patch(ref, { config: { "user.chatops.job": "j-1" } }, "v1");
  expect(it.server.arrived[0]).toMatchObject({ ifMatch: "v1", body: { config: { "user.chatops.job": "j-1" } } });
});
