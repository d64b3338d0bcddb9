import { once } from "node:events";
import { createServer } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { AddressInfo } from "node:net";
import { expect, test } from "vitest";
import { fetchServerCertificate } from "../../src/lxd/first-contact.ts";
import type { Endpoint } from "../../src/lxd/transport/routes.ts";
import { makeIdentity, type Identity } from "./certificates.ts";
import { scriptedServer, trusted, sync } from "./scripted-server.ts";
import { client, patience, rejection, until } from "./setup.ts";

const closedPort = "https://127.0.0.1:1";

function endpoint(addresses: readonly string[], server: Identity, own?: Identity): Endpoint {
  return { type: "https", addresses, certificatePem: server.certificatePem, ...(own ? { client: own } : {}) };
}

/** Counts what arrives after the handshake. */
async function countingTlsServer(identity: Identity) {
  let bytes = 0;
  let handshakes = 0;
  const server = createTlsServer({ cert: identity.certificatePem, key: identity.keyPem }, (socket) => {
    handshakes += 1;
    socket.on("data", (chunk) => (bytes += chunk.length));
    socket.on("error", () => undefined);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  return {
    origin: `https://127.0.0.1:${port}`,
    bytes: () => bytes,
    handshakes: () => handshakes,
    [Symbol.dispose]: () => void server.close(),
  };
}

test("the pinned certificate is accepted although it is for another host name; ours is shown", async () => {
  const [tls, own] = await Promise.all([makeIdentity(), makeIdentity({ name: "bot" })]);
  await using server = await scriptedServer({ tls });
  await using it = client(endpoint([server.origin], tls, own));
  expect(await it.lxd.server.get()).toMatchObject({ auth: "trusted", name: "lxd" });
});

test("a pinned certificate that an authority has signed is accepted as well", async () => {
  const issuer = await makeIdentity({ name: "authority", authority: true });
  const tls = await makeIdentity({ issuer });
  await using server = await scriptedServer({ tls });
  await using it = client(endpoint([server.origin], tls));
  expect(await it.lxd.server.get()).toMatchObject({ auth: "trusted" });
});

test("a changed certificate is refused before a byte is sent, and the message says what it means", async () => {
  const [pinned, other] = await Promise.all([makeIdentity(), makeIdentity()]);
  using server = await countingTlsServer(other);
  await using it = client(endpoint([server.origin], pinned));
  const thrown = await rejection(it.lxd.instances.delete({ project: "default", name: "web1" }));
  expect(thrown).toMatchObject({ name: "LxdUnreachable", kind: "tls-pin-changed", mayHaveArrived: false });
  expect((thrown as Error).message).toContain("another certificate than the one that was pinned");
  expect(server.bytes()).toBe(0);
});

test.each([true, false])(
  "a certificate that the pinned one has signed is not it (authority: %s)",
  async (authority) => {
    const pinned = await makeIdentity({ name: "authority", authority });
    const other = await makeIdentity({ issuer: pinned });
    using server = await countingTlsServer(other);
    await using it = client(endpoint([server.origin], pinned));
    expect(await rejection(it.lxd.server.get())).toMatchObject({ kind: "tls-pin-changed", mayHaveArrived: false });
    expect(server.bytes()).toBe(0);
  },
);

test("an expired certificate is refused before a byte is sent", async () => {
  const tls = await makeIdentity({ expired: true });
  using server = await countingTlsServer(tls);
  await using it = client(endpoint([server.origin], tls));
  expect(await rejection(it.lxd.server.get())).toMatchObject({ kind: "certificate-expired", mayHaveArrived: false });
  expect(server.bytes()).toBe(0);
});

test("a port that does not speak TLS", async () => {
  const server = createServer((socket) => void socket.end("SSH-2.0-OpenSSH\r\n"));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const { port } = server.address() as AddressInfo;
  await using it = client(endpoint([`https://127.0.0.1:${port}`], await makeIdentity()));
  expect(await rejection(it.lxd.server.get())).toMatchObject({ kind: "tls", mayHaveArrived: false });
  server.close();
});

test("a closed port, and a host that answers nothing", async () => {
  const tls = await makeIdentity();
  await using closed = client(endpoint([closedPort], tls));
  expect(await rejection(closed.lxd.server.get())).toMatchObject({ kind: "refused", mayHaveArrived: false });
  const mute = createServer(() => undefined);
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const { port } = mute.address() as AddressInfo;
  await using it = client(endpoint([`https://127.0.0.1:${port}`], tls), { limits: { connectMs: 100 } });
  expect(await rejection(it.lxd.server.get())).toMatchObject({ kind: "timeout", mayHaveArrived: false });
  mute.close();
});

test("addresses are tried in order, and the one that answered is remembered", async () => {
  const [tls, other] = await Promise.all([makeIdentity(), makeIdentity()]);
  using wrong = await countingTlsServer(other);
  await using server = await scriptedServer({ tls });
  await using it = client(endpoint([closedPort, wrong.origin, server.origin], tls));
  await it.lxd.server.get();
  await it.lxd.server.get();
  const handshakes = wrong.handshakes();
  server.cut("all");
  await it.lxd.server.get();
  expect(server.arrived).toHaveLength(3);
  expect(wrong.handshakes()).toBe(handshakes);
  expect(wrong.bytes()).toBe(0);
});

test("of several failures the changed certificate is told", async () => {
  const [tls, other] = await Promise.all([makeIdentity(), makeIdentity()]);
  using wrong = await countingTlsServer(other);
  await using it = client(endpoint([wrong.origin, closedPort], tls));
  expect(await rejection(it.lxd.server.get())).toMatchObject({ kind: "tls-pin-changed" });
});

test("a request that may have arrived is not sent to the next address", async () => {
  const tls = await makeIdentity();
  await using first = await scriptedServer({
    tls,
    handlers: { "DELETE /1.0/instances/web1": (_, response) => void response.destroy() },
  });
  await using second = await scriptedServer({ tls });
  await using it = client(endpoint([first.origin, second.origin], tls));
  const thrown = await rejection(it.lxd.instances.delete({ project: "default", name: "web1" }));
  expect(thrown).toMatchObject({ kind: "cut", mayHaveArrived: true });
  expect(second.arrived).toEqual([]);
});

test("events come over TLS, under the same pin", async () => {
  const tls = await makeIdentity();
  await using server = await scriptedServer({ tls, handlers: { "GET /1.0": sync(trusted) } });
  await using it = client(endpoint([server.origin], tls));
  it.connection.events.start();
  expect(await it.connection.events.ready(patience(), 5_000)).toBe(true);
  await until(() => server.listening() === 1);
});

test("the first contact shows the certificate and sends nothing", async () => {
  const tls = await makeIdentity({ expired: true });
  using server = await countingTlsServer(tls);
  const shown = await fetchServerCertificate(server.origin, { signal: patience() });
  expect(shown.pem.replace(/\s/g, "")).toBe(tls.certificatePem.replace(/\s/g, ""));
  const digest = Buffer.from(await crypto.subtle.digest("SHA-256", tls.certificate.rawData)).toString("hex");
  expect(shown.fingerprint).toBe(digest);
  expect(server.bytes()).toBe(0);
});

test("a first contact with nobody, and one that is aborted", async () => {
  expect(await rejection(fetchServerCertificate(closedPort, { signal: patience() }))).toMatchObject({
    name: "LxdUnreachable",
    kind: "refused",
  });
  const reason = new Error("enough");
  const aborted = fetchServerCertificate(closedPort, { signal: AbortSignal.abort(reason) });
  expect(await rejection(aborted)).toBe(reason);
});

test("a first contact with a port that never answers ends in time", async () => {
  const mute = createServer(() => undefined);
  mute.listen(0, "127.0.0.1");
  await once(mute, "listening");
  const { port } = mute.address() as AddressInfo;
  const url = `https://127.0.0.1:${port}`;
  const thrown = await rejection(fetchServerCertificate(url, { signal: patience(), timeoutMs: 100 }));
  expect(thrown).toMatchObject({ kind: "timeout" });
  mute.close();
});

test("an endpoint that makes no sense is refused at once", () => {
  expect(() => client({ type: "https", addresses: [], certificatePem: "" })).toThrow("at least one address");
  expect(() => client({ type: "https", addresses: [closedPort], certificatePem: "no PEM" })).toThrow("PEM");
});
