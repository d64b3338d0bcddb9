import { randomInt } from "node:crypto";
import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { failOn, hasFault } from "../engine/faults.ts";
import { downloadImage, lookUpRemoteImage } from "../engine/image-servers.ts";
import { bringUpAfterCreate, type InstanceSource, recordInstance, type WantedInstance } from "../engine/create.ts";
import { instanceResources, lockInstance, tellInstance } from "../engine/instances.ts";
import type { Config, Image, Instance, Snapshot } from "../engine/model.ts";
import type { OperationHandle } from "../engine/operations.ts";
import { findImage, findImageByAlias } from "../engine/store.ts";
import { validateInstanceName } from "../engine/validate.ts";
import { accepted, type ApiRequest, type ApiResponse } from "../wire/exchange.ts";
import { configField, devicesField, flagField, namesField, recordField, textField } from "./preconditions.ts";

const instanceSource = {
  go: "InstanceSource",
  fields: {
    type: "string",
    certificate: "string",
    alias: "string",
    fingerprint: "string",
    properties: "map",
    server: "string",
    secret: "string",
    protocol: "string",
    "base-image": "string",
    mode: "string",
    operation: "string",
    secrets: "map",
    source: "string",
    live: "bool",
    instance_only: "bool",
    container_only: "bool",
    refresh: "bool",
    project: "string",
    allow_inconsistent: "bool",
  },
} as const;

export const instancesPost = {
  go: "InstancesPost",
  fields: {
    name: "string",
    source: instanceSource,
    instance_type: "string",
    type: "string",
    start: "bool",
    architecture: "string",
    config: "map",
    devices: "devices",
    ephemeral: "bool",
    profiles: "strings",
    restore: "string",
    stateful: "bool",
    description: "string",
  },
} as const;

const adjectives = ["apt", "bold", "calm", "fleet", "keen", "merry", "neat", "proud", "quick", "wise"];
const animals = ["bison", "crane", "dingo", "finch", "gecko", "heron", "koala", "lemur", "otter", "wren"];
const unpackSteps = 8;

/** `POST /1.0/instances`: what LXD refuses at once is refused at once, the rest fails in the operation. */
export function createInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  if (!daemon.store.projects.has(request.project)) {
    throw new ApiError(404, "Failed loading project: Project not found");
  }
  const wanted = wantedInstance(daemon, request);
  const source = sourceOf(daemon, request);
  const involved = source.kind === "copy" ? [wanted.name, source.label] : [wanted.name];
  return accepted(
    daemon.operations.create({
      project: request.project,
      description: "Creating instance",
      resources: wanted.isVirtualMachine
        ? { instances: [`/1.0/instances/${wanted.name}`] }
        : instanceResources(daemon, involved),
      run: (handle) => make(daemon, { wanted, source, handle, start: flagField(request, "start") }),
    }),
  );
}

function wantedInstance(daemon: Daemon, request: ApiRequest): WantedInstance {
  const instanceType = textField(request, "instance_type");
  if (instanceType !== "") throw new ApiError(400, `Provided instance type doesn't exist: ${instanceType}`);
  const name = textField(request, "name") || petName(daemon, request.project);
  if (name.includes("/")) throw new ApiError(400, 'The character "/" is reserved for snapshots');
  validateInstanceName(daemon, name);
  const type = textField(request, "type");
  if (!["", "container", "virtual-machine"].includes(type)) throw new ApiError(400, "Invalid instance type");
  const architecture = textField(request, "architecture");
  if (!["", "x86_64", "i686"].includes(architecture)) {
    throw new ApiError(500, `Architecture isn't supported: ${architecture}`);
  }
  const isCopy = recordField(request, "source")["type"] === "copy";
  // A copy that names no profiles has none (measured on 5.0.2); everything else gets "default".
  const profiles = namesField(request, "profiles") ?? (isCopy ? [] : ["default"]);
  const missing = profiles.find((profile) => daemon.store.profiles.get(request.project, profile) === undefined);
  if (missing !== undefined) throw new ApiError(500, `Requested profile "${missing}" doesn't exist`);
  return {
    name,
    project: request.project,
    isVirtualMachine: type === "virtual-machine",
    config: configField(request) ?? {},
    devices: devicesField(request) ?? {},
    profiles,
    ephemeral: flagField(request, "ephemeral"),
    description: textField(request, "description"),
  };
}

function petName(daemon: Daemon, project: string): string {
  const name = `${pick(adjectives)}-${pick(animals)}`;
  return daemon.store.instances.get(project, name) === undefined ? name : `${name}-${randomInt(1_000, 10_000)}`;
}

function pick(words: readonly string[]): string {
  return words[randomInt(words.length)] ?? "";
}

function sourceOf(daemon: Daemon, request: ApiRequest): InstanceSource {
  const source = recordField(request, "source");
  // The decoder let only strings through.
  const text = (field: string) => (source[field] as string | undefined) ?? "";
  switch (text("type")) {
    case "none":
      return { kind: "none" };
    case "image":
      return imageSource(daemon, request, text);
    case "copy":
      return copySource(daemon, request, text);
    case "migration":
      throw new ApiError(501, `Mode "${text("mode")}" not implemented`);
    default:
      throw new ApiError(400, `Unknown source type ${text("type")}`);
  }
}

