/** Who asks: immutable ids; the name is for humans and is never compared. */
export interface Actor {
  readonly teamId: string;
  readonly userId: string;
  readonly userName: string;
}

/** One thing that a person asked for, from Slack's payload to the last line of its story. */
export interface Request {
  /** The reference that is shown with a failure, and that every log line and LXD request of it carries: `r-…`. */
  readonly id: string;
  readonly actor: Actor;
  readonly channelId: string;
  /** What was typed after `/lxd`, normalised; secrets are masked. */
  readonly text: string;
  readonly receivedAt: number;
}
