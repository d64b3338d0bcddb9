import { z } from "zod";
import { LxdRefused } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { lastSegment, pathOf } from "../transport/path.ts";
import type { Rest, StartedOperation } from "../transport/rest.ts";
import {
  Instance,
  InstanceFull,
  InstanceSnapshot,
  InstanceState,
  writable,
  type InstancePut,
  type InstancesPost,
  type StateChange,
} from "./instance-shapes.ts";
import { listOf } from "./shapes.ts";

export interface InstanceRef {
  readonly project: string;
  readonly name: string;
}

export interface InstanceQuery<R extends 1 | 2> {
  readonly project?: string;
  readonly allProjects?: boolean;
  /** 2 adds state and snapshots, at the cost of asking each instance. */
  readonly recursion: R;
  /** OData-like, such as `status eq Running` (doc/rest-api.md, "Filtering"). */
  readonly filter?: string;
}

type Listed<R extends 1 | 2> = R extends 2 ? InstanceFull : Instance;

/** `/1.0/instances`. What starts an operation answers before it has happened: follow it by its id. */
export interface InstancesResource {
  readonly list: <R extends 1 | 2>(query: InstanceQuery<R>) => Promise<readonly Listed<R>[]>;
  readonly get: (ref: InstanceRef) => Promise<{ readonly value: Instance; readonly etag: string }>;
  readonly state: (ref: InstanceRef) => Promise<InstanceState>;
  /** `target`: a cluster member. */
  readonly create: (
    project: string,
    body: InstancesPost,
    options?: { readonly target?: string },
  ) => Promise<StartedOperation>;
  readonly changeState: (ref: InstanceRef, change: StateChange) => Promise<StartedOperation>;
  readonly rename: (ref: InstanceRef, newName: string) => Promise<StartedOperation>;
  readonly delete: (ref: InstanceRef) => Promise<StartedOperation>;
  /** PUT: the whole writable part. With an ETag that is not the current one: `LxdRefused` 412. */
  readonly update: (ref: InstanceRef, body: InstancePut, etag: string) => Promise<StartedOperation>;
  /** PATCH: keys that are given are replaced, others stay. Done when it answers. */
  readonly patch: (ref: InstanceRef, body: Partial<InstancePut>, etag: string) => Promise<void>;
  /**
   * Read-modify-write. `change` computes the new writable part from the current instance, again for each attempt;
   * undefined means that nothing is to be done, then the answer is undefined too. Gives up with `LxdRefused` 412.
   */
  readonly modify: (
    ref: InstanceRef,
    change: (current: Instance) => InstancePut | undefined,
    options?: { readonly attempts?: number },
  ) => Promise<StartedOperation | undefined>;
  readonly snapshots: (ref: InstanceRef) => Promise<readonly InstanceSnapshot[]>;
  /** File names. */
  readonly logs: (ref: InstanceRef) => Promise<readonly string[]>;
  /** The end of the file, where it is longer than the limit. */
  readonly logFile: (ref: InstanceRef, file: string) => Promise<{ readonly text: string; readonly truncated: boolean }>;
}

const preconditionFailed = 412;

function pathTo(ref: InstanceRef, ...more: readonly string[]): string {
  return pathOf(["instances", ref.name, ...more], { project: ref.project });
}

export function instancesOf(rest: Rest, limits: Limits): InstancesResource {
  const get = (ref: InstanceRef) => rest.getTagged(pathTo(ref), Instance);
  const update = (ref: InstanceRef, body: InstancePut, etag: string) =>
    rest.start({ method: "PUT", path: pathTo(ref), body, etag });

  return {
    list: async (query) => {
      const path = pathOf(["instances"], {
        recursion: query.recursion,
        project: query.project,
        "all-projects": query.allProjects ? true : undefined,
        filter: query.filter,
      });
      const listed = await rest.get<readonly Instance[]>(path, listOf(query.recursion === 2 ? InstanceFull : Instance));
      // the schema was chosen by the same `recursion` that decides the type
      return listed as readonly Listed<typeof query.recursion>[];
    },
    get,
    state: (ref) => rest.get(pathTo(ref, "state"), InstanceState),
    create: (project, body, options = {}) =>
      rest.start({ method: "POST", path: pathOf(["instances"], { project, target: options.target }), body }),
    changeState: (ref, change) => rest.start({ method: "PUT", path: pathTo(ref, "state"), body: change }),
    rename: (ref, newName) => rest.start({ method: "POST", path: pathTo(ref), body: { name: newName } }),
    delete: (ref) => rest.start({ method: "DELETE", path: pathTo(ref) }),
    update,
    patch: (ref, body, etag) => rest.change({ method: "PATCH", path: pathTo(ref), body, etag }),
    modify: async (ref, change, options = {}) => {
      const attempts = options.attempts ?? limits.modifyAttempts;
      for (let attempt = 1; ; attempt += 1) {
        const current = await get(ref);
        const next = change(current.value);
        if (next === undefined) return undefined;
        try {
          return await update(ref, { ...writable(current.value), ...next }, current.etag);
        } catch (thrown) {
          const changedMeanwhile = thrown instanceof LxdRefused && thrown.status === preconditionFailed;
          if (!changedMeanwhile || attempt >= attempts) throw thrown;
        }
      }
    },
    snapshots: (ref) => {
      const path = pathOf(["instances", ref.name, "snapshots"], { recursion: 1, project: ref.project });
      return rest.get(path, listOf(InstanceSnapshot));
    },
    logs: async (ref) => (await rest.get(pathTo(ref, "logs"), listOf(z.string()))).map(lastSegment),
    logFile: (ref, file) => rest.text(pathTo(ref, "logs", file), limits.logFileBytes),
  };
}