function imageSource(daemon: Daemon, request: ApiRequest, text: (field: string) => string): InstanceSource {
  const { project } = request;
  const alias = text("alias");
  if (text("server") !== "") return { kind: "download", server: text("server"), alias: alias || text("fingerprint") };
  if (text("fingerprint") !== "") {
    return { kind: "image", find: () => findImage(daemon.store, project, text("fingerprint")) };
  }
  if (alias !== "") {
    const image = findImageByAlias(daemon.store, project, alias);
    if (image === undefined && daemon.flavour.imageAliasCheckedFirst) throw new ApiError(404, "Image alias not found");
    return { kind: "image", find: () => findImageByAlias(daemon.store, project, alias) };
  }
  const properties = recordField(request, "source")["properties"];
  if (properties === undefined) {
    throw new ApiError(500, "Must specify one of alias, fingerprint or properties for init from image");
  }
  return { kind: "image", find: () => findByProperties(daemon, project, properties as Config) };
}

function findByProperties(daemon: Daemon, project: string, properties: Config): Image | undefined {
  const wanted = Object.entries(properties);
  return daemon.store.images.find(
    (image) => image.project === project && wanted.every(([key, value]) => image.properties[key] === value),
  );
}

function copySource(daemon: Daemon, request: ApiRequest, text: (field: string) => string): InstanceSource {
  const label = text("source");
  if (label === "") throw new ApiError(400, "Must specify a source instance");
  const project = text("project") || request.project;
  const [name = "", snapshotName] = label.split("/");
  const origin = daemon.store.instances.get(project, name);
  const snapshot = origin?.snapshots.find((candidate) => candidate.name === snapshotName);
  if (origin === undefined || (snapshotName !== undefined && snapshot === undefined)) {
    throw new ApiError(404, `Failed to fetch instance "${label}" in project "${project}": Instance not found`);
  }
  const instanceOnly = recordField(request, "source")["instance_only"] === true;
  return { kind: "copy", label, origin, snapshot: snapshot ?? null, withSnapshots: !instanceOnly };
}

interface Making {
  readonly wanted: WantedInstance;
  readonly source: InstanceSource;
  readonly handle: OperationHandle;
  readonly start: boolean;
}

async function make(daemon: Daemon, making: Making): Promise<void> {
  const { wanted, source, handle } = making;
  const image = await imageFor(daemon, making);
  const instance = recordInstance(daemon, wanted, { source, image });
  const lock = lockInstance(instance, "create");
  try {
    tellInstance(daemon, instance, {
      action: "instance-created",
      context: { "storage-pool": instance.devices["root"]?.["pool"] ?? "default", type: "container" },
    });
    await fill(daemon, instance, { source, handle });
  } catch (error) {
    daemon.store.instances.remove(instance);
    tellInstance(daemon, instance, { action: "instance-deleted" });
    throw error;
  } finally {
    lock.release();
  }
  if (making.start && daemon.flavour.startsOnCreate) await bringUpAfterCreate(daemon, instance, handle);
}

async function imageFor(daemon: Daemon, { wanted, source, handle }: Making): Promise<Image | null> {
  if (source.kind === "download") {
    const { server, alias } = source;
    const remote = lookUpRemoteImage(daemon.imageServers, server, alias);
    const cached = daemon.store.images.find(
      (image) =>
        image.project === wanted.project &&
        image.updateSource?.server === server &&
        remote.aliases.includes(image.updateSource.alias),
    );
    if (cached !== undefined) return cached;
    const image = await downloadImage({ image: remote, server, alias, project: wanted.project }, handle, daemon.pace);
    daemon.store.images.push(image);
    return image;
  }
  if (source.kind !== "image") return null;
  const image = source.find();
  if (image === undefined) throw new ApiError(500, "Image not provided for instance creation");
  image.lastUsedAt = daemon.pace.now();
  return image;
}

async function fill(
  daemon: Daemon,
  instance: Instance,
  { source, handle }: { readonly source: InstanceSource; readonly handle: OperationHandle },
): Promise<void> {
  if (source.kind === "none") return;
  if (source.kind === "copy") {
    await daemon.pace.spend(1, handle.signal);
    failOn(instance.name, "create", unpackFailure(daemon, instance));
    return copySnapshots(instance, source);
  }
  for (let step = 1; step <= unpackSteps; step += 1) {
    await daemon.pace.spend(1 / unpackSteps, handle.signal);
    const percent = Math.floor((step / unpackSteps) * 100);
    handle.updateMetadata({
      create_instance_from_image_unpack_progress: `${daemon.flavour.texts.unpacking}: ${percent}% (10.37MB/s)`,
      progress: { percent: String(percent), speed: "10366734", stage: "create_instance_from_image_unpack" },
    });
    if (step * 2 >= unpackSteps && hasFault(instance.name, "create")) {
      throw new ApiError(500, unpackFailure(daemon, instance));
    }
  }
}

function unpackFailure(daemon: Daemon, instance: Instance): string {
  const path = `${daemon.flavour.texts.directory}/storage-pools/default/containers/${instance.name}/rootfs`;
  return (
    "Failed creating instance from image: Unpack failed: Failed to run: unsquashfs -f -d " +
    `${path} -n: write failed because No space left on device`
  );
}

function copySnapshots(instance: Instance, source: Extract<InstanceSource, { kind: "copy" }>): void {
  if (!source.withSnapshots || source.snapshot !== null) return;
  instance.snapshots.push(...source.origin.snapshots.map((snapshot): Snapshot => ({ ...snapshot })));
}
