import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf, sortKeys } from "../engine/go-json.ts";
import { emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { checkIfMatch, configField } from "./preconditions.ts";

const serverPut = { go: "ServerPut", fields: { config: "any" } } as const;

export const serverRoutes: readonly Route[] = [
  { path: "/", GET: { untrusted: true, handle: () => sync(["/1.0"]) } },
  {
    path: "/1.0",
    GET: { untrusted: true, handle: showServer },
    PUT: { body: serverPut, handle: (daemon, request) => configure(daemon, request, "replace") },
    PATCH: { body: serverPut, handle: (daemon, request) => configure(daemon, request, "merge") },
  },
  { path: "/1.0/resources", GET: { handle: showResources } },
];

function shownConfig(daemon: Daemon): Record<string, unknown> {
  const addresses = daemon.self().addresses;
  return sortKeys({
    ...Object.fromEntries(daemon.store.serverConfig),
    ...(addresses[0] === undefined ? {} : { "core.https_address": addresses[0] }),
    ...(daemon.trust.hasPassword() ? { "core.trust_password": true } : {}),
  });
}

function showServer(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { flavour } = daemon;
  const common = {
    api_extensions: flavour.extensions,
    api_status: "stable",
    api_version: "1.0",
    auth: request.trusted ? "trusted" : "untrusted",
    public: false,
    auth_methods: ["tls"],
  };
  if (!request.trusted) return sync(common);
  const config = shownConfig(daemon);
  const user =
    flavour.server === "incus"
      ? { auth_user_name: request.requestor.username, auth_user_method: request.requestor.protocol }
      : {};
  return sync({ config, ...common, ...user, environment: environmentOf(daemon, request) }, etagOf([config]));
}

const features = (names: string) => Object.fromEntries(names.split(" ").map((name) => [name, "true"]));

function environmentOf(daemon: Daemon, request: ApiRequest): Record<string, unknown> {
  const { certificatePem, fingerprint, addresses } = daemon.self();
  const { flavour } = daemon;
  const kernel = "idmapped_mounts netnsid_getifaddrs seccomp_listener seccomp_listener_continue";
  const lxc =
    "cgroup2 core_scheduling devpts_fd idmapped_mounts_v2 mount_injection_file network_gateway_device_route " +
    "network_ipvlan network_l2proxy network_phys_macvlan_mtu network_veth_router pidfd seccomp_allow_deny_syntax " +
    "seccomp_notify seccomp_proxy_send_notify_fd";
  return {
    addresses,
    architectures: ["x86_64", "i686"],
    certificate: certificatePem,
    certificate_fingerprint: fingerprint,
    driver: "lxc",
    driver_version: "5.0.2",
    firewall: "nftables",
    kernel: "Linux",
    kernel_architecture: "x86_64",
    kernel_features: {
      ...features(kernel),
      ...(flavour.server === "lxd" ? { shiftfs: "false" } : { unpriv_binfmt: "true" }),
      ...features("uevent_injection unpriv_fscaps"),
    },
    kernel_version: "6.1.0-simulated",
    lxc_features: features(lxc),
    os_name: "Debian GNU/Linux",
    os_version: "12",
    project: request.project,
    server: flavour.server,
    server_clustered: false,
    server_event_mode: "full-mesh",
    server_name: daemon.serverName,
    server_pid: process.pid,
    server_version: flavour.version,
    storage: "dir",
    storage_version: "1",
    storage_supported_drivers: [{ Name: "dir", Version: "1", Remote: false }],
  };
}

/** Keys of lxd/cluster/config that a bot might set; others are refused as unknown. */
const knownPrefixes = ["core.", "images.", "backups.", "storage.", "cluster.", "user."];

function configure(daemon: Daemon, request: ApiRequest, mode: "replace" | "merge"): ApiResponse {
  checkIfMatch(request, etagOf([shownConfig(daemon)]));
  const config = (configField(request) ?? {}) as Record<string, unknown>;
  for (const [key, value] of Object.entries(config)) {
    const known = knownPrefixes.some((prefix) => key.startsWith(prefix));
    if (!known || (key === "core.trust_password" && !daemon.flavour.lxdTrustPasswords)) {
      throw new ApiError(400, `cannot set '${key}' to '${String(value)}': unknown key`);
    }
  }
  if (mode === "replace") daemon.store.serverConfig.clear();
  for (const [key, value] of Object.entries(config)) {
    if (key === "core.trust_password") setPassword(daemon, value);
    else if (key === "core.https_address") continue;
    else if (value === "" || value === null) daemon.store.serverConfig.delete(key);
    else daemon.store.serverConfig.set(key, JSON.stringify(value).replaceAll('"', ""));
  }
  daemon.events.lifecycle({
    action: "config-updated",
    source: "/1.0",
    project: "default",
    requestor: request.requestor,
  });
  return emptySync;
}

/** `true` is what GET shows instead of the password; sent back it changes nothing. */
function setPassword(daemon: Daemon, value: unknown): void {
  if (value === true || value === "true") return;
  daemon.trust.setPassword(typeof value === "string" && value !== "" ? value : null);
}

const gibibyte = 1_073_741_824;

function core(id: number): Record<string, unknown> {
  return { core: id, die: 0, threads: [{ id, numa_node: 0, thread: 0, online: true, isolated: false }] };
}

function showResources(): ApiResponse {
  return sync({
    cpu: {
      architecture: "x86_64",
      sockets: [{ name: "Simulated CPU", vendor: "Simulated", socket: 0, cores: [core(0), core(1)] }],
      total: 2,
    },
    memory: {
      nodes: [{ numa_node: 0, hugepages_used: 0, hugepages_total: 0, used: 2 * gibibyte, total: 8 * gibibyte }],
      hugepages_total: 0,
      hugepages_used: 0,
      hugepages_size: 2_097_152,
      used: 2 * gibibyte,
      total: 8 * gibibyte,
    },
    gpu: { cards: [], total: 0 },
    network: { cards: [], total: 0 },
    storage: { disks: [], total: 0 },
    usb: { devices: [], total: 0 },
    pci: { devices: [], total: 0 },
    system: {
      uuid: "",
      vendor: "",
      product: "",
      family: "",
      version: "",
      sku: "",
      serial: "",
      type: "virtual-machine",
      firmware: null,
      chassis: null,
      motherboard: null,
    },
  });
}
