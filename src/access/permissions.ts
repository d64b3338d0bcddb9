/** What a person can be allowed to do. A command's declaration names one; roles are sets of them. */
export const permissions = {
  "instance.read": "see instances, their state and their configuration",
  "instance.create": "create instances",
  "instance.start": "start, restart, pause and resume instances",
  "instance.stop": "stop instances",
  "instance.delete": "delete instances",
  "instance.rename": "rename instances",
  "image.read": "see images",
  "operation.read": "see operations",
  "operation.cancel": "cancel operations",
  "job.read": "see jobs and their stories",
  "job.cancel": "cancel the jobs of other people",
  "remote.read": "see remotes",
  "remote.write": "add, rename and remove remotes, and choose defaults",
  "access.read": "see who may do what",
  "access.write": "grant and revoke",
  "host.reach": "use settings and devices that reach the host",
  "audit.read": "read the stories of other people's requests",
} as const satisfies Record<string, string>;

export type Permission = keyof typeof permissions;

/**
 * What is about the bot itself, or about everybody: a grant gives it only when its target is everything. An admin of
 * `lxd1:web-*` is no admin of the bot.
 */
export const unbounded: readonly Permission[] = [
  "access.read",
  "access.write",
  "audit.read",
  "job.cancel",
  "remote.write",
];

/** A command that everybody who is somebody may use: help, version, their own jobs. */
export type Demand = Permission | "anyone";

const viewer = ["instance.read", "image.read", "operation.read", "job.read", "remote.read"] as const;
const operator = [
  ...viewer,
  "instance.create",
  "instance.start",
  "instance.stop",
  "instance.delete",
  "instance.rename",
  "operation.cancel",
] as const;

/** The roles that are always there. `admin` is everything, on every target. */
export const builtInRoles = {
  viewer,
  operator,
  admin: Object.keys(permissions) as readonly Permission[], // the keys of a const object are exactly its key type
} as const satisfies Record<string, readonly Permission[]>;

export type BuiltInRole = keyof typeof builtInRoles;
