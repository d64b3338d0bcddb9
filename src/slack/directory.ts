import type { WebClient } from "@slack/web-api";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { personCacheMs, type Directory, type Person } from "../people/directory.ts";
import { failureOf } from "./web/failures.ts";

const maxPeople = 5_000;
const attempts = 3;
const retryDelayMs = 300;
/** A longer `Retry-After` is not waited for: the person is told instead. */
const maxRetryAfterMs = 5_000;

export interface DirectoryOptions {
  readonly web: WebClient;
  readonly clock: Clock;
  readonly home: () => { readonly teamId: string; readonly enterpriseId?: string | undefined };
}

interface Held<T> {
  readonly at: number;
  readonly value: Promise<T>;
}

interface Id {
  readonly teamId: string;
  readonly userId: string;
}

/** People as Slack's `users.info` and `usergroups.list` tell of them, asked for at most once in five minutes each. */
export function createDirectory({ web, clock, home }: DirectoryOptions): Directory {
  const people = new Map<string, Held<Person>>();
  let groups: Held<ReadonlyMap<string, readonly string[]>> | undefined;

  return {
    async person(id, signal) {
      const key = `${id.teamId}/${id.userId}`;
      const held = people.get(key);
      if (held !== undefined && clock.now() - held.at < personCacheMs) return within(held.value, signal);
      const value = askWho(id);
      people.delete(key);
      people.set(key, { at: clock.now(), value });
      if (people.size > maxPeople) people.delete(people.keys().next().value ?? "");
      // what was not answered is asked again
      value.catch(() => people.get(key)?.value === value && people.delete(key));
      return within(value, signal);
    },
    async groupsOf({ userId }, signal) {
      if (groups === undefined || clock.now() - groups.at >= personCacheMs) {
        const asked = { at: clock.now(), value: askGroups() };
        groups = asked;
        asked.value.catch(() => {
          if (groups === asked) groups = undefined;
        });
      }
      return (await within(groups.value, signal)).get(userId) ?? [];
    },
    forget({ teamId, userId }) {
      people.delete(`${teamId}/${userId}`);
      groups = undefined;
    },
  };

  async function askWho(id: Id): Promise<Person> {
    const { user } = await patiently(() => web.users.info({ user: id.userId }));
    if (user?.id !== id.userId) throw unknown("Slack's answer is about somebody else.");
    const { teamId, enterpriseId } = home();
    const elsewhere =
      user.team_id !== undefined &&
      user.team_id !== teamId &&
      (enterpriseId === undefined || user.enterprise_user?.enterprise_id !== enterpriseId);
    return {
      ...id,
      name: user.profile?.display_name || user.real_name || user.name || id.userId,
      kind: kindOf({
        ...user,
        is_stranger: user.is_stranger === true || elsewhere || id.teamId !== (user.team_id ?? id.teamId),
      }),
    };
  }

  async function askGroups(): Promise<ReadonlyMap<string, readonly string[]>> {
    const answer = await patiently(() => web.usergroups.list({ include_users: true }), ["paid_teams_only"]);
    const byUser = new Map<string, string[]>();
    for (const { id, users } of answer.usergroups ?? []) {
      for (const user of users ?? []) {
        if (id !== undefined) byUser.set(user, [...(byUser.get(user) ?? []), id]);
      }
    }
    return byUser;
  }

  /** Fails closed: whatever keeps Slack from answering, nobody is anybody. */
  async function patiently<T extends object>(
    call: () => Promise<T>,
    empty: readonly string[] = [],
  ): Promise<Partial<T>> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        return await call();
      } catch (error) {
        const failure = failureOf(error);
        if (failure.kind === "refused" && empty.includes(failure.error)) return {};
        const waitMs = failure.kind === "limited" ? failure.afterMs : retryDelayMs * attempt;
        if (failure.kind === "refused" || attempt === attempts || waitMs > maxRetryAfterMs)
          throw unknown(failure.error);
        await clock.sleep(waitMs);
      }
    }
  }
}

interface Traits {
  readonly deleted?: boolean;
  readonly is_bot?: boolean;
  readonly is_stranger: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
}

function kindOf(user: Traits): Person["kind"] {
  if (user.deleted === true) return "deactivated";
  if (user.is_bot === true) return "bot";
  if (user.is_stranger) return "stranger";
  return user.is_restricted === true || user.is_ultra_restricted === true ? "guest" : "member";
}

function unknown(why: string): UserError {
  return new UserError("identity-unknown", {
    what: "Slack did not say who you are, so nothing was done.",
    why,
    next: "Type the command again in a minute.",
  });
}

/** The library takes no signal: the asker stops waiting, and the answer is kept for the next one. */
async function within<T>(answer: Promise<T>, signal: AbortSignal): Promise<T> {
  signal.throwIfAborted();
  return new Promise((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted"));
    signal.addEventListener("abort", onAbort, { once: true });
    answer.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
