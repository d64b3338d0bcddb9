/** How a person is written down on servers and in the database: `T…/U…`. */
export function actorKey(actor: { readonly teamId: string; readonly userId: string }): string {
  return `${actor.teamId}/${actor.userId}`;
}

/** The user of such a text; undefined for anything else, as whoever may configure an instance can write there. */
export function userOf(key: string | undefined): string | undefined {
  return /^T[A-Z0-9]+\/([UW][A-Z0-9]+)$/.exec(key ?? "")?.[1];
}
