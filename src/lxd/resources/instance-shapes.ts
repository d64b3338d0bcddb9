import { z } from "zod";
import { DeviceMap, listOf, StringMap, Text } from "./shapes.ts";

/**
 * Instances as LXD sends them, with its own field names (shared/api/instance.go, instance_state.go of LXD 5.0.2): a
 * value that was read can be changed and sent back.
 */
export const Instance = z.object({
  name: z.string(),
  /** `default` on servers that leave it out. */
  project: z
    .string()
    .nullish()
    .transform((project) => project ?? "default"),
  description: Text,
  /** `container` or `virtual-machine`. */
  type: z.string(),
  /** Such as `Running`; the name of `status_code`. */
  status: z.string(),
  /** 102 stopped, 103 running, 110 frozen, 112 error… */
  status_code: z.number(),
  architecture: Text,
  ephemeral: z.boolean(),
  stateful: z.boolean(),
  profiles: listOf(z.string()),
  config: StringMap,
  devices: DeviceMap,
  expanded_config: StringMap,
  expanded_devices: DeviceMap,
  created_at: Text,
  /** `1970-01-01T00:00:00Z` when it was never started. */
  last_used_at: Text,
  /** The cluster member; `none` without cluster. */
  location: Text,
});
export type Instance = Readonly<z.infer<typeof Instance>>;

const Counters = z.object({ bytes_received: z.number(), bytes_sent: z.number() });

const StateNetwork = z.object({
  addresses: listOf(z.object({ family: z.string(), address: z.string(), netmask: Text, scope: z.string() })),
  hwaddr: Text,
  host_name: Text,
  state: Text,
  type: Text,
  counters: Counters.nullish(),
});

function mapOf<T extends z.ZodType>(value: T) {
  return z
    .record(z.string(), value)
    .nullish()
    .transform((map) => map ?? {});
}

export const InstanceState = z.object({
  status: z.string(),
  status_code: z.number(),
  /** 0 when it does not run. */
  pid: z.number(),
  /** -1 when it is not known. */
  processes: z.number(),
  /** `usage`: nanoseconds. */
  cpu: z.object({ usage: z.number() }).nullish(),
  /** Bytes. */
  memory: z.object({ usage: z.number(), usage_peak: z.number(), swap_usage: z.number() }).nullish(),
  network: mapOf(StateNetwork),
  /** Bytes. */
  disk: mapOf(z.object({ usage: z.number() })),
});
export type InstanceState = Readonly<z.infer<typeof InstanceState>>;

export const InstanceSnapshot = z.object({
  /** Without the instance's name. */
  name: z.string().transform((name) => name.slice(name.indexOf("/") + 1)),
  created_at: Text,
  /** `0001-01-01T00:00:00Z` when it does not expire. */
  expires_at: Text,
  stateful: z.boolean(),
  /** Bytes, -1 or absent where the storage driver does not tell. */
  size: z.number().nullish(),
});
export type InstanceSnapshot = Readonly<z.infer<typeof InstanceSnapshot>>;

/** `recursion=2`. `state` is null when the server could not ask, for example a member that is offline. */
export const InstanceFull = Instance.extend({
  state: InstanceState.nullish().transform((state) => state ?? null),
  snapshots: listOf(InstanceSnapshot),
});
export type InstanceFull = Readonly<z.infer<typeof InstanceFull>>;

type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

/** What of an instance can be written (PUT, and parts of it by PATCH). */
export interface InstancePut {
  readonly architecture: string;
  readonly config: Config;
  readonly description: string;
  readonly devices: Devices;
  readonly ephemeral: boolean;
  readonly profiles: readonly string[];
  readonly stateful?: boolean;
}

/** Where a new instance comes from. */
export type InstanceSource =
  | { readonly type: "none" }
  | {
      readonly type: "image";
      readonly alias?: string;
      readonly fingerprint?: string;
      /** An image server: with `protocol`, and `mode` "pull". */
      readonly server?: string;
      readonly protocol?: "simplestreams" | "lxd";
      readonly mode?: "pull";
      readonly certificate?: string;
      readonly secret?: string;
      readonly properties?: Config;
      readonly project?: string;
    };

export interface InstancesPost {
  readonly name: string;
  readonly source: InstanceSource;
  readonly type?: "container" | "virtual-machine";
  readonly instance_type?: string;
  readonly architecture?: string;
  readonly config?: Config;
  readonly description?: string;
  readonly devices?: Devices;
  readonly ephemeral?: boolean;
  readonly profiles?: readonly string[];
  readonly stateful?: boolean;
}

export interface StateChange {
  readonly action: "start" | "stop" | "restart" | "freeze" | "unfreeze";
  /** Seconds for a clean shutdown; -1 waits for ever. */
  readonly timeout?: number;
  readonly force?: boolean;
  readonly stateful?: boolean;
}

/** The writable part of an instance, for a read-modify-write. */
export function writable(instance: Instance): InstancePut {
  const { architecture, config, description, devices, ephemeral, profiles, stateful } = instance;
  return { architecture, config, description, devices, ephemeral, profiles, stateful };
}
