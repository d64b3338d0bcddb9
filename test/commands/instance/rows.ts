import type { ListedInstance } from "../../../commands/instance/list-columns.ts";
import { InstanceFull } from "../../../src/lxd/resources/instance-shapes.ts";

/** A row as it comes from a server: only what is given differs from a running container. */
export function row(more: object = {}, { remote = "lxd1", stale = false } = {}): ListedInstance {
  const instance = InstanceFull.parse({
    name: "web1",
    description: "the shop",
    type: "container",
    status: "Running",
    status_code: 103,
    architecture: "x86_64",
    ephemeral: false,
    stateful: false,
    profiles: ["default", "web"],
    config: { "volatile.base_image": "0123456789abcdef0123" },
    expanded_config: { "user.team": "ops", "limits.cpu": "2" },
    devices: {},
    expanded_devices: { root: { type: "disk", path: "/", pool: "fast" } },
    created_at: "2026-05-01T10:20:30Z",
    last_used_at: "1970-01-01T00:00:00Z",
    location: "none",
    snapshots: [{ name: "web1/snap0", created_at: "2026-05-02T00:00:00Z", expires_at: "", stateful: false }],
    state: {
      status: "Running",
      status_code: 103,
      pid: 4_711,
      processes: 12,
      memory: { usage: 3_565_158, usage_peak: 0, swap_usage: 0 },
      network: {
        lo: { addresses: [{ family: "inet", address: "127.0.0.1", netmask: "8", scope: "local" }] },
        eth0: {
          addresses: [
            { family: "inet", address: "10.0.3.7", netmask: "24", scope: "global" },
            { family: "inet6", address: "fd42::7", netmask: "64", scope: "global" },
            { family: "inet6", address: "fe80::1", netmask: "64", scope: "link" },
          ],
        },
      },
    },
    ...more,
  });
  return { remote, stale, instance };
}
