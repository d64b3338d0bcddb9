import { UserError } from "../../errors.ts";

type Query = Readonly<Record<string, string | number | boolean | undefined>>;

/**
 * `/1.0/…` from its segments, each encoded, and a query without the undefined ones. A segment that would change the
 * meaning of the path (empty, `.`, `..`) is no name in LXD either.
 */
export function pathOf(segments: readonly string[], query: Query = {}): string {
  const path = ["/1.0", ...segments.map(encodeSegment)].join("/");
  const pairs = Object.entries(query).filter(([, value]) => value !== undefined);
  if (pairs.length === 0) return path;
  const text = pairs.map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return `${path}?${text.join("&")}`;
}

/** The name at the end of a path that LXD answered, such as `/1.0/instances/web1?project=p`. */
export function lastSegment(path: string): string {
  const [bare = ""] = path.split("?");
  return decodeURIComponent(bare.slice(bare.lastIndexOf("/") + 1));
}

function encodeSegment(segment: string): string {
  if (segment === "" || segment === "." || segment === "..") {
    throw new UserError("argument-invalid", { what: `"${segment}" is not a name.` });
  }
  return encodeURIComponent(segment);
}
