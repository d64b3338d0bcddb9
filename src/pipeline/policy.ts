import { listGrants, listRoles } from "../../db/grants.ts";
import type { Read } from "../../db/database.ts";
import { permissions, type Demand, type Permission } from "../access/permissions.ts";
import { decide, type Decision, type Grant, type Policy, type PolicyTarget, type Subject } from "../access/policy.ts";
import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import type { Log } from "../log.ts";

type Admins = Policy["admins"];

/**
 * The policy as the database has it, kept in memory so that it can be asked before an acknowledgement. Read again for
 * each request and after each change. One that cannot be read denies everything but what everybody may.
 */
export class PolicyKeeper {
  readonly #admins: Admins;
  readonly #store: Read;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #byTeam = new Map<string, Policy>();

  constructor(options: { readonly admins: Admins; readonly store: Read; readonly clock: Clock; readonly log: Log }) {
    this.#admins = options.admins;
    this.#store = options.store;
    this.#clock = options.clock;
    this.#log = options.log;
  }

  async reload(teamId: string): Promise<void> {
    try {
      const [grants, roles] = await Promise.all([listGrants(this.#store, teamId), listRoles(this.#store)]);
      this.#byTeam.set(teamId, {
        admins: this.#admins,
        roles: Object.fromEntries(roles.map((role) => [role.name, readPermissions(role.permissions)])),
        grants: grants.map((row): Grant => ({
          id: row.id,
          subject: { kind: row.subject_kind, id: row.subject_id },
          role: row.role,
          pattern: row.pattern,
          expiresAt: row.expires_at,
        })),
      });
    } catch (error) {
      this.#byTeam.set(teamId, { admins: [], roles: {}, grants: [] });
      this.#log.error({ teamId, error: messageOf(error) }, "the policy cannot be read: everything is denied");
    }
  }

  /** The decision by what is in memory. Before the first `reload` of a team only the configured admins are known. */
  decide(question: { readonly subject: Subject; readonly demand: Demand; readonly target?: PolicyTarget }): Decision {
    const policy = this.#byTeam.get(question.subject.teamId) ?? { admins: this.#admins, roles: {}, grants: [] };
    return decide(policy, { ...question, now: this.#clock.now() });
  }
}

/** What is no list of known permissions is no permission at all. */
function readPermissions(json: string): readonly Permission[] {
  const value: unknown = JSON.parse(json);
  if (!Array.isArray(value)) return [];
  return value.filter((each): each is Permission => typeof each === "string" && Object.hasOwn(permissions, each));
}
