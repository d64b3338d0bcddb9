import type { UnreachableKind } from "../errors.ts";

/** The socket never came to be usable: no byte of the request left. */
export class NotConnected extends Error {
  override readonly cause: Error;

  constructor(cause: Error) {
    super(cause.message);
    this.name = "NotConnected";
    this.cause = cause;
  }
}

/** The certificate is trusted by the pinned one, but is not the pinned one. */
export class PinMismatch extends Error {
  constructor(shown: string) {
    super(`the server shows the certificate ${shown}`);
    this.name = "PinMismatch";
  }
}

/**
 * Node's, OpenSSL's and undici's codes. With the pinned certificate as only authority, every "cannot verify" of OpenSSL
 * means that another certificate was shown.
 */
const kindByCode: Readonly<Record<string, UnreachableKind>> = {
  ECONNREFUSED: "refused",
  ETIMEDOUT: "timeout",
  UND_ERR_CONNECT_TIMEOUT: "timeout",
  UND_ERR_HEADERS_TIMEOUT: "timeout",
  UND_ERR_BODY_TIMEOUT: "timeout",
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EHOSTUNREACH: "no-route",
  ENETUNREACH: "no-route",
  EADDRNOTAVAIL: "no-route",
  ECONNRESET: "cut",
  EPIPE: "cut",
  UND_ERR_SOCKET: "cut",
  ENOENT: "socket-missing",
  ENOTDIR: "socket-missing",
  EACCES: "permission",
  EPERM: "permission",
  CERT_HAS_EXPIRED: "certificate-expired",
  CERT_NOT_YET_VALID: "certificate-expired",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls-pin-changed",
  SELF_SIGNED_CERT_IN_CHAIN: "tls-pin-changed",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls-pin-changed",
  UNABLE_TO_GET_ISSUER_CERT: "tls-pin-changed",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls-pin-changed",
  CERT_SIGNATURE_FAILURE: "tls-pin-changed",
  CERT_UNTRUSTED: "tls-pin-changed",
  INVALID_CA: "tls-pin-changed",
  INVALID_PURPOSE: "tls-pin-changed",
  EPROTO: "tls",
};

export interface Failure {
  readonly kind: UnreachableKind;
  readonly mayHaveArrived: boolean;
  readonly detail: string;
}

/** What a failed request means. */
export function classify(thrown: unknown): Failure {
  const mayHaveArrived = !(thrown instanceof NotConnected);
  const error = thrown instanceof NotConnected ? thrown.cause : thrown;
  const detail = describe(error);
  if (error instanceof PinMismatch) return { kind: "tls-pin-changed", mayHaveArrived, detail };
  const code = codeOf(error);
  const kind = kindByCode[code] ?? (code.startsWith("ERR_SSL_") || code.startsWith("ERR_TLS_") ? "tls" : "other");
  return { kind, mayHaveArrived, detail };
}

/** Which of several failures says most: a changed certificate is never hidden by a port that is merely closed. */
export function moreTelling(a: Failure | undefined, b: Failure): Failure {
  if (a === undefined) return b;
  return weight(b) > weight(a) ? b : a;
}

function weight(failure: Failure): number {
  if (failure.kind === "tls-pin-changed") return 2;
  return failure.kind === "certificate-expired" ? 1 : 0;
}

function codeOf(error: unknown): string {
  if (!(error instanceof Error) || !("code" in error)) return "";
  return typeof error.code === "string" ? error.code : "";
}

function describe(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const code = codeOf(error);
  const text = error.message === "" ? error.name : error.message;
  return code === "" || text.includes(code) ? text : `${text}, ${code}`;
}
