import { z } from "zod";
import { LxdRefused } from "../errors.ts";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { listOf, StringMap, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/image.go). */
export const Image = z.object({
  /** SHA-256, 64 lower-case hex digits. */
  fingerprint: z.string(),
  aliases: listOf(z.object({ name: z.string(), description: Text })),
  architecture: Text,
  /** `container` or `virtual-machine`. */
  type: Text,
  properties: StringMap,
  public: z.boolean(),
  /** Bytes. */
  size: z.number(),
  created_at: Text,
  uploaded_at: Text,
  expires_at: Text,
  last_used_at: Text,
});
export type Image = Readonly<z.infer<typeof Image>>;

export const ImageAlias = z.object({
  name: z.string(),
  description: Text,
  /** The fingerprint. */
  target: z.string(),
  type: Text,
});
export type ImageAlias = Readonly<z.infer<typeof ImageAlias>>;

/** `/1.0/images`: those that are on the server. */
export interface ImagesResource {
  readonly list: (query: { readonly project: string; readonly filter?: string }) => Promise<readonly Image[]>;
  /** By fingerprint, or by its beginning where that is unambiguous. */
  readonly get: (ref: { readonly project: string; readonly fingerprint: string }) => Promise<Image>;
  /** Undefined when there is no such alias, or only for another `type` of instance. */
  readonly alias: (ref: {
    readonly project: string;
    readonly name: string;
    readonly type?: "container" | "virtual-machine";
  }) => Promise<ImageAlias | undefined>;
}

export function imagesOf(rest: Rest): ImagesResource {
  return {
    list: ({ project, filter }) => rest.get(pathOf(["images"], { recursion: 1, project, filter }), listOf(Image)),
    get: ({ project, fingerprint }) => rest.get(pathOf(["images", fingerprint], { project }), Image),
    alias: async ({ project, name, type }) => {
      try {
        const alias = await rest.get(pathOf(["images", "aliases", name], { project }), ImageAlias);
        return type !== undefined && alias.type !== "" && alias.type !== type ? undefined : alias;
      } catch (thrown) {
        if (thrown instanceof LxdRefused && thrown.status === 404) return undefined;
        throw thrown;
      }
    },
  };
}
