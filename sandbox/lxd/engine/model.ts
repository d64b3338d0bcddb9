/** What a simulated server keeps. Everything lives in memory and dies with the server. */

export type Config = Record<string, string>;
export type Devices = Record<string, Config>;

/** The status names and numbers of LXD's shared/api/status_code.go that an instance can have. */
export const instanceStatusCodes = { Stopped: 102, Running: 103, Frozen: 110, Error: 112 } as const;
export type InstanceStatus = keyof typeof instanceStatusCodes;

export interface Snapshot {
  name: string;
  readonly architecture: string;
  readonly config: Config;
  readonly devices: Devices;
  readonly profiles: readonly string[];
  readonly ephemeral: boolean;
  readonly createdAt: string;
  expiresAt: string;
}

/** A record that handlers change in place, as a database row would be. */
export interface Instance {
  name: string;
  readonly project: string;
  readonly architecture: string;
  config: Config;
  devices: Devices;
  profiles: readonly string[];
  ephemeral: boolean;
  description: string;
  readonly createdAt: string;
  lastUsedAt: string;
  status: InstanceStatus;
  pid: number;
  /** Milliseconds since the epoch of the last start; 0 while stopped. */
  startedMs: number;
  /** False for instances made from nothing: they cannot be started. */
  readonly hasRootfs: boolean;
  readonly snapshots: Snapshot[];
  /** The lock that LXD calls "operation lock"; null when nothing holds it. */
  lock: InstanceLock | null;
  readonly logs: Map<string, string>;
  consoleLog: string;
  readonly files: Map<string, string>;
}

export interface InstanceLock {
  readonly action: "create" | "start" | "stop" | "restart" | "delete" | "update" | "restore";
  /** Set by a forced stop that overtakes a shutdown in progress. */
  readonly forced: AbortController;
  readonly released: Promise<void>;
  readonly release: () => void;
}

export interface Profile {
  name: string;
  readonly project: string;
  description: string;
  config: Config;
  devices: Devices;
}

export interface Image {
  readonly fingerprint: string;
  readonly project: string;
  readonly aliases: { name: string; description: string }[];
  readonly architecture: string;
  readonly properties: Config;
  readonly sizeBytes: number;
  readonly filename: string;
  readonly createdAt: string;
  readonly uploadedAt: string;
  lastUsedAt: string;
  readonly cached: boolean;
  readonly public: boolean;
  /** Where a downloaded image came from. */
  readonly updateSource: { readonly alias: string; readonly server: string } | null;
}

export interface Network {
  readonly name: string;
  readonly type: "bridge" | "physical" | "loopback";
  readonly managed: boolean;
  readonly config: Config;
  readonly description: string;
  readonly hwaddr: string;
}

export interface StoragePool {
  readonly name: string;
  readonly driver: string;
  readonly description: string;
  readonly config: Config;
  readonly usedBytes: number;
  readonly totalBytes: number;
}

export interface Project {
  readonly name: string;
  description: string;
  config: Config;
}

export interface TrustedCertificate {
  readonly name: string;
  readonly fingerprint: string;
  readonly pem: string;
  readonly type: string;
}
