import { configProblem, deviceProblem, validateInstanceName } from "../engine/validate.ts";
import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { failOn } from "../engine/faults.ts";
import {
  giveHardwareAddresses,
  instanceResources,
  isUp,
  lockInstance,
  requireInstance,
  tellInstance,
  urlOf,
  withoutEmpty,
} from "../engine/instances.ts";
import type { Config, Devices, Instance } from "../engine/model.ts";
import { instanceEtag, renderFullInstance, renderInstance } from "../engine/render.ts";
import { accepted, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { createInstance, instancesPost } from "./instance-create.ts";
import { restoreSnapshot } from "./instance-snapshots.ts";
import { changeManyStates, instancesPut } from "./instance-state.ts";
import { parseFilter } from "./filter.ts";
import {
  checkIfMatch,
  configField,
  devicesField,
  flagField,
  namesField,
  projectScope,
  recursionOf,
  textField,
} from "./preconditions.ts";

const instancePut = {
  go: "InstancePut",
  fields: {
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

const instancePost = {
  go: "InstancePost",
  fields: {
    name: "string",
    migration: "bool",
    live: "bool",
    instance_only: "bool",
    container_only: "bool",
    target: "any",
    pool: "string",
    project: "string",
    allow_inconsistent: "bool",
  },
} as const;

export const instanceRoutes: readonly Route[] = [
  {
    path: "/1.0/instances",
    GET: { handle: (daemon, request) => listInstances(daemon, request, "instances") },
    POST: { body: instancesPost, handle: createInstance },
    PUT: { body: instancesPut, handle: changeManyStates },
  },
  {
    path: "/1.0/instances/{name}",
    GET: { handle: showInstance },
    PUT: { body: instancePut, handle: replaceInstance },
    PATCH: { body: instancePut, handle: patchInstance },
    POST: { body: instancePost, handle: renameInstance },
    DELETE: { handle: deleteInstance },
  },
];

/** The old names of the same list, which LXD 5.0 still answers and Incus does not. */
export const legacyInstanceRoutes: readonly Route[] = [
  { path: "/1.0/containers", GET: { handle: (daemon, request) => listInstances(daemon, request, "containers") } },
  { path: "/1.0/virtual-machines", GET: { handle: () => sync([]) } },
];

function listInstances(daemon: Daemon, request: ApiRequest, collection: "instances" | "containers"): ApiResponse {
  const filterText = request.query.get("filter") ?? "";
  const keep = filterText === "" ? () => true : parseFilter(filterText);
  const machinesOnly = request.query.get("instance-type") === "virtual-machine";
  const all = machinesOnly ? [] : daemon.store.instances.list(projectScope(request));
  const instances = all.filter((instance) => filterText === "" || keep(renderFullInstance(daemon, instance)));
  const recursion = recursionOf(request);
  if (recursion === 0) {
    return sync(instances.map(({ name, project }) => urlOf(`/1.0/${collection}/${name}`, project)));
  }
  const render = recursion === 1 ? renderInstance : renderFullInstance;
  return sync(instances.map((instance) => render(daemon, instance)));
}

function target(daemon: Daemon, request: ApiRequest): Instance {
  return requireInstance(daemon, request.project, request.params["name"] ?? "");
}

function showInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const render = recursionOf(request) > 0 ? renderFullInstance : renderInstance;
  return sync(render(daemon, instance), instanceEtag(daemon, instance));
}

interface InstanceChange {
  readonly config: Config;
  readonly devices: Devices;
  readonly profiles: readonly string[];
  readonly ephemeral: boolean;
  readonly description: string;
}

function checkProfiles(daemon: Daemon, project: string, profiles: readonly string[]): void {
  if (profiles.some((name) => daemon.store.profiles.get(project, name) === undefined)) {
    throw new ApiError(404, "Profile not found");
  }
}

/** Writes a validated change and tells it; throws LXD's text otherwise. */
function applyChange(daemon: Daemon, instance: Instance, change: InstanceChange): void {
  const lock = lockInstance(instance, "update", "Failed to create instance update operation: ");
  try {
    const lostKey = Object.keys(instance.config).find(
      (key) => /^volatile\.(idmap|last_state\.idmap)/.test(key) && change.config[key] === undefined,
    );
    const problem = configProblem(change.config);
    if (problem !== null) throw new ApiError(500, `Invalid config: ${problem}`);
    if (lostKey !== undefined) throw new ApiError(500, "Volatile idmap keys can't be deleted by the user");
    const devicesProblem = deviceProblem(daemon, instance.project, change.devices);
    if (devicesProblem !== null) throw new ApiError(500, devicesProblem);
    instance.config = withoutEmpty(change.config);
    instance.devices = change.devices;
    instance.profiles = change.profiles;
    instance.ephemeral = change.ephemeral;
    instance.description = change.description;
    giveHardwareAddresses(daemon, instance);
  } finally {
    lock.release();
  }
  tellInstance(daemon, instance, { action: "instance-updated" });
}

function replaceInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  checkIfMatch(request, instanceEtag(daemon, instance));
  const restore = textField(request, "restore");
  if (restore !== "") return restoreSnapshot(daemon, instance, restore);
  const profiles = namesField(request, "profiles") ?? ["default"];
  checkProfiles(daemon, request.project, profiles);
  const change: InstanceChange = {
    config: configField(request) ?? {},
    devices: devicesField(request) ?? {},
    profiles,
    ephemeral: flagField(request, "ephemeral"),
    description: textField(request, "description"),
  };
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Updating instance",
      resources: instanceResources(daemon, [instance.name]),
      run: async (handle) => {
        await daemon.pace.spend(0, handle.signal);
        applyChange(daemon, instance, change);
      },
    }),
  );
}

function patchInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  checkIfMatch(request, instanceEtag(daemon, instance));
  const profiles = namesField(request, "profiles") ?? instance.profiles;
  checkProfiles(daemon, request.project, profiles);
  applyChange(daemon, instance, {
    config: { ...instance.config, ...configField(request) },
    devices: { ...instance.devices, ...devicesField(request) },
    profiles,
    ephemeral: request.body["ephemeral"] === undefined ? instance.ephemeral : flagField(request, "ephemeral"),
    description: textField(request, "description") || instance.description,
  });
  return emptySync;
}

function renameInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  if (flagField(request, "migration")) {
    throw new ApiError(501, "Migration is not simulated: try it between real servers");
  }
  const name = textField(request, "name");
  const wanted = name === "" ? instance.name : name;
  if (daemon.store.instances.get(request.project, wanted) !== undefined) {
    throw new ApiError(409, `Name "${wanted}" already in use`);
  }
  validateInstanceName(daemon, wanted);
  const oldName = instance.name;
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Renaming instance",
      resources: instanceResources(daemon, [oldName]),
      run: async (handle) => {
        if (isUp(instance)) throw new ApiError(500, daemon.flavour.texts.renameRunning);
        await daemon.pace.spend(0, handle.signal);
        daemon.store.instances.rename(instance, wanted);
        tellInstance(daemon, instance, { action: "instance-renamed", context: { old_name: oldName } });
      },
    }),
  );
}

function deleteInstance(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  if (isUp(instance)) throw new ApiError(400, "Instance is running");
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Deleting instance",
      resources: instanceResources(daemon, [instance.name]),
      run: async (handle) => {
        const lock = lockInstance(instance, "delete", "Failed to create instance delete operation: ");
        try {
          if (/^(true|1|yes|on)$/i.test(instance.config["security.protection.delete"] ?? "")) {
            throw new ApiError(500, daemon.flavour.texts.protected);
          }
          await daemon.pace.spend(1, handle.signal);
          const path = `${daemon.flavour.texts.directory}/storage-pools/default/containers/${instance.name}`;
          failOn(
            instance.name,
            "delete",
            `Failed deleting storage volume: Failed to remove '${path}': unlinkat ${path}: device or resource busy`,
          );
          daemon.store.instances.remove(instance);
        } finally {
          lock.release();
        }
        for (const { name } of instance.snapshots) {
          tellInstance(daemon, instance, { action: "instance-snapshot-deleted", path: `/snapshots/${name}` });
        }
        tellInstance(daemon, instance, { action: "instance-deleted" });
      },
    }),
  );
}
