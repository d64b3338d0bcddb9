import { goZeroTime } from "../engine/clock.ts";
import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf } from "../engine/go-json.ts";
import { instanceResources, isUp, lockInstance, requireInstance, tellInstance, urlOf } from "../engine/instances.ts";
import type { Instance, Snapshot } from "../engine/model.ts";
import { renderSnapshot } from "../engine/render.ts";
import { accepted, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { checkIfMatch, flagField, recursionOf, textField } from "./preconditions.ts";

const snapshotsPost = {
  go: "InstanceSnapshotsPost",
  fields: { name: "string", stateful: "bool", expires_at: "string" },
} as const;
const snapshotPut = { go: "InstanceSnapshotPut", fields: { expires_at: "string" } } as const;
const snapshotPost = { go: "InstanceSnapshotPost", fields: { name: "string", migration: "bool" } } as const;

export const snapshotRoutes: readonly Route[] = [
  {
    path: "/1.0/instances/{name}/snapshots",
    GET: { handle: listSnapshots },
    POST: { body: snapshotsPost, handle: takeSnapshot },
  },
  {
    path: "/1.0/instances/{name}/snapshots/{snapshot}",
    GET: { handle: showSnapshot },
    PUT: { body: snapshotPut, handle: updateSnapshot },
    PATCH: { body: snapshotPut, handle: updateSnapshot },
    POST: { body: snapshotPost, handle: renameSnapshot },
    DELETE: { handle: deleteSnapshot },
  },
];

function target(daemon: Daemon, request: ApiRequest): Instance {
  return requireInstance(daemon, request.project, request.params["name"] ?? "");
}

function requireSnapshot(daemon: Daemon, request: ApiRequest): { instance: Instance; snapshot: Snapshot } {
  const name = request.params["snapshot"] ?? "";
  const instanceName = request.params["name"] ?? "";
  const instance = daemon.store.instances.get(request.project, instanceName);
  const snapshot = instance?.snapshots.find((candidate) => candidate.name === name);
  if (instance === undefined || snapshot === undefined) {
    const what = `snapshot "${name}" of instance "${instanceName}" in project "${request.project}"`;
    throw new ApiError(404, `Failed to fetch ${what}: ${daemon.flavour.texts.snapshotEntity} not found`);
  }
  return { instance, snapshot };
}

function listSnapshots(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const path = (snapshot: Snapshot) => `/1.0/instances/${instance.name}/snapshots/${snapshot.name}`;
  return sync(
    instance.snapshots.map((snapshot) =>
      recursionOf(request) > 0 ? renderSnapshot(daemon, instance, snapshot) : urlOf(path(snapshot), instance.project),
    ),
  );
}

function showSnapshot(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { instance, snapshot } = requireSnapshot(daemon, request);
  return sync(renderSnapshot(daemon, instance, snapshot), etagOf([snapshot.expiresAt]));
}

/** "snap%d": the first number that is free. */
function nextName(instance: Instance): string {
  const taken = new Set(instance.snapshots.map(({ name }) => name));
  let number = 0;
  while (taken.has(`snap${number}`)) number += 1;
  return `snap${number}`;
}

function takeSnapshot(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const name = textField(request, "name") || nextName(instance);
  if (name.includes("/")) throw new ApiError(400, 'Invalid snapshot name: Cannot contain "/"');
  const stateful = flagField(request, "stateful");
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Snapshotting instance",
      resources: {
        ...instanceResources(daemon, [instance.name]),
        ...(daemon.flavour.server === "incus"
          ? { instances_snapshots: [`/1.0/instances/${instance.name}/snapshots/${name}`] }
          : {}),
      },
      run: async (handle) => {
        if (stateful) {
          const why = isUp(instance) ? "CRIU isn't installed" : "The instance isn't running";
          throw new ApiError(500, `Unable to create a stateful snapshot. ${why}`);
        }
        if (instance.snapshots.some((snapshot) => snapshot.name === name)) {
          const record = `Failed creating instance snapshot record "${name}": Add snapshot info to the database: `;
          throw new ApiError(500, `${record}${daemon.flavour.texts.snapshotTaken}`);
        }
        // On a directory pool LXD freezes a running instance while it copies, and tells so.
        const copiesFrozen = instance.status === "Running";
        if (copiesFrozen) tellInstance(daemon, instance, { action: "instance-paused", requestor: request.requestor });
        await daemon.pace.spend(1, handle.signal);
        if (copiesFrozen) tellInstance(daemon, instance, { action: "instance-resumed", requestor: request.requestor });
        instance.snapshots.push({
          name,
          architecture: instance.architecture,
          config: { ...instance.config },
          devices: instance.devices,
          profiles: instance.profiles,
          ephemeral: instance.ephemeral,
          createdAt: daemon.pace.now(),
          expiresAt: textField(request, "expires_at") || goZeroTime,
        });
        tellInstance(daemon, instance, { action: "instance-snapshot-created", path: `/snapshots/${name}` });
      },
    }),
  );
}

