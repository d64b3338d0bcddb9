import { z } from "zod";
import { follow, wait, type FollowOptions } from "../operations/follow.ts";
import { inProject, Operation, type FinishedOperation } from "../operations/shapes.ts";
import type { EventStream } from "../operations/event-stream.ts";
import type { Clock } from "../../clock.ts";
import type { Limits } from "../limits.ts";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { projectsOf } from "./projects.ts";
import { serverOf } from "./server.ts";
import { listOf } from "./shapes.ts";

/** `/1.0/operations`. */
export interface OperationsResource {
  /** Those that go on, or ended less than 5 s ago. */
  readonly list: (query?: {
    readonly project?: string;
    readonly allProjects?: boolean;
  }) => Promise<readonly Operation[]>;
  /** `LxdRefused` 404 when it is forgotten. */
  readonly get: (id: string) => Promise<Operation>;
  /** `LxdRefused` 400 when it cannot be cancelled. */
  readonly cancel: (id: string) => Promise<void>;
  /** The operation as it is at its end, or after `timeoutS` seconds. */
  readonly wait: (id: string, options: { readonly timeoutS: number }) => Promise<Operation>;
  /** See `follow`. */
  readonly follow: (id: string, options?: FollowOptions) => Promise<FinishedOperation>;
}

/** Status → operations (LXD groups them). */
const OperationsByStatus = z
  .record(z.string(), listOf(Operation))
  .nullish()
  .transform((byStatus) => byStatus ?? {});

const allProjectsExtension = "operations_get_query_all_projects";

export function operationsOf(
  rest: Rest,
  context: { readonly events: EventStream; readonly clock: Clock; readonly limits: Limits },
): OperationsResource {
  async function listOnce(query: { readonly project?: string; readonly allProjects?: boolean }) {
    const path = pathOf(["operations"], {
      recursion: 1,
      project: query.project,
      "all-projects": query.allProjects ? true : undefined,
    });
    const operations = Object.values(await rest.get(path, OperationsByStatus)).flat();
    return operations.map((operation) => inProject(operation, query.project ?? ""));
  }

  /** Servers without the extension (LXD 5.0) are asked for each project; what has no project comes each time. */
  async function listEverywhere() {
    const server = await serverOf(rest).get();
    if (server.apiExtensions.has(allProjectsExtension)) return listOnce({ allProjects: true });
    const projects = await projectsOf(rest).list();
    const lists = await Promise.all(projects.map(({ name }) => listOnce({ project: name })));
    return [...new Map(lists.flat().map((operation) => [operation.id, operation])).values()];
  }

  return {
    list: (query = {}) => (query.allProjects ? listEverywhere() : listOnce(query)),
    get: (id) => rest.get(pathOf(["operations", id]), Operation),
    cancel: (id) => rest.change({ method: "DELETE", path: pathOf(["operations", id]) }),
    wait: (id, options) => wait(rest, id, options.timeoutS),
    follow: (id, options) => follow({ rest, ...context }, id, options),
  };
}
