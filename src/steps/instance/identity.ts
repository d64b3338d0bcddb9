import { UserError } from "../../errors.ts";
import type { Lxd } from "../../lxd/connection.ts";
import { LxdRefused } from "../../lxd/errors.ts";
import type { Instance } from "../../lxd/resources/instance-shapes.ts";
import type { Place } from "../../jobs/step-kind.ts";

/** Status codes of instances (canonical/lxd, shared/api/status_code.go). */
export const statusCode = { stopped: 102, running: 103, frozen: 110 } as const;

/** Keys that the bot writes on what it creates, so that anyone can see where it came from. */
export const stamps = {
  job: "user.chatops.job",
  owner: "user.chatops.owner",
  thread: "user.chatops.thread",
} as const;

/** What makes an instance this one, and not a later one of the same name. */
export function identityOf(instance: Pick<Instance, "config" | "created_at">): string {
  return instance.config["volatile.uuid"] ?? instance.created_at;
}

/** The instance, or undefined when there is none of this name. */
export async function findInstance(lxd: Lxd, place: Pick<Place, "project" | "name">): Promise<Instance | undefined> {
  try {
    return (await lxd.instances.get({ project: place.project, name: place.name })).value;
  } catch (error) {
    if (error instanceof LxdRefused && error.status === 404) return undefined;
    throw error;
  }
}

/** @throws UserError `instance-missing` */
export async function requireInstance(lxd: Lxd, place: Place): Promise<Instance> {
  const instance = await findInstance(lxd, place);
  if (instance) return instance;
  throw missing(place);
}

export function missing(place: Place): UserError {
  return new UserError("instance-missing", {
    what: `There is no instance ${place.remote}:${place.name}${place.project === "default" ? "" : ` in project ${place.project}`}.`,
    next: "See what there is with `/lxd list`.",
  });
}

/** The instance that was meant is gone, and another has its name. */
export function replaced(place: Place): UserError {
  return new UserError("plan-changed", {
    what: `${place.remote}:${place.name} is another instance than when this began, so it was left alone.`,
    next: `Look at it with \`/lxd info ${place.remote}:${place.name}\`.`,
  });
}
