import type { InstanceFull } from "../../src/lxd/resources/instance-shapes.ts";

export interface ListedInstance {
  readonly remote: string;
  /** The remote does not answer: this is as it was. */
  readonly stale: boolean;
  readonly instance: InstanceFull;
}

interface Column {
  readonly title: string;
  readonly value: (row: ListedInstance) => string;
}

function addresses({ instance }: ListedInstance, family: string): string {
  return Object.entries(instance.state?.network ?? {})
    .filter(([name]) => name !== "lo")
    .flatMap(([name, { addresses: all }]) =>
      all
        .filter((each) => each.family === family && each.scope === "global")
        .map(({ address }) => `${address} (${name})`),
    )
    .join(" ");
}

function bytes(count: number | undefined): string {
  if (count === undefined || count <= 0) return "";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  const power = Math.min(units.length - 1, Math.floor(Math.log2(count) / 10));
  return `${(count / 1024 ** power).toFixed(power === 0 ? 0 : 2)}${units[power] ?? ""}`;
}

function minute(text: string): string {
  return text.startsWith("0001") || text.startsWith("1970") ? "" : text.slice(0, 16).replace("T", " ");
}

/** `lxc list`'s letters and titles (lxc/list.go), with the remote before the name. */
export const columns = {
  n: { title: "NAME", value: ({ remote, instance }) => `${remote}:${instance.name}` },
  s: { title: "STATE", value: ({ instance, stale }) => instance.status.toUpperCase() + (stale ? "?" : "") },
  "4": { title: "IPV4", value: (row) => addresses(row, "inet") },
  "6": { title: "IPV6", value: (row) => addresses(row, "inet6") },
  t: {
    title: "TYPE",
    value: ({ instance }) =>
      (instance.type === "virtual-machine" ? "VIRTUAL-MACHINE" : "CONTAINER") +
      (instance.ephemeral ? " (EPHEMERAL)" : ""),
  },
  S: { title: "SNAPSHOTS", value: ({ instance }) => String(instance.snapshots.length) },
  a: { title: "ARCHITECTURE", value: ({ instance }) => instance.architecture },
  b: {
    title: "STORAGE POOL",
    value: ({ instance }) =>
      Object.values(instance.expanded_devices).find(({ type, path }) => type === "disk" && path === "/")?.["pool"] ??
      "",
  },
  c: { title: "CREATED AT", value: ({ instance }) => minute(instance.created_at) },
  d: { title: "DESCRIPTION", value: ({ instance }) => instance.description },
  e: { title: "PROJECT", value: ({ instance }) => instance.project },
  f: { title: "BASE IMAGE", value: ({ instance }) => (instance.config["volatile.base_image"] ?? "").slice(0, 12) },
  l: { title: "LAST USED AT", value: ({ instance }) => minute(instance.last_used_at) },
  L: { title: "LOCATION", value: ({ instance }) => instance.location },
  m: { title: "MEMORY USAGE", value: ({ instance }) => bytes(instance.state?.memory?.usage) },
  N: {
    title: "PROCESSES",
    value: ({ instance }) => (instance.state && instance.state.processes > 0 ? String(instance.state.processes) : ""),
  },
  p: {
    title: "PID",
    value: ({ instance }) => (instance.state && instance.state.pid > 0 ? String(instance.state.pid) : ""),
  },
  P: { title: "PROFILES", value: ({ instance }) => instance.profiles.join(" ") },
} as const satisfies Record<string, Column>;

export const defaultColumns: readonly string[] = ["n", "s", "4", "6", "t", "S"];

/** `n name, s state, …` */
export function columnNames(): string {
  return Object.entries(columns)
    .map(([letter, { title }]) => `${letter} ${title.toLowerCase()}`)
    .join(", ");
}
