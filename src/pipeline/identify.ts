import { UserError } from "../errors.ts";
import type { Directory, Person } from "../people/directory.ts";
import type { Actor } from "./request.ts";

/** Why some people may not use the bot at all, whatever has been granted. */
const refusals = {
  guest: "Guests cannot use this bot.",
  stranger: "People from other workspaces cannot use this bot.",
  bot: "Bots cannot use this bot.",
  deactivated: "This account is deactivated.",
} as const satisfies Record<Exclude<Person["kind"], "member">, string>;

export interface Identity {
  readonly actor: Actor;
  readonly groups: readonly string[];
}

/**
 * Who asks, as Slack says now (at most five minutes ago), by immutable ids.
 * @throws UserError `identity-refused`, `identity-unknown`
 */
export async function identify(
  directory: Directory,
  id: { readonly teamId: string; readonly userId: string },
  signal: AbortSignal,
): Promise<Identity> {
  const person = await directory.person(id, signal);
  if (person.kind !== "member") {
    throw new UserError("identity-refused", {
      what: refusals[person.kind],
      next: "Ask a member of this workspace to do it.",
    });
  }
  return {
    actor: { teamId: id.teamId, userId: id.userId, userName: person.name },
    groups: await directory.groupsOf(id, signal),
  };
}
