/** Every bound of the LXD client, in one place. A test or a caller can override single ones at `connect`. */
export interface Limits {
  /** TCP and TLS, for one address. */
  readonly connectMs: number;
  /** A whole request: all addresses, headers and body. */
  readonly requestMs: number;
  readonly responseBytes: number;
  /** Of a log file the last part is kept: the reason of a failure stands at its end. */
  readonly logFileBytes: number;
  /** Of a body that goes into a `CallRecord` or into the trace log. */
  readonly recordedBodyChars: number;
  /** To one address. The events socket and every `/wait` hold one each. */
  readonly parallelConnections: number;
  readonly eventFrameBytes: number;
  readonly eventsOpenMs: number;
  /** How often a ping asks whether the other end of a silent events socket is still there. */
  readonly eventsPingMs: number;
  readonly eventsPongMs: number;
  readonly reconnectFirstMs: number;
  readonly reconnectMaxMs: number;
  /** One `/wait`, when there is no events socket. Short, so that an opened events socket is noticed. */
  readonly waitSliceS: number;
  /** While events are followed: asked this often all the same, in case an event was lost. */
  readonly followRecheckMs: number;
  /** So long a server may be away while an operation is followed, before the caller is told. */
  readonly followUnreachableMs: number;
  /** Read-modify-write: how often a change is computed anew after `412`. */
  readonly modifyAttempts: number;
}

export const defaultLimits = {
  connectMs: 5_000,
  requestMs: 30_000,
  responseBytes: 32 * 1024 * 1024,
  logFileBytes: 1024 * 1024,
  recordedBodyChars: 4_096,
  parallelConnections: 32,
  eventFrameBytes: 4 * 1024 * 1024,
  eventsOpenMs: 10_000,
  eventsPingMs: 30_000,
  eventsPongMs: 15_000,
  reconnectFirstMs: 250,
  reconnectMaxMs: 30_000,
  waitSliceS: 10,
  followRecheckMs: 20_000,
  followUnreachableMs: 120_000,
  modifyAttempts: 4,
} as const satisfies Limits;
