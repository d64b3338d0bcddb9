import type { Inventory } from "../inventory/inventory.ts";
import type { Remotes } from "../remotes/registry.ts";
import type { HelpFacts } from "./help.ts";

/** This team's own names, for examples; from memory. */
export function helpFacts(remotes: Remotes, inventory: Inventory): HelpFacts {
  const [first, second] = remotes.names;
  const remote = remotes.defaultName ?? first;
  const instance = remote === undefined ? undefined : inventory.view(remote)?.instances[0];
  return {
    ...(remote === undefined ? {} : { remote }),
    ...(second === undefined ? {} : { other: second }),
    ...(instance === undefined ? {} : { instance: instance.name }),
  };
}
