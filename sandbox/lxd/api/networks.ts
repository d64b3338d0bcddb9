import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf, sortKeys } from "../engine/go-json.ts";
import { expandedDevices, isUp, nicsOf, urlOf } from "../engine/instances.ts";
import type { Config, Instance, Network } from "../engine/model.ts";
import { addressOf, hardwareAddress } from "../engine/render.ts";
import { sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { recursionOf } from "./preconditions.ts";

/** Networks are seeded and read; making and changing them is not simulated. */
export const networkRoutes: readonly Route[] = [
  { path: "/1.0/networks", GET: { handle: listNetworks } },
  { path: "/1.0/networks/{name}", GET: { handle: showNetwork } },
  { path: "/1.0/networks/{name}/state", GET: { handle: showNetworkState } },
  { path: "/1.0/networks/{name}/leases", GET: { handle: listLeases } },
];

interface AttachedNic {
  readonly instance: Instance;
  readonly device: string;
  readonly options: Config;
}

function nicsOn(daemon: Daemon, network: Network): readonly AttachedNic[] {
  return daemon.store.instances.list(null).flatMap((instance) =>
    nicsOf(expandedDevices(daemon, instance))
      .filter(([, options]) => (options["network"] ?? options["parent"]) === network.name)
      .map(([device, options]) => ({ instance, device, options })),
  );
}

function render(daemon: Daemon, network: Network): Record<string, unknown> {
  const users = new Set(
    nicsOn(daemon, network).map(({ instance }) => urlOf(`/1.0/instances/${instance.name}`, instance.project)),
  );
  const profiles = daemon.store.profiles
    .list(null)
    .filter((profile) => nicsOf(profile.devices).some(([, options]) => options["network"] === network.name))
    .map((profile) => urlOf(`/1.0/profiles/${profile.name}`, profile.project));
  return {
    config: sortKeys(network.config),
    description: network.description,
    name: network.name,
    type: network.type,
    // LXD answers null where nothing uses it: a client has to cope.
    used_by: users.size + profiles.length === 0 ? null : [...users, ...profiles],
    managed: network.managed,
    status: network.managed ? "Created" : "",
    locations: network.managed ? ["none"] : null,
    ...(daemon.flavour.server === "incus" ? { project: "default" } : {}),
  };
}

function requireNetwork(daemon: Daemon, request: ApiRequest, prefix = ""): Network {
  const network = daemon.store.networks.get(request.params["name"] ?? "");
  if (network === undefined) throw new ApiError(404, `${prefix}Network not found`);
  return network;
}

function listNetworks(daemon: Daemon, request: ApiRequest): ApiResponse {
  const networks = [...daemon.store.networks.values()];
  return sync(
    recursionOf(request) > 0
      ? networks.map((network) => render(daemon, network))
      : networks.map(({ name }) => `/1.0/networks/${name}`),
  );
}

function showNetwork(daemon: Daemon, request: ApiRequest): ApiResponse {
  const network = requireNetwork(daemon, request);
  return sync(
    render(daemon, network),
    etagOf([network.name, network.managed, network.type, network.description, sortKeys(network.config)]),
  );
}

function showNetworkState(daemon: Daemon, request: ApiRequest): ApiResponse {
  const network = requireNetwork(daemon, request);
  const [address, netmask] = (network.config["ipv4.address"] ?? "").split("/");
  return sync({
    addresses: netmask === undefined ? [] : [{ family: "inet", address, netmask, scope: "global" }],
    counters: { bytes_received: 0, bytes_sent: 0, packets_received: 0, packets_sent: 0 },
    hwaddr: network.hwaddr,
    mtu: network.type === "loopback" ? 65_536 : 1_500,
    state: "up",
    type: network.type === "loopback" ? "loopback" : "broadcast",
    bond: null,
    bridge: network.type === "bridge" ? bridgeState(network) : null,
    vlan: null,
    ovn: null,
  });
}

function bridgeState(network: Network): Record<string, unknown> {
  return {
    id: `8000.${network.hwaddr.replaceAll(":", "")}`,
    stp: false,
    forward_delay: 1_500,
    vlan_default: 0,
    vlan_filtering: false,
    upper_devices: [],
  };
}

function listLeases(daemon: Daemon, request: ApiRequest): ApiResponse {
  const network = requireNetwork(daemon, request, "Failed loading network: ");
  if (!network.managed) throw new ApiError(404, "Failed loading network: Network not found");
  const gateway = (network.config["ipv4.address"] ?? "").split("/")[0] ?? "";
  const leases = nicsOn(daemon, network).flatMap(({ instance, device, options }) => {
    const address = isUp(instance) ? addressOf(daemon, instance, { device, options }) : null;
    if (address === null) return [];
    const hwaddr = hardwareAddress(instance, device, options);
    return { hostname: instance.name, hwaddr, address, type: "dynamic", location: "none" };
  });
  return sync([
    { hostname: `${network.name}.gw`, hwaddr: "", address: gateway, type: "gateway", location: "" },
    ...leases,
  ]);
}
