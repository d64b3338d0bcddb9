import type { Migration } from "kysely/migration";
import { spine } from "./001-spine.ts";

/** Forward only, in order of their names; a landed one is never edited. */
export const schemaSteps: Readonly<Record<string, Migration>> = {
  "001-spine": spine,
};
