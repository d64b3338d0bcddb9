import { expect, test } from "vitest";
import { joinTokenField, liveContainerMigration, supports, trustPassword } from "../../src/lxd/capabilities.ts";
import type { Server } from "../../src/lxd/resources/server.ts";

function server(name: Server["name"], version: string, extensions: readonly string[] = []): Server {
  return {
    auth: version === "" ? "untrusted" : "trusted",
    authMethods: ["tls"],
    apiExtensions: new Set(extensions),
    name,
    version,
    serverName: "host",
    clustered: false,
    addresses: [],
    certificatePem: "",
    fingerprint: "",
    project: "default",
    architectures: [],
    kernelFeatures: {},
    lxcFeatures: {},
  };
}

const newer = ["explicit_trust_token"];

test.each([
  [server("lxd", "5.0.2"), "yes"],
  [server("lxd", "5.21.7"), "yes"],
  [server("lxd", "6.5"), "yes"],
  [server("lxd", "6.6"), "no"],
  [server("lxd", "7.0"), "no"],
  [server("incus", "6.0.4"), "yes"],
  [server("incus", "7.3"), "yes"],
  [server("lxd", ""), "unknown"],
] as const)("a running container can be moved live with %o: %s", (given, expected) => {
  expect(liveContainerMigration(given)).toBe(expected);
});

test.each([
  [server("lxd", "5.0.2"), "yes"],
  [server("lxd", "5.21.7", newer), "yes"],
  [server("lxd", "6.0", newer), "yes"],
  [server("lxd", "6.1", newer), "no"],
  [server("lxd", "", []), "yes"],
  [server("lxd", "", newer), "unknown"],
  [server("incus", ""), "no"],
] as const)("trust by password with %o: %s", (given, expected) => {
  expect(trustPassword(given)).toBe(expected);
});

test("a join token is a password for LXD 5.0 only", () => {
  expect(joinTokenField(server("lxd", ""))).toBe("password");
  expect(joinTokenField(server("lxd", "", newer))).toBe("trust_token");
  expect(joinTokenField(server("incus", ""))).toBe("trust_token");
});

test("an extension is supported when it is listed", () => {
  expect(supports(server("lxd", "6.9", ["a", "b"]), "b")).toBe(true);
  expect(supports(server("lxd", "6.9", ["a", "b"]), "c")).toBe(false);
});
