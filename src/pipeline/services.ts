import type { GrantRow } from "../../db/grants.ts";
import type { JobRow } from "../../db/jobs.ts";
import type { Read } from "../../db/database.ts";
import type { Permission } from "../access/permissions.ts";
import type { Decision, PolicyTarget } from "../access/policy.ts";
import type { Clock } from "../clock.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Lxd } from "../lxd/connection.ts";
import type { Endpoint } from "../lxd/transport/routes.ts";
import type { Remotes } from "../remotes/registry.ts";
import type { Resolver } from "./resolve.ts";

/**
 * What commands may ask for, each by name in its `needs`. All of it is bound to the request: what is read of servers
 * stands in its story, and questions of permission are about its actor.
 */
export interface Services {
  readonly lxd: (remote: string) => Lxd;
  /** A client of a server that is no remote. */
  readonly dial: (remote: string, endpoint: Endpoint) => Lxd;
  readonly remotes: Remotes;
  readonly inventory: Inventory;
  readonly resolve: Resolver;
  readonly may: (permission: Permission, target?: PolicyTarget) => Decision;
  readonly grants: () => Promise<readonly GrantRow[]>;
  /** The bot's own database, for reading. */
  readonly store: Read;
  readonly jobs: JobService;
  readonly clock: Clock;
  readonly about: { readonly version: string; readonly mode: string; readonly startedAt: number };
  /** Which addresses a remote may have. Throws UserError `remote-address`. */
  readonly checkAddress: (address: string) => void;
}

export interface JobService {
  /** Jobs that are not over and touch this. */
  readonly on: (target: string) => Promise<readonly JobRow[]>;
  /** See `Runner.cancel`. */
  readonly cancel: (jobId: string) => Promise<boolean>;
}
