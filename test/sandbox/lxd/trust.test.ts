import { expect, test } from "vitest";
import { startSimulatedLxd, type SimulatedLxdOptions } from "../../../sandbox/lxd/server.ts";
import { createIdentity } from "../../../sandbox/lxd/wire/identity.ts";
import { connectTls, startAtSocket } from "./client.ts";

const https: SimulatedLxdOptions = { name: "lxd1", listen: { type: "https", port: 0 } };

test("a stranger sees the public half of the server and is refused everything else", async () => {
  await using lxd = await startSimulatedLxd(https);
  await using stranger = connectTls(lxd, null);
  const server = await stranger.send("GET", "/1.0");
  expect(server.metadata).toMatchObject({ auth: "untrusted", api_status: "stable" });
  expect(server.metadata).not.toHaveProperty("environment");
  expect(await stranger.send("GET", "/1.0/instances")).toMatchObject({ status: 403, error: "not authorized" });
  await expect(stranger.events()).rejects.toThrow("no event socket");
});

test("a trust password lets a client in, a wrong one does not", async () => {
  await using lxd = await startSimulatedLxd(https);
  await using client = connectTls(lxd, await createIdentity("bot"));
  lxd.setTrustPassword("sekret");
  const join = (password: string) =>
    client.send("POST", "/1.0/certificates", { type: "client", name: "bot", password });
  expect(await join("wrong")).toMatchObject({ status: 403, error: "not authorized" });
  expect(await join("sekret")).toMatchObject({ status: 201 });
  expect(await join("sekret")).toMatchObject({ status: 400, error: "Client is already trusted" });
  expect((await client.send("GET", "/1.0")).metadata).toMatchObject({
    auth: "trusted",
    environment: { server: "lxd", server_version: "5.0.2", certificate_fingerprint: lxd.fingerprint },
  });
});

test("a join token carries address and fingerprint, and works once", async () => {
  await using lxd = await startSimulatedLxd(https);
  const token = lxd.addToken("bot");
  expect(JSON.parse(Buffer.from(token, "base64").toString())).toMatchObject({
    client_name: "bot",
    fingerprint: lxd.fingerprint,
    addresses: [new URL(lxd.url ?? "").host],
    expires_at: "0001-01-01T00:00:00Z",
  });
  await using first = connectTls(lxd, await createIdentity("first"));
  await using second = connectTls(lxd, await createIdentity("second"));
  const join = { type: "client", password: token };
  expect((await first.send("POST", "/1.0/certificates", join)).status).toBe(201);
  expect((await first.send("GET", "/1.0/certificates?recursion=1")).list).toMatchObject([{ name: "bot" }]);
  expect(await second.send("POST", "/1.0/certificates", join)).toMatchObject({
    status: 403,
    error: "No matching certificate add operation found",
  });
});

test("an expired token is refused", async () => {
  await using lxd = await startSimulatedLxd(https);
  await using client = connectTls(lxd, await createIdentity("bot"));
  const token = lxd.addToken("bot", { expiresMs: Date.now() - 1 });
  expect((await client.send("POST", "/1.0/certificates", { type: "client", password: token })).status).toBe(403);
});

test("Incus takes the token as trust_token and knows no password", async () => {
  await using lxd = await startSimulatedLxd({ ...https, flavour: "incus-6.0.4" });
  await using client = connectTls(lxd, await createIdentity("bot"));
  const token = lxd.addToken("bot");
  expect((await client.send("POST", "/1.0/certificates", { type: "client", password: token })).status).toBe(403);
  expect((await client.send("POST", "/1.0/certificates", { type: "client", trust_token: token })).status).toBe(201);
  const environment = (await client.send("GET", "/1.0")).metadata["environment"];
  expect(environment).toMatchObject({ server: "incus", server_version: "6.0.4" });
  expect((await client.send("GET", "/1.0/containers")).status).toBe(404);
});

test("a withdrawn certificate is a stranger again", async () => {
  await using lxd = await startSimulatedLxd(https);
  const identity = await createIdentity("bot");
  const fingerprint = lxd.trust(identity.certificatePem);
  await using client = connectTls(lxd, identity);
  expect((await client.send("DELETE", `/1.0/certificates/${fingerprint}`)).status).toBe(200);
  expect((await client.send("GET", "/1.0/instances")).status).toBe(403);
});

test("profiles, projects, images, networks and pools answer as LXD words it", async () => {
  await using sandbox = await startAtSocket({ seed: { instances: [{ name: "web1", image: "busybox" }] } });
  const { client } = sandbox;
  const said = async (method: string, path: string, body?: unknown) => {
    const { status, error } = await client.send(method, path, body);
    return `${status} ${error}`;
  };
  expect(await said("GET", "/1.0/profiles/nope")).toBe("404 Fetch profile: Profile not found");
  expect(await said("POST", "/1.0/profiles", { name: "web", config: { foo: "1" } })).toBe(
    "400 Unknown configuration key: foo",
  );
  expect(await said("POST", "/1.0/profiles", { name: "web" })).toBe("201 ");
  expect(await said("POST", "/1.0/profiles", { name: "web" })).toBe(
    '500 Error inserting "web" into database: The profile already exists',
  );
  expect(await said("DELETE", "/1.0/profiles/default")).toBe('403 The "default" profile cannot be deleted');
  expect(await said("PATCH", "/1.0/instances/web1", { profiles: ["default", "web"] })).toBe("200 ");
  expect(await said("DELETE", "/1.0/profiles/web")).toBe("500 Profile is currently in use");
  expect(await said("POST", "/1.0/projects", { name: "a b" })).toBe("400 Project names may not contain spaces");
  expect(await said("GET", "/1.0/images/nope")).toBe("404 Image not found");
  expect(await said("GET", "/1.0/networks/nope")).toBe("404 Network not found");
  expect(await said("GET", "/1.0/storage-pools/nope")).toBe("404 Storage pool not found");
  expect(await said("GET", "/1.0/cluster/members")).toBe("500 Server is not clustered");
  expect(await said("GET", "/1.0/nope")).toBe("404 not found");
  expect(await said("POST", "/1.0/events", {})).toBe("501 not implemented");
});
