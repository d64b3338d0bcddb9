import type { Daemon } from "../engine/daemon.ts";
import type { Requestor } from "../engine/events.ts";
import type { Operation } from "../engine/operations.ts";
import type { BodyShape } from "./body.ts";

/** A request as the handlers see it. */
export interface ApiRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  /** The decoded path parameters. */
  readonly params: Readonly<Record<string, string>>;
  /** `?project=`, or "default". */
  readonly project: string;
  /** The decoded body; `{}` where a route takes none. */
  readonly body: Readonly<Record<string, unknown>>;
  readonly rawBody: string;
  readonly ifMatch: string | null;
  readonly trusted: boolean;
  /** The certificate that the client showed during the TLS handshake, if any. */
  readonly clientCertificatePem: string | null;
  readonly requestor: Requestor;
  /** Aborts when the client hangs up. */
  readonly signal: AbortSignal;
}

export type ApiResponse =
  | { readonly kind: "sync"; readonly metadata: unknown; readonly etag?: string; readonly location?: string }
  | { readonly kind: "async"; readonly operation: Operation }
  /** Only what a WebSocket library says to a plain GET. */
  | { readonly kind: "refused-upgrade" }
  | { readonly kind: "raw"; readonly body: string; readonly headers: Readonly<Record<string, string>> }
  /** Incus writes the headers of `/wait` before it knows the outcome. */
  | { readonly kind: "late-error"; readonly code: number; readonly error: string };

export type Handler = (daemon: Daemon, request: ApiRequest) => ApiResponse | Promise<ApiResponse>;

export interface Endpoint {
  readonly handle: Handler;
  readonly body?: BodyShape;
  /** Answered to clients that are not trusted, too. */
  readonly untrusted?: true;
}

export interface Route {
  /** `/1.0/instances/{name}`: a parameter is one path segment. */
  readonly path: string;
  readonly GET?: Endpoint;
  readonly PUT?: Endpoint;
  readonly PATCH?: Endpoint;
  readonly POST?: Endpoint;
  readonly DELETE?: Endpoint;
}

export const endpointMethods = ["GET", "PUT", "PATCH", "POST", "DELETE"] as const;

export function sync(metadata: unknown, etag?: string): ApiResponse {
  return etag === undefined ? { kind: "sync", metadata } : { kind: "sync", metadata, etag };
}

/** LXD's EmptySyncResponse. */
export const emptySync: ApiResponse = { kind: "sync", metadata: {} };

/** 201 with the address of what was made. */
export function created(location: string): ApiResponse {
  return { kind: "sync", metadata: null, location };
}

/** 202: the operation has begun. */
export function accepted(operation: Operation): ApiResponse {
  return { kind: "async", operation };
}
