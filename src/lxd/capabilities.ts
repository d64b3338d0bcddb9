import type { Server } from "./resources/server.ts";

const explicitTrustToken = "explicit_trust_token";

/** Whether the server lists an API extension. What the list does not tell is answered by the functions below. */
export function supports(server: Server, extension: string): boolean {
  return server.apiExtensions.has(extension);
}

/** An answer that can be "not known yet": an untrusted client is not told the server's version. */
export type Capability = "yes" | "no" | "unknown";

/**
 * Moving a running container with its memory. LXD 6.6 removed CRIU and refuses with 400 "Live migration is not
 * supported for containers", but still lists `container_snapshot_stateful_migration` and `migration_stateful`. Incus kept it.
 */
export function liveContainerMigration(server: Server): Capability {
  if (server.name === "incus") return "yes";
  if (server.version === "") return "unknown";
  return isAtLeast(server.version, [6, 6]) ? "no" : "yes";
}

/** Trust by password: LXD up to 6.0. Incus never had it. */
export function trustPassword(server: Server): Capability {
  if (server.name === "incus") return "no";
  // 5.0 and older: a stranger can see this too
  if (!supports(server, explicitTrustToken)) return "yes";
  if (server.version === "") return "unknown";
  return isAtLeast(server.version, [6, 1]) ? "no" : "yes";
}

/** In which field of `POST /1.0/certificates` a join token goes: LXD 5.0 takes it as the password, later ones and Incus do not. */
export function joinTokenField(server: Server): "password" | "trust_token" {
  return server.name === "incus" || supports(server, explicitTrustToken) ? "trust_token" : "password";
}

function isAtLeast(version: string, wanted: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}
