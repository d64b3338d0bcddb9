import { randomBytes, randomUUID } from "node:crypto";
import { neverUsed } from "./clock.ts";
import type { Daemon } from "./daemon.ts";
import { ApiError } from "./errors.ts";
import type { Lifecycle } from "./events.ts";
import type { Config, Devices, Image, Instance, InstanceLock, Profile } from "./model.ts";

const hostIdStart = 100_000;
const hostIdCount = 10_000_001;

/** The id map that LXD stores as text, with Go's names of its fields. */
export const idmap = JSON.stringify(
  [true, false].map((isUser) => ({
    Isuid: isUser,
    Isgid: !isUser,
    Hostid: hostIdStart,
    Nsid: 0,
    Maprange: hostIdCount,
  })),
);

export interface InstanceDraft {
  readonly name: string;
  readonly project: string;
  readonly config: Config;
  readonly devices: Devices;
  readonly profiles: readonly string[];
  readonly ephemeral: boolean;
  readonly description: string;
  readonly image: Image | null;
  readonly hasRootfs: boolean;
}

/** A stopped instance with the volatile keys that LXD gives it. */
export function draftInstance(daemon: Daemon, draft: InstanceDraft): Instance {
  const uuid = randomUUID();
  const config: Config = {
    ...imageConfig(draft.image),
    ...withoutEmpty(draft.config),
    "volatile.apply_template": "create",
    "volatile.cloud-init.instance-id": randomUUID(),
    "volatile.idmap.base": "0",
    "volatile.idmap.next": idmap,
    "volatile.last_state.idmap": "[]",
    "volatile.uuid": uuid,
    ...(daemon.flavour.server === "incus" ? { "volatile.uuid.generation": uuid } : {}),
  };
  const instance: Instance = {
    name: draft.name,
    project: draft.project,
    architecture: "x86_64",
    config,
    devices: draft.devices,
    profiles: draft.profiles,
    ephemeral: draft.ephemeral,
    description: draft.description,
    createdAt: daemon.pace.now(),
    lastUsedAt: neverUsed,
    status: "Stopped",
    pid: 0,
    startedMs: 0,
    hasRootfs: draft.hasRootfs,
    snapshots: [],
    lock: null,
    logs: new Map(),
    consoleLog: "",
    files: new Map(),
  };
  giveHardwareAddresses(daemon, instance);
  return instance;
}

function imageConfig(image: Image | null): Config {
  if (image === null) return {};
  const properties = Object.entries(image.properties).map(([key, value]): [string, string] => [`image.${key}`, value]);
  return { ...Object.fromEntries(properties), "volatile.base_image": image.fingerprint };
}

export function withoutEmpty(config: Readonly<Config>): Config {
  return Object.fromEntries(Object.entries(config).filter(([, value]) => value !== ""));
}

/** Every NIC without an address of its own gets one, kept in `volatile.<nic>.hwaddr`. */
export function giveHardwareAddresses(daemon: Daemon, instance: Instance): void {
  for (const [name, options] of nicsOf(expandedDevices(daemon, instance))) {
    const key = `volatile.${name}.hwaddr`;
    if (options["hwaddr"] === undefined && instance.config[key] === undefined) {
      instance.config[key] = randomHardwareAddress();
    }
  }
}

/** In the range that LXD draws from. */
export function randomHardwareAddress(): string {
  const tail = [...randomBytes(3)].map((byte) => byte.toString(16).padStart(2, "0"));
  return ["00", "16", "3e", ...tail].join(":");
}

export function nicsOf(devices: Readonly<Devices>): readonly (readonly [string, Config])[] {
  return Object.entries(devices).filter(([, options]) => options["type"] === "nic");
}

type Expandable = Pick<Instance, "project" | "config" | "devices" | "profiles">;

export function profilesOf(daemon: Daemon, instance: Expandable): readonly Profile[] {
  return instance.profiles.flatMap((name) => daemon.store.profiles.get(instance.project, name) ?? []);
}

/** The profiles' configuration in order, the instance's own over it. */
export function expandedConfig(daemon: Daemon, instance: Expandable): Config {
  return Object.assign({}, ...profilesOf(daemon, instance).map((profile) => profile.config), instance.config);
}

export function expandedDevices(daemon: Daemon, instance: Expandable): Devices {
  return Object.assign({}, ...profilesOf(daemon, instance).map((profile) => profile.devices), instance.devices);
}

/** The pool of the root disk, or undefined where there is no root disk. */
export function rootPoolOf(daemon: Daemon, instance: Expandable): string | undefined {
  return Object.values(expandedDevices(daemon, instance)).find(
    (options) => options["type"] === "disk" && options["path"] === "/",
  )?.["pool"];
}

/** The instance, or LXD's 404. */
export function requireInstance(daemon: Daemon, project: string, name: string): Instance {
  if (name.includes("/")) throw new ApiError(400, "Invalid instance name");
  const instance = daemon.store.instances.get(project, name);
  if (instance === undefined) throw new ApiError(404, daemon.flavour.texts.instanceNotFound(name, project));
  return instance;
}

export function isUp(instance: Instance): boolean {
  return instance.status === "Running" || instance.status === "Frozen";
}

/** Takes the instance's operation lock, or throws LXD's "busy". `prefix` names what wanted it. */
export function lockInstance(instance: Instance, action: InstanceLock["action"], prefix = ""): InstanceLock {
  if (instance.lock !== null) {
    throw new ApiError(500, `${prefix}Instance is busy running a "${instance.lock.action}" operation`);
  }
  const released = Promise.withResolvers<void>();
  const lock: InstanceLock = {
    action,
    forced: new AbortController(),
    released: released.promise,
    release() {
      if (instance.lock === lock) instance.lock = null;
      released.resolve();
    },
  };
  instance.lock = lock;
  return lock;
}

export function urlOf(path: string, project: string): string {
  return project === "default" ? path : `${path}?project=${encodeURIComponent(project)}`;
}

/** Operations name what they work on; LXD still adds the old collection. */
export function instanceResources(daemon: Daemon, names: readonly string[]): Record<string, string[]> {
  const urls = (collection: string) => names.map((name) => `/1.0/${collection}/${name}`);
  return {
    ...(daemon.flavour.legacyContainers ? { containers: urls("containers") } : {}),
    instances: urls("instances"),
  };
}

/** A lifecycle event about an instance, or about what lies under it (`path`, as "/snapshots/s0"). */
export function tellInstance(
  daemon: Daemon,
  instance: Instance,
  event: Pick<Lifecycle, "action" | "context" | "requestor"> & { readonly path?: string },
): void {
  const { path = "", ...rest } = event;
  daemon.events.lifecycle({
    ...rest,
    source: urlOf(`/1.0/instances/${instance.name}${path}`, instance.project),
    project: instance.project,
  });
}
