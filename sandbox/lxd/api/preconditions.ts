import { ApiError } from "../engine/errors.ts";
import type { Config, Devices } from "../engine/model.ts";
import type { ApiRequest } from "../wire/exchange.ts";

/** LXD's util.EtagCheck: no header, no check. */
export function checkIfMatch(request: ApiRequest, etag: string): void {
  if (request.ifMatch === null) return;
  const wanted = request.ifMatch.replaceAll('"', "");
  if (wanted !== etag) throw new ApiError(412, `ETag doesn't match: ${etag} vs ${wanted}`);
}

// The body's shape was checked when it was decoded (wire/body.ts), so these casts only name what is known.

export function textField(request: ApiRequest, field: string): string {
  return (request.body[field] as string | undefined) ?? "";
}

export function flagField(request: ApiRequest, field: string): boolean {
  return (request.body[field] as boolean | undefined) ?? false;
}

export function configField(request: ApiRequest): Config | undefined {
  return request.body["config"] as Config | undefined;
}

export function devicesField(request: ApiRequest): Devices | undefined {
  return request.body["devices"] as Devices | undefined;
}

export function namesField(request: ApiRequest, field: string): readonly string[] | undefined {
  return request.body[field] as readonly string[] | undefined;
}

export function recordField(request: ApiRequest, field: string): Readonly<Record<string, unknown>> {
  return (request.body[field] as Readonly<Record<string, unknown>> | undefined) ?? {};
}

/** The `recursion` level as LXD reads it: what is no number is 0. */
export function recursionOf(request: ApiRequest): number {
  const level = Number(request.query.get("recursion") ?? 0);
  return Number.isInteger(level) ? level : 0;
}

/** The project to list, or null for all; both at once are refused. */
export function projectScope(request: ApiRequest): string | null {
  const all = /^(1|true|yes|on)$/i.test(request.query.get("all-projects") ?? "");
  if (!all) return request.project;
  if (request.query.has("project")) {
    throw new ApiError(400, "Cannot specify a project when requesting all projects");
  }
  return null;
}
