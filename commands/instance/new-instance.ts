import { closest } from "../../src/closest.ts";
import { UserError } from "../../src/errors.ts";
import type { Lxd } from "../../src/lxd/connection.ts";
import { LxdRefused } from "../../src/lxd/errors.ts";
import type { InstancesPost, InstanceSource } from "../../src/lxd/resources/instance-shapes.ts";
import { argument, flag, option, type ArgsOf } from "../../src/pipeline/define.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import {
  deviceOverride,
  formatResource,
  imageReference,
  keyValue,
  newInstanceReference,
  plainName,
  profileName,
  projectName,
  resourceKey,
  type ImageReference,
  type Resource,
} from "../../src/pipeline/references.ts";
import type { Services } from "../../src/pipeline/services.ts";
import { instanceChangeState } from "../../src/steps/instance/change-state.ts";
import { instanceCreate } from "../../src/steps/instance/create.ts";
import { findInstance } from "../../src/steps/instance/identity.ts";
import { instanceSign } from "../../src/steps/instance/sign.ts";
import { imageServer } from "./image-servers.ts";
import { makeName } from "./names.ts";

/** `lxc launch` and `lxc init` take the same. */
export const newInstanceParameters = {
  image: argument({
    value: imageReference,
    help: "an alias or fingerprint on the remote, or `ubuntu:24.04` of an image server",
  }),
  instance: argument({ value: newInstanceReference, optional: true, help: "its name; without one, it gets one" }),
  profile: option({
    value: profileName,
    short: "p",
    repeat: true,
    hint: "NAME",
    help: "profiles, in their order, instead of `default`",
  }),
  noProfiles: flag({ help: "no profile, not even `default`" }),
  config: option({ value: keyValue, short: "c", repeat: true, hint: "KEY=VALUE", help: "a setting of the instance" }),
  device: option({
    value: deviceOverride,
    short: "d",
    repeat: true,
    hint: "DEVICE,KEY=VALUE",
    help: "a setting of a device",
  }),
  storage: option({ value: plainName, short: "s", hint: "POOL", help: "the storage pool for its root disk" }),
  network: option({ value: plainName, short: "n", hint: "NAME", help: "the network for eth0" }),
  ephemeral: flag({ short: "e", help: "it is deleted when it stops" }),
  type: option({ value: plainName, short: "t", hint: "TYPE", help: "an instance type, such as `c2-m4`" }),
  target: option({ value: plainName, hint: "MEMBER", help: "the member of a cluster" }),
  project: option({ value: projectName, hint: "NAME", help: "the project, if not the channel's or `default`" }),
} as const;

export type NewInstanceArgs = ArgsOf<typeof newInstanceParameters>;
type Use = Pick<Services, "resolve" | "lxd" | "jobs">;
type Config = Readonly<Record<string, string>>;
type Devices = Readonly<Record<string, Config>>;

