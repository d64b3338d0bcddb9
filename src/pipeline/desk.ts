import type { Read, Store } from "../../db/database.ts";
import type { JobRow } from "../../db/jobs.ts";
import { listGrants } from "../../db/grants.ts";
import { listJobs, openJobStates } from "../../db/jobs.ts";
import type { Decision, PolicyTarget } from "../access/policy.ts";
import type { Permission } from "../access/permissions.ts";
import { recordCalls } from "../audit/trail.ts";
import type { Clock } from "../clock.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Log } from "../log.ts";
import type { Directory } from "../people/directory.ts";
import type { Remotes } from "../remotes/registry.ts";
import type { Command } from "./define.ts";
import type { Identity } from "./identify.ts";
import type { PolicyKeeper } from "./policy.ts";
import type { Registry } from "./registry.ts";
import type { Request } from "./request.ts";
import { createResolver } from "./resolve.ts";
import type { Services } from "./services.ts";

/** What the stages after the acknowledgement share. */
export interface Desk {
  readonly registry: Registry;
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly directory: Directory;
  readonly policy: PolicyKeeper;
  readonly remotes: Remotes;
  readonly inventory: Inventory;
  readonly cancelJob: (jobId: string) => Promise<boolean>;
  readonly about: Services["about"];
  readonly checkAddress: Services["checkAddress"];
}

export function subjectOf(identity: Identity, channelId: string) {
  const { teamId, userId } = identity.actor;
  return { teamId, userId, groups: identity.groups, channelId };
}

/** Everything that a command may be handed, bound to one request. */
export function servicesFor(
  desk: Desk,
  {
    request,
    identity,
    signal,
  }: { readonly request: Request; readonly identity: Identity; readonly signal: AbortSignal },
): Services {
  const read: Read = desk.store.read;
  const caller = { requestId: request.id, signal, record: recordCalls(read, desk.clock, desk.log) };
  const subject = subjectOf(identity, request.channelId);
  return {
    lxd: (remote) => desk.remotes.lxd(remote, caller),
    dial: (remote, endpoint) => desk.remotes.dial(remote, endpoint, caller),
    remotes: desk.remotes,
    inventory: desk.inventory,
    resolve: createResolver({
      registry: desk.remotes,
      inventory: desk.inventory,
      store: read,
      request: { teamId: request.actor.teamId, channelId: request.channelId },
      signal,
    }),
    may: (permission: Permission, target?: PolicyTarget): Decision =>
      desk.policy.decide({ subject, demand: permission, ...(target === undefined ? {} : { target }) }),
    grants: () => listGrants(read, request.actor.teamId),
    store: read,
    jobs: {
      on: (target): Promise<readonly JobRow[]> => listJobs(read, { states: openJobStates, target, limit: 20 }),
      cancel: desk.cancelJob,
    },
    clock: desk.clock,
    about: desk.about,
    checkAddress: desk.checkAddress,
  };
}

/** Only what the declaration asks for. */
export function narrow(command: Command, services: Services): Services {
  const needed: readonly string[] = command.needs;
  // the command's own type says Pick<Services, needs>; see defineCommand
  return Object.fromEntries(Object.entries(services).filter(([name]) => needed.includes(name))) as unknown as Services;
}
