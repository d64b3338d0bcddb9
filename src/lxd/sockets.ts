import { stat } from "node:fs/promises";
import { join } from "node:path";

/** Where the snap, the distributions' packages and Incus put their socket (client/connection.go of both projects). */
const wellKnown = ["/var/snap/lxd/common/lxd/unix.socket", "/var/lib/lxd/unix.socket", "/var/lib/incus/unix.socket"];

/**
 * Sockets of servers on this host, the most wanted first: `lxdDir` (the environment's `LXD_DIR`) before the well-known
 * ones. Whether the bot may open them is not asked.
 */
export async function findLocalSockets(options: { readonly lxdDir?: string } = {}): Promise<readonly string[]> {
  const own = options.lxdDir ? [join(options.lxdDir, "unix.socket")] : [];
  const candidates = [...new Set([...own, ...wellKnown])];
  const found = await Promise.all(candidates.map(isSocket));
  return candidates.filter((_, index) => found[index]);
}

async function isSocket(path: string): Promise<boolean> {
  // missing, or in a directory that we may not enter
  const stats = await stat(path).catch(() => undefined);
  return stats?.isSocket() ?? false;
}
