/**
 * What can go wrong with a server, in three classes: it said no (`LxdRefused`), it could not be reached
 * (`LxdUnreachable`), it answered something else than LXD does (`LxdNonsense`). An aborted request is none of them: the
 * signal's reason is thrown as it is.
 */
export interface CallPlace {
  readonly remote: string;
  readonly method: string;
  /** With its query; secrets in it are redacted. */
  readonly path: string;
}

abstract class LxdError extends Error {
  readonly remote: string;
  readonly method: string;
  readonly path: string;

  constructor(place: CallPlace, text: string, cause?: unknown) {
    super(`${place.remote}: ${place.method} ${place.path}: ${text}`, cause === undefined ? undefined : { cause });
    this.remote = place.remote;
    this.method = place.method;
    this.path = place.path;
  }
}

/** LXD understood and said no. Nothing was changed, except where LXD's own text says otherwise. */
export class LxdRefused extends LxdError {
  /** LXD's `error_code`: 400, 403, 404, 409, 412, 500… */
  readonly status: number;
  /** LXD's own words. */
  readonly errorText: string;

  constructor(place: CallPlace, refusal: { readonly status: number; readonly errorText: string }) {
    super(place, `${refusal.errorText} (${refusal.status})`);
    this.name = "LxdRefused";
    this.status = refusal.status;
    this.errorText = refusal.errorText;
  }
}

/** What each kind of unreachability means, for a person. */
const unreachableKinds = {
  refused: "nothing listens at the address",
  timeout: "no answer in time",
  dns: "the name of the host cannot be resolved",
  "no-route": "there is no network route to the host",
  cut: "the connection was cut",
  tls: "no TLS connection could be made; is this the port of an LXD server?",
  "tls-pin-changed":
    "the server shows another certificate than the one that was pinned: it was reinstalled, its certificate was renewed, " +
    "or someone else answers in its place; nothing was sent to it",
  "certificate-expired": "the server's certificate is not valid at this time; nothing was sent to it",
  "socket-missing": "there is no socket at this path: LXD does not run here, or runs elsewhere",
  permission: "the bot's process may not open the socket; it must be in the group that owns it",
  other: "the connection failed",
} as const satisfies Record<string, string>;

export type UnreachableKind = keyof typeof unreachableKinds;

/** No answer from the server. Where `mayHaveArrived` is true, it is not known whether the request was carried out. */
export class LxdUnreachable extends LxdError {
  readonly kind: UnreachableKind;
  /** False only if it is certain that no byte of the request left. */
  readonly mayHaveArrived: boolean;
  /** The system's own words, such as `connect ECONNREFUSED 127.0.0.1:8443`. */
  readonly detail: string;

  constructor(
    place: CallPlace,
    failure: {
      readonly kind: UnreachableKind;
      readonly mayHaveArrived: boolean;
      readonly detail: string;
      readonly cause?: unknown;
    },
  ) {
    super(place, `${unreachableKinds[failure.kind]} (${failure.detail})`, failure.cause);
    this.name = "LxdUnreachable";
    this.kind = failure.kind;
    this.mayHaveArrived = failure.mayHaveArrived;
    this.detail = failure.detail;
  }
}

/** The answer is not LXD's: no JSON, another shape than its API describes, too large. The request may have been carried out. */
export class LxdNonsense extends LxdError {
  readonly status: number | undefined;
  readonly detail: string;

  constructor(
    place: CallPlace,
    answer: { readonly status?: number; readonly detail: string; readonly cause?: unknown },
  ) {
    super(place, `the answer makes no sense: ${answer.detail}`, answer.cause);
    this.name = "LxdNonsense";
    this.status = answer.status;
    this.detail = answer.detail;
  }
}
