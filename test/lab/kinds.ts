/** The servers a lab can hold, and which program each one is. */
export type ServerName = "lxd1" | "lxd2" | "incus1";
export type ServerKind = "lxd" | "incus";

export const serverNames = ["lxd1", "lxd2", "incus1"] as const satisfies readonly ServerName[];

export const kindOf = { lxd1: "lxd", lxd2: "lxd", incus1: "incus" } as const satisfies Record<ServerName, ServerKind>;

/** What differs between the two programs; all else (preseed, image, sub-commands used here) is the same. */
export interface KindFacts {
  readonly daemon: string;
  readonly client: string;
  /** Environment variables that name the server's directory and the client's configuration. */
  readonly dirVariable: string;
  readonly confVariable: string;
  readonly waitReady: readonly string[];
  readonly preseed: readonly [string, ...string[]];
  readonly shutdown: readonly [string, ...string[]];
  /** LXD up to 6.0 takes a trust password; Incus never did. */
  readonly hasTrustPassword: boolean;
  /** The arguments before the client's name that make a join token. */
  readonly addToken: readonly string[];
}

export const kinds = {
  lxd: {
    daemon: "lxd",
    client: "lxc",
    dirVariable: "LXD_DIR",
    confVariable: "LXD_CONF",
    waitReady: ["waitready"],
    preseed: ["lxd", "init", "--preseed"],
    shutdown: ["lxd", "shutdown"],
    hasTrustPassword: true,
    addToken: ["config", "trust", "add", "--quiet", "--name"],
  },
  incus: {
    daemon: "/usr/libexec/incus/incusd",
    client: "incus",
    dirVariable: "INCUS_DIR",
    confVariable: "INCUS_CONF",
    waitReady: ["waitready"],
    preseed: ["incus", "admin", "init", "--preseed"],
    shutdown: ["incus", "admin", "shutdown"],
    hasTrustPassword: false,
    addToken: ["config", "trust", "add", "--quiet"],
  },
} as const satisfies Record<ServerKind, KindFacts>;
