import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import type { Operation } from "../engine/operations.ts";
import { emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { projectScope, recursionOf } from "./preconditions.ts";

export const operationRoutes: readonly Route[] = [
  { path: "/1.0/operations", GET: { handle: listOperations } },
  {
    path: "/1.0/operations/{id}",
    GET: { handle: (daemon, request) => sync(requireOperation(daemon, request).render()) },
    DELETE: { handle: cancelOperation },
  },
  { path: "/1.0/operations/{id}/wait", GET: { handle: waitForOperation } },
];

function requireOperation(daemon: Daemon, request: ApiRequest): Operation {
  const operation = daemon.operations.get(request.params["id"] ?? "");
  if (operation === undefined) throw new ApiError(404, "Operation not found");
  return operation;
}

function listOperations(daemon: Daemon, request: ApiRequest): ApiResponse {
  const full = recursionOf(request) > 0;
  const byStatus: Record<string, unknown[]> = {};
  for (const operation of daemon.operations.list(projectScope(request))) {
    const rendered = operation.render();
    const group = (byStatus[rendered.status.toLowerCase()] ??= []);
    group.push(full ? rendered : `/1.0/operations/${operation.id}`);
  }
  return sync(byStatus);
}

function cancelOperation(daemon: Daemon, request: ApiRequest): ApiResponse {
  const operation = requireOperation(daemon, request);
  operation.cancel();
  daemon.events.lifecycle({
    action: "operation-cancelled",
    source: `/1.0/operations/${operation.id}`,
    project: operation.project,
    requestor: request.requestor,
  });
  return emptySync;
}

async function waitForOperation(daemon: Daemon, request: ApiRequest): Promise<ApiResponse> {
  const operation = requireOperation(daemon, request);
  const text = request.query.get("timeout") ?? "-1";
  if (!/^-?\d+$/.test(text)) throw new ApiError(500, `strconv.Atoi: parsing "${text}": invalid syntax`);
  await operation.wait(Number(text), request.signal);
  const rendered = operation.render();
  if (daemon.flavour.waitAnswersError && rendered.status === "Failure") {
    return { kind: "late-error", code: operation.failureCode(), error: rendered.err };
  }
  return sync(rendered);
}
