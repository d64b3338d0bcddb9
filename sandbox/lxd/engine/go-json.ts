import { createHash } from "node:crypto";

/** JSON as Go's encoder writes it: `<`, `>` and `&` escaped, a line feed at the end. */
export function encodeGoJson(value: unknown): string {
  const text = JSON.stringify(value).replaceAll(/[<>&\u2028\u2029]/g, escapeCharacter);
  return `${text}\n`;
}

function escapeCharacter(character: string): string {
  return `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`;
}

/** Go writes maps with sorted keys; LXD's config and devices are such maps. */
export function sortKeys<Value>(map: Readonly<Record<string, Value>>): Record<string, Value> {
  return Object.fromEntries(Object.entries(map).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
}

/** Sorted devices whose options are sorted, too. */
export function sortDevices(
  devices: Readonly<Record<string, Record<string, string>>>,
): Record<string, Record<string, string>> {
  return sortKeys(Object.fromEntries(Object.entries(devices).map(([name, options]) => [name, sortKeys(options)])));
}

/** LXD's ETag: sha256 over the encoded parts of the writable view (lxd/util/http.go, EtagHash). */
export function etagOf(writableView: readonly unknown[]): string {
  const hash = createHash("sha256");
  for (const part of writableView) hash.update(encodeGoJson(part));
  return hash.digest("hex");
}
