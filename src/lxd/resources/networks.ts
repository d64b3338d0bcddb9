import { z } from "zod";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { listOf, StringMap, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/network.go). */
export const Network = z.object({
  name: z.string(),
  description: Text,
  /** Such as `bridge`, `physical`. */
  type: z.string(),
  managed: z.boolean(),
  status: Text,
  config: StringMap,
  used_by: listOf(z.string()),
});
export type Network = Readonly<z.infer<typeof Network>>;

export const NetworkLease = z.object({
  hostname: Text,
  hwaddr: Text,
  address: z.string(),
  /** `static` or `dynamic`, `gateway`… */
  type: Text,
  location: Text,
});
export type NetworkLease = Readonly<z.infer<typeof NetworkLease>>;

export const NetworkState = z.object({
  addresses: listOf(z.object({ family: z.string(), address: z.string(), netmask: Text, scope: Text })),
  hwaddr: Text,
  mtu: z.number(),
  /** `up` or `down`. */
  state: Text,
  type: Text,
});
export type NetworkState = Readonly<z.infer<typeof NetworkState>>;

interface NetworkRef {
  readonly project: string;
  readonly name: string;
}

/** `/1.0/networks`. */
export interface NetworksResource {
  readonly list: (query: { readonly project: string }) => Promise<readonly Network[]>;
  readonly get: (ref: NetworkRef) => Promise<Network>;
  readonly leases: (ref: NetworkRef) => Promise<readonly NetworkLease[]>;
  readonly state: (ref: NetworkRef) => Promise<NetworkState>;
}

export function networksOf(rest: Rest): NetworksResource {
  return {
    list: ({ project }) => rest.get(pathOf(["networks"], { recursion: 1, project }), listOf(Network)),
    get: ({ project, name }) => rest.get(pathOf(["networks", name], { project }), Network),
    leases: ({ project, name }) => rest.get(pathOf(["networks", name, "leases"], { project }), listOf(NetworkLease)),
    state: ({ project, name }) => rest.get(pathOf(["networks", name, "state"], { project }), NetworkState),
  };
}
