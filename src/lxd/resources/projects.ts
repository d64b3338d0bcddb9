import { z } from "zod";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { listOf, StringMap, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/project.go). */
export const Project = z.object({ name: z.string(), description: Text, config: StringMap });
export type Project = Readonly<z.infer<typeof Project>>;

/** `/1.0/projects`. */
export interface ProjectsResource {
  readonly list: () => Promise<readonly Project[]>;
  readonly get: (name: string) => Promise<Project>;
}

export function projectsOf(rest: Rest): ProjectsResource {
  return {
    list: () => rest.get(pathOf(["projects"], { recursion: 1 }), listOf(Project)),
    get: (name) => rest.get(pathOf(["projects", name]), Project),
  };
}