export async function planNewInstance({
  args,
  use,
  verb,
  text,
}: {
  readonly args: NewInstanceArgs;
  readonly use: Use;
  readonly verb: "launch" | "init";
  readonly text: string;
}): Promise<Plan> {
  const { remote, project } = await use.resolve.remote(args.instance?.remote, {
    project: args.project,
    typed: (name) => retyped(text, { args, remote: name }),
  });
  const lxd = use.lxd(remote);
  const server = await lxd.server.get();
  if (server.auth !== "trusted") {
    throw new UserError("lxd-untrusted", {
      what: `${remote} does not trust the bot.`,
      next: `Add it again with a join token: \`/lxd remote add ${remote} TOKEN\`.`,
    });
  }
  await requireProject(lxd, { remote, project });
  const typedName = args.instance?.name ?? "";
  const resource: Resource = { kind: "instance", remote, project, name: typedName === "" ? makeName() : typedName };
  const openJobs = await use.jobs.on(resourceKey(resource));
  if (openJobs.length === 0 && (await findInstance(lxd, resource))) {
    throw new UserError("instance-taken", {
      what: `There is an instance ${formatResource(resource)} already.`,
      next: `Choose another name, or look at it: \`/lxd info ${remote}:${resource.name}\`.`,
    });
  }
  const image = await findImage(lxd, { reference: args.image, remote, project, incus: server.name === "incus" });
  const profiles = args.noProfiles ? [] : args.profile.length === 0 ? ["default"] : args.profile;
  const base = await expandProfiles(lxd, { remote, project, profiles });
  const config: Config = Object.fromEntries(args.config);
  const devices = await devicesOf(lxd, { args, remote, project, inherited: base.devices });
  const body: InstancesPost = {
    name: resource.name,
    source: image.source,
    type: "container",
    config,
    devices,
    ephemeral: args.ephemeral,
    profiles,
    ...(args.type === undefined ? {} : { instance_type: args.type }),
  };
  const place = { remote, project, name: resource.name };
  const lane = resourceKey(resource);
  const name = formatResource(resource);
  return {
    title: `${verb === "launch" ? "Launch" : "Create"} ${name} from ${image.label}`,
    touches: [{ resource, permission: "instance.create" }],
    results: [
      { resource, instance: { config: { ...base.config, ...config }, devices: { ...base.devices, ...devices } } },
    ],
    steps: [
      instanceCreate.plan({
        input: { ...place, body, ...(args.target === undefined ? {} : { target: args.target }) },
        says: `Create ${name} from ${image.label}`,
        lane,
      }),
      ...(verb === "launch"
        ? [instanceChangeState.plan({ input: { ...place, action: "start" as const }, says: `Start ${name}`, lane })]
        : []),
      instanceSign.plan({ input: place, says: "Note on it where it came from", lane }),
    ],
    findings: args.ephemeral ? [`${name} is ephemeral: it is deleted when it stops`] : [],
    ...(typedName === "" ? { joinBy: [remote, project, image.label] } : {}),
    basis: { image: image.source },
    done: verb === "launch" ? `${name} is running.` : `${name} is there, and not started.`,
  };
}

/** What would have been typed with the remote in it. */
function retyped(text: string, { args, remote }: { readonly args: NewInstanceArgs; readonly remote: string }): string {
  const name = args.instance?.name ?? "";
  if (name === "") return `${text} ${remote}:`;
  const words = text.split(" ");
  const at = words.lastIndexOf(name);
  return words.map((word, index) => (index === at ? `${remote}:${name}` : word)).join(" ");
}

async function requireProject(
  lxd: Lxd,
  { remote, project }: { readonly remote: string; readonly project: string },
): Promise<void> {
  if (project === "default") return;
  const projects = await lxd.projects.list();
  if (projects.some(({ name }) => name === project)) return;
  throw new UserError("project-missing", {
    what: `${remote} has no project ${project}.`,
    why: `It has ${projects.map(({ name }) => name).join(", ")}.`,
    next: "Choose one of them with `--project`.",
  });
}

async function findImage(
  lxd: Lxd,
  {
    reference,
    remote,
    project,
    incus,
  }: { readonly reference: ImageReference; readonly remote: string; readonly project: string; readonly incus: boolean },
): Promise<{ readonly source: InstanceSource; readonly label: string }> {
  if (reference.source !== undefined && reference.source !== remote) {
    const server = imageServer(reference.source, { incus });
    return {
      source: { type: "image", mode: "pull", server, protocol: "simplestreams", alias: reference.name },
      label: `${reference.source}:${reference.name}`,
    };
  }
  const alias = await lxd.images.alias({ project, name: reference.name, type: "container" });
  if (alias) return { source: { type: "image", fingerprint: alias.target }, label: reference.name };
  if (/^[0-9a-f]{6,64}$/.test(reference.name)) {
    try {
      const { fingerprint } = await lxd.images.get({ project, fingerprint: reference.name });
      return { source: { type: "image", fingerprint }, label: fingerprint.slice(0, 12) };
    } catch (error) {
      if (!(error instanceof LxdRefused) || error.status !== 404) throw error;
    }
  }
  const aliases = (await lxd.images.list({ project })).flatMap((image) => image.aliases.map(({ name }) => name));
  const [near] = closest(reference.name, aliases);
  throw new UserError("image-missing", {
    what: `${remote} has no image ${reference.name}.`,
    ...(near === undefined ? {} : { why: `Did you mean ${near}?` }),
    next: `See what it has: \`/lxd image list ${remote}:\`. From an image server: \`ubuntu:24.04\`, \`images:alpine/3.20\`.`,
  });
}

