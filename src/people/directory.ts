/** What Slack says of a person, in our words. `stranger` comes from another workspace through a shared channel. */
export interface Person {
  readonly teamId: string;
  readonly userId: string;
  /** For humans; never compared. */
  readonly name: string;
  readonly kind: "member" | "guest" | "stranger" | "bot" | "deactivated";
}

/** How long what Slack said of a person is believed. */
export const personCacheMs = 5 * 60_000;

export interface Directory {
  /**
   * Who this is, as Slack says, at most five minutes old.
   * @throws UserError `identity-unknown` when Slack does not say
   */
  readonly person: (id: { readonly teamId: string; readonly userId: string }, signal: AbortSignal) => Promise<Person>;
  /** The user groups that a person is in. Throws like `person`. */
  readonly groupsOf: (
    id: { readonly teamId: string; readonly userId: string },
    signal: AbortSignal,
  ) => Promise<readonly string[]>;
  /** Forgets what was said of a person (a `user_change` event). */
  readonly forget: (id: { readonly teamId: string; readonly userId: string }) => void;
}
