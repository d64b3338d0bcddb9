import { BlockList, isIP } from "node:net";
import type { ListedInstance } from "./list-columns.ts";

export interface Matcher {
  /** Matchers of one kind are alternatives. */
  readonly kind: string;
  /** The filter names a remote. */
  readonly remote?: string;
  readonly matches: (row: ListedInstance) => boolean;
}

/** The settings that have short names (lxc/list.go). Others are looked up in the expanded configuration. */
const shorthand = {
  status: ({ instance }: ListedInstance, value: string) => instance.status.toLowerCase() === value.toLowerCase(),
  state: ({ instance }: ListedInstance, value: string) => instance.status.toLowerCase() === value.toLowerCase(),
  type: ({ instance }: ListedInstance, value: string) =>
    instance.type === value.toLowerCase() ||
    (value.toLowerCase() === "ephemeral" && instance.ephemeral) ||
    (value.toLowerCase() === "persistent" && !instance.ephemeral),
  architecture: ({ instance }: ListedInstance, value: string) => instance.architecture === value,
  location: ({ instance }: ListedInstance, value: string) => instance.location === value,
  name: ({ instance }: ListedInstance, value: string) => namePattern(value)(instance.name),
  ipv4: (row: ListedInstance, value: string) => hasAddress(row, value, "ipv4"),
  ipv6: (row: ListedInstance, value: string) => hasAddress(row, value, "ipv6"),
} as const;

/** Reads one filter: `lxd1:`, `lxd1:web`, `web`, `status=running`, `user.team=ops`. */
export function matcherOf(filter: string, remotes: readonly string[]): Matcher {
  const equals = filter.indexOf("=");
  if (equals > 0) {
    const [key, value] = [filter.slice(0, equals), filter.slice(equals + 1)];
    const short = Object.hasOwn(shorthand, key.toLowerCase())
      ? shorthand[key.toLowerCase() as keyof typeof shorthand]
      : undefined; // just checked
    if (short) return { kind: key.toLowerCase(), matches: (row) => short(row, value) };
    return { kind: key, matches: ({ instance }) => settingMatches(instance.expanded_config, key, value) };
  }
  const colon = filter.indexOf(":");
  const remote = colon > 0 ? filter.slice(0, colon) : undefined;
  const name = namePattern(colon >= 0 ? filter.slice(colon + 1) : filter);
  if (remote === undefined && remotes.includes(filter)) {
    // somebody forgot the colon, unless there is an instance whose name begins like that
    return { kind: "name", matches: (row) => row.remote === filter || name(row.instance.name) };
  }
  return {
    kind: "name",
    ...(remote === undefined ? {} : { remote }),
    matches: (row) => (remote === undefined || row.remote === remote) && name(row.instance.name),
  };
}

/** `user.t=1` matches `user.team=1`: keys may be shortened part by part, as with lxc. */
function settingMatches(config: Readonly<Record<string, string>>, key: string, value: string): boolean {
  const parts = key.split(".");
  return Object.entries(config).some(([name, current]) => {
    const names = name.split(".");
    return (
      current === value && names.length === parts.length && parts.every((part, index) => names[index]?.startsWith(part))
    );
  });
}

/** The beginning of a name, or a pattern in which `*` stands for anything. No regular expression of a user's is ever run. */
function namePattern(text: string): (name: string) => boolean {
  const pieces = text.replace(/^\^/, "").replace(/\$$/, "").replaceAll(".*", "*").split("*");
  // after `$` the last piece is not sought but must stand at the end
  const last = text.endsWith("$") ? pieces.pop() : undefined;
  return (name) => {
    if (last !== undefined && pieces.length === 0) return name === last;
    let at = 0;
    for (const [index, piece] of pieces.entries()) {
      const found = index === 0 ? (name.startsWith(piece) ? 0 : -1) : name.indexOf(piece, at);
      if (found === -1) return false;
      at = found + piece.length;
    }
    return last === undefined || (name.endsWith(last) && name.length - last.length >= at);
  };
}

function hasAddress({ instance }: ListedInstance, range: string, family: "ipv4" | "ipv6"): boolean {
  const [address = "", bits] = range.split("/");
  if (isIP(address) === 0) return false;
  const wanted = new BlockList();
  try {
    wanted.addSubnet(address, bits === undefined ? (family === "ipv4" ? 32 : 128) : Number(bits), family);
  } catch {
    return false;
  }
  return Object.values(instance.state?.network ?? {}).some(({ addresses }) =>
    addresses.some(
      (each) => isIP(each.address) !== 0 && wanted.check(each.address, each.family === "inet6" ? "ipv6" : "ipv4"),
    ),
  );
}
