import { createHash } from "node:crypto";
import { neverUsed, type Pace } from "./clock.ts";
import type { Daemon } from "./daemon.ts";
import { draftInstance, randomHardwareAddress } from "./instances.ts";
import type { Config, Devices } from "./model.ts";

export interface SeedImage {
  readonly aliases: readonly string[];
  readonly properties?: Config;
  readonly sizeBytes?: number;
}

export interface SeedInstance {
  readonly name: string;
  readonly project?: string;
  /** An alias of a seeded image; without it the instance has no root file system. */
  readonly image?: string;
  readonly config?: Config;
  readonly devices?: Devices;
  readonly profiles?: readonly string[];
  readonly description?: string;
  readonly running?: boolean;
}

export interface SeedProfile {
  readonly name: string;
  readonly project?: string;
  readonly description?: string;
  readonly config?: Config;
  readonly devices?: Devices;
}

/** What a server has when it starts. Everything left out is as in `defaultSeed`. */
export interface Seed {
  readonly images: readonly SeedImage[];
  readonly instances: readonly SeedInstance[];
  /** Besides "default", which every project has. */
  readonly profiles: readonly SeedProfile[];
  /** Besides "default". */
  readonly projects: readonly string[];
  readonly networks: readonly { readonly name: string; readonly config: Config }[];
  readonly pools: readonly { readonly name: string; readonly driver: string }[];
  readonly defaultProfileDevices: Devices;
}

const mebibyte = 1_048_576;
const gibibyte = 1_073_741_824;

export const defaultSeed: Seed = {
  images: [
    { aliases: ["busybox"], properties: { description: "Busybox", os: "Busybox", release: "1" } },
    {
      aliases: ["alpine/3.20"],
      properties: { description: "Alpine 3.20 amd64", os: "Alpine", release: "3.20", architecture: "amd64" },
      sizeBytes: 3 * mebibyte,
    },
    {
      aliases: ["ubuntu/24.04"],
      properties: { description: "Ubuntu 24.04 LTS amd64", os: "Ubuntu", release: "noble", architecture: "amd64" },
      sizeBytes: 260 * mebibyte,
    },
  ],
  instances: [],
  profiles: [],
  projects: [],
  networks: [
    { name: "lxdbr0", config: { "ipv4.address": "10.77.0.1/24", "ipv4.nat": "true", "ipv6.address": "none" } },
  ],
  pools: [{ name: "default", driver: "dir" }],
  defaultProfileDevices: {
    eth0: { name: "eth0", network: "lxdbr0", type: "nic" },
    root: { path: "/", pool: "default", type: "disk" },
  },
};

/** Fills an empty server. Instances are made stopped; who seeds `running` ones starts them. */
export function plant(daemon: Daemon, seed: Seed): void {
  const { store, pace, flavour } = daemon;
  const names = [...flavour.projectFeatures, "networks"].sort();
  const features = Object.fromEntries(names.map((name) => [`features.${name}`, "true"]));
  store.projects.set("default", { name: "default", description: flavour.texts.defaultProject, config: features });
  for (const name of seed.projects) store.projects.set(name, { name, description: "", config: features });
  for (const project of store.projects.keys()) {
    store.profiles.put({
      name: "default",
      project,
      description: project === "default" ? flavour.texts.defaultProfile : `Default LXD profile for project ${project}`,
      config: {},
      devices: project === "default" ? seed.defaultProfileDevices : {},
    });
  }
  plantHost(daemon, seed);
  for (const image of seed.images) plantImage(daemon, pace, image);
  for (const { name, project = "default", description = "", config = {}, devices = {} } of seed.profiles) {
    store.profiles.put({ name, project, description, config, devices });
  }
  for (const instance of seed.instances) plantInstance(daemon, instance);
}

function plantHost({ store, flavour }: Daemon, seed: Seed): void {
  for (const { name, config } of seed.networks) {
    store.networks.set(name, {
      name,
      type: "bridge",
      managed: true,
      config,
      description: "",
      hwaddr: randomHardwareAddress(),
    });
  }
  store.networks.set("lo", { name: "lo", type: "loopback", managed: false, config: {}, description: "", hwaddr: "" });
  store.networks.set("eth0", {
    name: "eth0",
    type: "physical",
    managed: false,
    config: {},
    description: "",
    hwaddr: randomHardwareAddress(),
  });
  for (const { name, driver } of seed.pools) {
    store.pools.set(name, {
      name,
      driver,
      description: "",
      config: { source: `${flavour.texts.directory}/storage-pools/${name}` },
      usedBytes: 12 * gibibyte,
      totalBytes: 100 * gibibyte,
    });
  }
}

function plantImage(
  { store }: Daemon,
  pace: Pace,
  { aliases, properties = {}, sizeBytes = mebibyte }: SeedImage,
): void {
  store.images.push({
    fingerprint: createHash("sha256").update(aliases.join(" ")).digest("hex"),
    project: "default",
    aliases: aliases.map((name) => ({ name, description: "" })),
    architecture: "x86_64",
    properties,
    sizeBytes,
    filename: "image.tar.xz",
    createdAt: "2026-11-01T00:00:00Z",
    uploadedAt: pace.now(),
    lastUsedAt: neverUsed,
    cached: false,
    public: false,
    updateSource: null,
  });
}

function plantInstance(daemon: Daemon, seed: SeedInstance): void {
  const image = daemon.store.images.find(({ aliases }) => aliases.some(({ name }) => name === seed.image)) ?? null;
  daemon.store.instances.put(
    draftInstance(daemon, {
      name: seed.name,
      project: seed.project ?? "default",
      config: seed.config ?? {},
      devices: seed.devices ?? {},
      profiles: seed.profiles ?? ["default"],
      ephemeral: false,
      description: seed.description ?? "",
      image,
      hasRootfs: image !== null,
    }),
  );
}