function updateSnapshot(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { instance, snapshot } = requireSnapshot(daemon, request);
  checkIfMatch(request, etagOf([snapshot.expiresAt]));
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Updating snapshot",
      // LXD names the snapshot as if it were an instance here.
      resources: instanceResources(daemon, [snapshot.name]),
      run: async (handle) => {
        await daemon.pace.spend(0, handle.signal);
        snapshot.expiresAt = textField(request, "expires_at") || goZeroTime;
      },
    }),
  );
}

function renameSnapshot(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { instance, snapshot } = requireSnapshot(daemon, request);
  const name = textField(request, "name");
  if (instance.snapshots.some((other) => other.name === name)) {
    throw new ApiError(409, `Name '${instance.name}/${name}' already in use`);
  }
  const oldName = `${instance.name}/${snapshot.name}`;
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Renaming snapshot",
      resources: instanceResources(daemon, [instance.name]),
      run: async (handle) => {
        await daemon.pace.spend(0, handle.signal);
        snapshot.name = name;
        tellInstance(daemon, instance, {
          action: "instance-snapshot-renamed",
          path: `/snapshots/${name}`,
          context: { old_name: oldName },
        });
      },
    }),
  );
}

function deleteSnapshot(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { instance, snapshot } = requireSnapshot(daemon, request);
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Deleting snapshot",
      resources: instanceResources(daemon, [`${instance.name}/${snapshot.name}`]),
      run: async (handle) => {
        await daemon.pace.spend(1, handle.signal);
        instance.snapshots.splice(instance.snapshots.indexOf(snapshot), 1);
        tellInstance(daemon, instance, { action: "instance-snapshot-deleted", path: `/snapshots/${snapshot.name}` });
      },
    }),
  );
}

/** `PUT /1.0/instances/{name}` with `restore`. A running instance is stopped and started around it. */
export function restoreSnapshot(daemon: Daemon, instance: Instance, name: string): ApiResponse {
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Restoring snapshot",
      resources: instanceResources(daemon, [instance.name]),
      run: async (handle) => {
        const snapshot = instance.snapshots.find((candidate) => candidate.name === name);
        if (snapshot === undefined) throw new ApiError(500, `Snapshot ${instance.name}/${name} does not exist`);
        const lock = lockInstance(instance, "restore", "Failed to create instance restore operation: ");
        try {
          await daemon.pace.spend(1, handle.signal);
          instance.config = { ...snapshot.config };
          instance.devices = snapshot.devices;
          instance.profiles = snapshot.profiles;
          instance.ephemeral = snapshot.ephemeral;
        } finally {
          lock.release();
        }
        tellInstance(daemon, instance, {
          action: "instance-restored",
          context: { snapshot: `${instance.name}/${name}` },
        });
      },
    }),
  );
}
