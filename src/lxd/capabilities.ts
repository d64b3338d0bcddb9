import type { Server } from "./resources/server.ts";

/** Whether the server lists an API extension. What the list does not tell is answered by the functions below. */
export function supports(server: Server, extension: string): boolean {
  return server.apiExtensions.has(extension);
}

/** An answer that can be "not known yet": an untrusted client is not told the server's name and version. */
export type Capability = "yes" | "no" | "unknown";

/**
 * Moving a running container with its memory. LXD 6.6 removed CRIU and refuses with 400 "Live migration is not
 * supported for containers", but still lists `container_snapshot_stateful_migration` and `migration_stateful`. Incus kept it.
 */
export function liveContainerMigration(server: Server): Capability {
  if (server.name === "incus") return "yes";
  if (server.name === "unknown") return "unknown";
  return isAtLeast(server.version, [6, 6]) ? "no" : "yes";
}

/** Trust by password: LXD up to 6.0. Incus never had it. */
export function trustPassword(server: Server): Capability {
  if (server.name === "incus") return "no";
  // 5.0 and older, as far as a stranger can see
  if (!supports(server, "explicit_trust_token")) return "yes";
  if (server.name === "unknown") return "unknown";
  return isAtLeast(server.version, [6, 1]) ? "no" : "yes";
}

function isAtLeast(version: string, wanted: readonly [number, number]): boolean {
  const [major = 0, minor = 0] = version.split(".").map((part) => Number.parseInt(part, 10));
  return major > wanted[0] || (major === wanted[0] && minor >= wanted[1]);
}
