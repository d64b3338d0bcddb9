import { z } from "zod";

/** Go sends an empty map or list as `null`; inside the program it is empty. */
export const StringMap = z
  .record(z.string(), z.string())
  .nullish()
  .transform((map) => map ?? {});

export const DeviceMap = z
  .record(z.string(), z.record(z.string(), z.string()))
  .nullish()
  .transform((map) => map ?? {});

/** Also an absent list. */
export function listOf<T extends z.ZodType>(item: T) {
  return z
    .array(item)
    .nullish()
    .transform((list) => list ?? []);
}

/** A text that some servers leave out or send as `null`. */
export const Text = z
  .string()
  .nullish()
  .transform((text) => text ?? "");