/** What profiles give an instance, the later over the earlier, as LXD expands them (lxd/db/instances.go, ExpandInstanceConfig). */
async function expandProfiles(
  lxd: Lxd,
  {
    remote,
    project,
    profiles,
  }: { readonly remote: string; readonly project: string; readonly profiles: readonly string[] },
): Promise<{ readonly config: Config; readonly devices: Devices }> {
  const found = await Promise.all(
    profiles.map(async (name) => {
      try {
        return await lxd.profiles.get({ project, name });
      } catch (error) {
        if (!(error instanceof LxdRefused) || error.status !== 404) throw error;
        const known = (await lxd.profiles.list({ project })).map((profile) => profile.name);
        throw new UserError("profile-missing", {
          what: `${remote} has no profile ${name}.`,
          why: `It has ${known.join(", ")}.`,
          next: "Choose one of them with `-p`.",
        });
      }
    }),
  );
  return {
    config: Object.assign({}, ...found.map(({ config }) => config)) as Config, // a merge of records of texts is one
    devices: Object.assign({}, ...found.map(({ devices }) => devices)) as Devices,
  };
}

/** The instance's own devices: what `-d`, `-s` and `-n` say, over what its profiles give, as `lxc launch` does (lxc/init.go). */
async function devicesOf(
  lxd: Lxd,
  {
    args,
    remote,
    project,
    inherited,
  }: { readonly args: NewInstanceArgs; readonly remote: string; readonly project: string; readonly inherited: Devices },
): Promise<Devices> {
  const devices: Record<string, Config> = {};
  if (args.storage !== undefined) {
    const pools = (await lxd.storagePools.list()).map(({ name }) => name);
    if (!pools.includes(args.storage)) {
      throw new UserError("pool-missing", {
        what: `${remote} has no storage pool ${args.storage}.`,
        why: `It has ${pools.join(", ")}.`,
        next: "Choose one of them with `-s`.",
      });
    }
    const [rootName] = Object.entries(inherited).find(
      ([, device]) => device["type"] === "disk" && device["path"] === "/",
    ) ?? ["root"];
    devices[rootName] = { ...inherited[rootName], type: "disk", path: "/", pool: args.storage };
  }
  if (args.network !== undefined) devices["eth0"] = await nicOn(lxd, { network: args.network, remote, project });
  for (const { name, settings } of args.device) {
    const before = devices[name] ?? inherited[name];
    if (!before && settings["type"] === undefined) {
      throw new UserError("argument-invalid", {
        what: `There is no device ${name} to be set.`,
        why: `The profiles give ${Object.keys(inherited).join(", ") || "none"}.`,
        next: `Name one of them, or make a new one with its type: \`-d ${name},type=…\`.`,
      });
    }
    devices[name] = { ...before, ...settings };
  }
  return devices;
}

/** A NIC on a network of the server: managed ones by name, a bridge of the host's own by its interface (lxc/utils.go, GetProfileDevices). */
async function nicOn(
  lxd: Lxd,
  { network, remote, project }: { readonly network: string; readonly remote: string; readonly project: string },
): Promise<Config> {
  const networks = await lxd.networks.list({ project });
  const found = networks.find(({ name }) => name === network);
  if (!found) {
    throw new UserError("network-missing", {
      what: `${remote} has no network ${network}.`,
      why: `It has ${networks.map(({ name }) => name).join(", ") || "none"}.`,
      next: "Choose one of them with `-n`.",
    });
  }
  if (found.managed) return { type: "nic", name: "eth0", network };
  return { type: "nic", name: "eth0", nictype: found.type === "bridge" ? "bridged" : "macvlan", parent: network };
}
