import { z } from "zod";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { listOf, StringMap, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/storage_pool.go). */
export const StoragePool = z.object({
  name: z.string(),
  description: Text,
  driver: z.string(),
  /** Such as `Created`. */
  status: Text,
  config: StringMap,
  used_by: listOf(z.string()),
});
export type StoragePool = Readonly<z.infer<typeof StoragePool>>;

/** `/1.0/storage-pools`. Pools belong to no project. */
export interface StoragePoolsResource {
  readonly list: () => Promise<readonly StoragePool[]>;
  readonly get: (name: string) => Promise<StoragePool>;
}

export function storagePoolsOf(rest: Rest): StoragePoolsResource {
  return {
    list: () => rest.get(pathOf(["storage-pools"], { recursion: 1 }), listOf(StoragePool)),
    get: (name) => rest.get(pathOf(["storage-pools", name]), StoragePool),
  };
}
