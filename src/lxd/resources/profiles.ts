import { z } from "zod";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { DeviceMap, listOf, StringMap, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/profile.go). */
export const Profile = z.object({
  name: z.string(),
  description: Text,
  config: StringMap,
  devices: DeviceMap,
  /** Paths of the instances that have it. */
  used_by: listOf(z.string()),
});
export type Profile = Readonly<z.infer<typeof Profile>>;

/** `/1.0/profiles`. */
export interface ProfilesResource {
  readonly list: (query: { readonly project: string }) => Promise<readonly Profile[]>;
  readonly get: (ref: { readonly project: string; readonly name: string }) => Promise<Profile>;
}

export function profilesOf(rest: Rest): ProfilesResource {
  return {
    list: ({ project }) => rest.get(pathOf(["profiles"], { recursion: 1, project }), listOf(Profile)),
    get: ({ project, name }) => rest.get(pathOf(["profiles", name], { project }), Profile),
  };
}
