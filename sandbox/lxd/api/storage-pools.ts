import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { sortKeys } from "../engine/go-json.ts";
import { rootPoolOf, urlOf } from "../engine/instances.ts";
import type { StoragePool } from "../engine/model.ts";
import { sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { recursionOf } from "./preconditions.ts";

const inodes = { used: 423_930, total: 16_777_216 };

/** Pools are seeded and read; making and changing them is not simulated. */
export const storagePoolRoutes: readonly Route[] = [
  { path: "/1.0/storage-pools", GET: { handle: listPools } },
  {
    path: "/1.0/storage-pools/{name}",
    GET: { handle: (daemon, request) => sync(render(daemon, pool(daemon, request))) },
  },
  { path: "/1.0/storage-pools/{name}/resources", GET: { handle: showResources } },
];

function pool(daemon: Daemon, request: ApiRequest): StoragePool {
  const found = daemon.store.pools.get(request.params["name"] ?? "");
  if (found === undefined) throw new ApiError(404, "Storage pool not found");
  return found;
}

function render(daemon: Daemon, storagePool: StoragePool): Record<string, unknown> {
  const instances = daemon.store.instances
    .list(null)
    .filter((instance) => rootPoolOf(daemon, instance) === storagePool.name)
    .flatMap((instance) => {
      const path = `/1.0/instances/${instance.name}`;
      const snapshots = instance.snapshots.map(({ name }) => urlOf(`${path}/snapshots/${name}`, instance.project));
      return [urlOf(path, instance.project), ...snapshots];
    });
  const profiles = daemon.store.profiles
    .list(null)
    .filter((profile) => Object.values(profile.devices).some((options) => options["pool"] === storagePool.name))
    .map((profile) => urlOf(`/1.0/profiles/${profile.name}`, profile.project));
  return {
    config: sortKeys(storagePool.config),
    description: storagePool.description,
    name: storagePool.name,
    driver: storagePool.driver,
    used_by: [...instances, ...profiles],
    status: "Created",
    locations: ["none"],
  };
}

function listPools(daemon: Daemon, request: ApiRequest): ApiResponse {
  const pools = [...daemon.store.pools.values()];
  return sync(
    recursionOf(request) > 0
      ? pools.map((storagePool) => render(daemon, storagePool))
      : pools.map(({ name }) => `/1.0/storage-pools/${name}`),
  );
}

function showResources(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { usedBytes, totalBytes } = pool(daemon, request);
  return sync({ space: { used: usedBytes, total: totalBytes }, inodes });
}
