/** Milliseconds since 1970, UTC. Tests put their own clock in, to let `response_url`s and triggers grow old. */
export interface Clock {
  readonly now: () => number;
}

export const systemClock: Clock = { now: () => Date.now() };
