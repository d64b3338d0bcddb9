import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { isUp, requireInstance } from "../engine/instances.ts";
import type { Instance } from "../engine/model.ts";
import { changePower, type PowerAction, type PowerRequest } from "../engine/power.ts";
import { renderState } from "../engine/render.ts";
import { accepted, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { recordField } from "./preconditions.ts";

const instanceStatePut = {
  go: "InstanceStatePut",
  fields: { action: "string", timeout: "int", force: "bool", stateful: "bool" },
} as const;

export const instancesPut = { go: "InstancesPut", fields: { state: instanceStatePut } } as const;

const descriptions = {
  start: "Starting instance",
  stop: "Stopping instance",
  restart: "Restarting instance",
  freeze: "Freezing instance",
  unfreeze: "Unfreezing instance",
} as const satisfies Record<PowerAction, string>;

export const instanceStateRoutes: readonly Route[] = [
  {
    path: "/1.0/instances/{name}/state",
    GET: { handle: (daemon, request) => sync(renderState(daemon, target(daemon, request))) },
    PUT: { body: instanceStatePut, handle: changeState },
  },
];

function target(daemon: Daemon, request: ApiRequest): Instance {
  return requireInstance(daemon, request.project, request.params["name"] ?? "");
}

function powerRequest(request: ApiRequest, body: Readonly<Record<string, unknown>>): PowerRequest {
  const action = (body["action"] as string | undefined) ?? ""; // a string, says the decoder
  if (!isPowerAction(action)) throw new ApiError(400, `Unknown action: '${action}'`);
  return {
    action,
    timeoutSeconds: Number(body["timeout"] ?? 0),
    force: body["force"] === true,
    stateful: body["stateful"] === true,
    requestor: request.requestor,
  };
}

function isPowerAction(action: string): action is PowerAction {
  return Object.hasOwn(descriptions, action);
}

/** If-Match is ignored here, as LXD ignores it. */
function changeState(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const power = powerRequest(request, request.body);
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: descriptions[power.action],
      resources: { instances: [`/1.0/instances/${instance.name}`] },
      run: (handle) => changePower(daemon, instance, { request: power, handle }),
    }),
  );
}

/** `PUT /1.0/instances`: one operation for all instances of the project that the action fits. */
export function changeManyStates(daemon: Daemon, request: ApiRequest): ApiResponse {
  const power = powerRequest(request, recordField(request, "state"));
  const instances = daemon.store.instances.list(request.project).filter(fits[power.action]);
  return accepted(
    daemon.operations.create({
      project: request.project,
      description: descriptions[power.action],
      resources: { instances: instances.map(({ name }) => `/1.0/instances/${name}`) },
      run: async (handle) => {
        const outcomes = await Promise.allSettled(
          instances.map((instance) => changePower(daemon, instance, { request: power, handle })),
        );
        const failed = instances.filter((_, index) => outcomes[index]?.status === "rejected");
        if (failed.length > 0) {
          const names = failed.map(({ name }) => name).join(", ");
          throw new ApiError(500, `Failed to change state of: ${names}`);
        }
      },
    }),
  );
}

/** Which instances a bulk change takes along (lxd/instances_put.go). */
const fits = {
  start: (instance) => instance.status === "Stopped",
  stop: isUp,
  restart: isUp,
  freeze: (instance) => instance.status === "Running",
  unfreeze: (instance) => instance.status === "Frozen",
} as const satisfies Record<PowerAction, (instance: Instance) => boolean>;
