import type { Daemon } from "./daemon.ts";
import { ApiError } from "./errors.ts";
import { draftInstance, rootPoolOf, tellInstance } from "./instances.ts";
import type { Config, Devices, Image, Instance, Snapshot } from "./model.ts";
import type { OperationHandle } from "./operations.ts";
import { bringUp } from "./power.ts";
import { configProblem, deviceProblem, deviceTypeProblem } from "./validate.ts";

export type InstanceSource =
  | { readonly kind: "none" }
  | { readonly kind: "image"; readonly find: () => Image | undefined }
  | { readonly kind: "download"; readonly server: string; readonly alias: string }
  | {
      readonly kind: "copy";
      /** As the request named it: `c1` or `c1/snap0`. */
      readonly label: string;
      readonly origin: Instance;
      readonly snapshot: Snapshot | null;
      readonly withSnapshots: boolean;
    };

export interface WantedInstance {
  readonly name: string;
  readonly project: string;
  readonly isVirtualMachine: boolean;
  readonly config: Config;
  readonly devices: Devices;
  readonly profiles: readonly string[];
  readonly ephemeral: boolean;
  readonly description: string;
}

/** Volatile keys that stay with the original (instance_utils, InstanceIncludeWhenCopying). */
const notCopied = /^volatile\.(?!base_image$|idmap\.next$)/;

/**
 * Checks everything in LXD's order, then stores the record: from here on the instance can be seen, while the
 * operation still fills it. Throws LXD's text.
 */
export function recordInstance(
  daemon: Daemon,
  wanted: WantedInstance,
  from: { readonly source: InstanceSource; readonly image: Image | null },
): Instance {
  const { name, project } = wanted;
  const { texts } = daemon.flavour;
  const { config, devices } = inherited(wanted, from.source);
  if (wanted.isVirtualMachine) {
    fail('Instance type "virtual-machine" is not supported on this server: KVM support is missing (no /dev/kvm)');
  }
  const problem = configProblem(config) ?? deviceTypeProblem(devices);
  if (problem !== null) fail(problem);
  if (new Set(wanted.profiles).size !== wanted.profiles.length) fail("Duplicate profile found in request");
  if (daemon.store.instances.get(project, name) !== undefined) throw new ApiError(500, texts.nameTaken);
  const devicesProblem = deviceProblem(daemon, project, devices);
  if (devicesProblem !== null) fail(`${texts.initialising}: ${devicesProblem}`);
  const pool = rootPoolOf(daemon, { project, config, devices, profiles: wanted.profiles });
  if (pool === undefined) {
    // The devices are validated only where there are any, and then miss the root disk first.
    const hasDevices = Object.keys(devices).length > 0;
    const where = hasDevices ? "Invalid devices: Failed detecting root disk device" : "Failed getting root disk";
    fail(`${texts.initialising}: ${where}: No root device could be found`);
  } else if (!daemon.store.pools.has(pool)) {
    const why = `${texts.initialising}: Failed loading storage pool: Storage pool not found`;
    throw new ApiError(daemon.flavour.codes.poolMissing, `Failed creating instance record: ${why}`);
  }
  const instance = draftInstance(daemon, {
    ...wanted,
    config,
    devices,
    image: from.image,
    hasRootfs: from.source.kind !== "none",
  });
  daemon.store.instances.put(instance);
  return instance;
}

function fail(why: string): never {
  throw new ApiError(500, `Failed creating instance record: ${why}`);
}

/** A copy takes the original's configuration where the request does not say otherwise. */
function inherited(wanted: WantedInstance, source: InstanceSource): Pick<Instance, "config" | "devices"> {
  if (source.kind !== "copy") return wanted;
  const original = source.snapshot ?? source.origin;
  const kept = Object.entries(original.config).filter(([key]) => !notCopied.test(key));
  return {
    config: { ...Object.fromEntries(kept), ...wanted.config },
    devices: { ...original.devices, ...wanted.devices },
  };
}

/** Incus' `start: true`. */
export async function bringUpAfterCreate(daemon: Daemon, instance: Instance, handle: OperationHandle): Promise<void> {
  await bringUp(daemon, instance, handle);
  tellInstance(daemon, instance, { action: "instance-started" });
}
