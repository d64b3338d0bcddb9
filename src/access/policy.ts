import { builtInRoles, permissions, unbounded, type Demand, type Permission } from "./permissions.ts";

/** Who wants something, as far as the policy cares: immutable ids. */
export interface Subject {
  readonly teamId: string;
  readonly userId: string;
  readonly groups: readonly string[];
  readonly channelId: string;
}

export interface Grant {
  readonly id: string;
  readonly subject: { readonly kind: "user" | "group" | "channel"; readonly id: string };
  readonly role: string;
  readonly pattern: string;
  readonly expiresAt: number | null;
}

/** All that decides; data, read from the database and the configuration. */
export interface Policy {
  /** From `ADMIN_USER_IDS`: never locked out. */
  readonly admins: readonly { readonly teamId?: string; readonly userId: string }[];
  readonly roles: Readonly<Record<string, readonly Permission[]>>;
  readonly grants: readonly Grant[];
}

/** What a pattern is held against; `*` as a name stands for a command whose target is not known yet. */
export interface PolicyTarget {
  readonly remote: string;
  readonly name: string;
  readonly project: string;
  /** `T…/U…` in `user.chatops.owner`, when the target is an instance that has one. */
  readonly owner?: string;
}

export type Decision =
  | { readonly allow: true; readonly because: string }
  | { readonly allow: false; readonly because: string };

/**
 * May this person do this to that? Deny by default; the order of grants never matters.
 * Without a target the question is whether there is any target at all on which they may.
 */
export function decide(
  policy: Policy,
  {
    subject,
    demand,
    target,
    now,
  }: {
    readonly subject: Subject;
    readonly demand: Demand;
    readonly target?: PolicyTarget;
    readonly now: number;
  },
): Decision {
  if (demand === "anyone") return { allow: true, because: "everybody may" };
  if (isConfiguredAdmin(policy, subject)) return { allow: true, because: "an admin by ADMIN_USER_IDS" };
  for (const grant of policy.grants) {
    if (!isAbout(grant, subject) || (grant.expiresAt !== null && grant.expiresAt <= now)) continue;
    if (!rolePermissions(policy, grant.role).includes(demand)) continue;
    if (unbounded.includes(demand) && !isEverything(grant.pattern)) continue;
    if (target !== undefined && !matches(grant.pattern, target, subject)) continue;
    return { allow: true, because: `${grant.role} on ${grant.pattern} (${grant.id})` };
  }
  return { allow: false, because: `No grant gives ${demand} (${permissions[demand]}).` };
}

export function isConfiguredAdmin(policy: Policy, subject: Pick<Subject, "teamId" | "userId">): boolean {
  return policy.admins.some(
    (admin) => admin.userId === subject.userId && (admin.teamId === undefined || admin.teamId === subject.teamId),
  );
}

function isAbout(grant: Grant, subject: Subject): boolean {
  switch (grant.subject.kind) {
    case "user":
      return grant.subject.id === subject.userId;
    case "group":
      return subject.groups.includes(grant.subject.id);
    case "channel":
      return grant.subject.id === subject.channelId;
    default:
      return grant.subject.kind satisfies never;
  }
}

/** The permissions of a role; a name that is no role has none. A role of the database never replaces a built-in one. */
function rolePermissions(policy: Policy, role: string): readonly Permission[] {
  if (Object.hasOwn(builtInRoles, role)) return builtInRoles[role as keyof typeof builtInRoles]; // just checked
  return Object.hasOwn(policy.roles, role) ? (policy.roles[role] ?? []) : [];
}

/** `remote:name` with `*` in either half, `project=NAME`, `owner=self`, or `*`. */
export function isPattern(pattern: string): boolean {
  return /^(\*|[a-zA-Z0-9*._-]+:[a-zA-Z0-9*._-]+|project=[^\s=]+|owner=self)$/.test(pattern);
}

export function isEverything(pattern: string): boolean {
  return pattern === "*" || pattern === "*:*";
}

/** A pattern never reaches across the colon: `lxd1*` says nothing about what stands behind it. */
export function matches(pattern: string, target: PolicyTarget, subject: Pick<Subject, "teamId" | "userId">): boolean {
  if (!isPattern(pattern)) return false;
  if (pattern === "*") return true;
  if (pattern === "owner=self") return target.owner === `${subject.teamId}/${subject.userId}`;
  if (pattern.startsWith("project=")) return target.project === pattern.slice("project=".length);
  const colon = pattern.indexOf(":");
  return glob(pattern.slice(0, colon), target.remote) && glob(pattern.slice(colon + 1), target.name);
}

/** `*` stands for any letters. Linear in the length of the text: no regular expression is made of a pattern. */
function glob(pattern: string, text: string): boolean {
  const pieces = pattern.split("*");
  const first = pieces[0] ?? "";
  const last = pieces.at(-1) ?? "";
  if (pieces.length === 1) return pattern === text;
  if (!text.startsWith(first) || !text.endsWith(last) || text.length < first.length + last.length) return false;
  let at = first.length;
  const end = text.length - last.length;
  for (const piece of pieces.slice(1, -1)) {
    const found = text.indexOf(piece, at);
    if (found === -1 || found + piece.length > end) return false;
    at = found + piece.length;
  }
  return true;
}
