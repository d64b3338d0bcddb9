import { endpointMethods, type Endpoint, type Route } from "./exchange.ts";

export type Match =
  | { readonly kind: "endpoint"; readonly endpoint: Endpoint; readonly params: Readonly<Record<string, string>> }
  | { readonly kind: "not-found" }
  /** The path exists, the method does not: LXD answers 501. */
  | { readonly kind: "not-implemented" };

interface CompiledRoute {
  readonly route: Route;
  readonly segments: readonly string[];
}

export type Router = (method: string, path: string) => Match;

export function createRouter(routes: readonly Route[]): Router {
  const compiled: readonly CompiledRoute[] = routes.map((route) => ({ route, segments: route.path.split("/") }));
  return (method, path) => {
    const segments = path.split("/");
    for (const { route, segments: pattern } of compiled) {
      const params = matchSegments(pattern, segments);
      if (params === null) continue;
      const known = endpointMethods.find((candidate) => candidate === method);
      const endpoint = known === undefined ? undefined : route[known];
      return endpoint === undefined ? { kind: "not-implemented" } : { kind: "endpoint", endpoint, params };
    }
    return { kind: "not-found" };
  };
}

function matchSegments(pattern: readonly string[], segments: readonly string[]): Record<string, string> | null {
  if (pattern.length !== segments.length) return null;
  const params: Record<string, string> = {};
  for (const [index, expected] of pattern.entries()) {
    const segment = segments[index] ?? "";
    if (expected.startsWith("{")) {
      if (segment === "") return null;
      params[expected.slice(1, -1)] = decodeSegment(segment);
    } else if (expected !== segment) {
      return null;
    }
  }
  return params;
}

function decodeSegment(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
