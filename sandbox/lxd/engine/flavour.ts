import incusExtensions from "./extensions-incus-6.0.4.json" with { type: "json" };
import lxdExtensions from "./extensions-lxd-5.0.2.json" with { type: "json" };

/** The servers that can be simulated: name and version as `environment` reports them. */
export type FlavourName = "lxd-5.0.2" | "incus-6.0.4";

/** Everything that the two servers were seen to answer differently, in one place. */
export interface Flavour {
  readonly name: FlavourName;
  readonly server: "lxd" | "incus";
  readonly version: string;
  /** Asked of the real servers (`GET /1.0`), in their order. */
  readonly extensions: readonly string[];
  readonly lxdTrustPasswords: boolean;
  /** The field of `POST /1.0/certificates` that takes a join token. */
  readonly tokenField: "password" | "trust_token";
  /** LXD still lists `/1.0/containers` beside `/1.0/instances`. */
  readonly legacyContainers: boolean;
  /** Incus resolves an alias inside the operation, LXD 5.0 before answering. */
  readonly imageAliasCheckedFirst: boolean;
  /** Incus answers `/wait` of a failed operation with an error body (and HTTP status 200). */
  readonly waitAnswersError: boolean;
  readonly startsOnCreate: boolean;
  /** LXD 5.0 refuses a name that begins with a digit. */
  readonly namesMayStartWithDigit: boolean;
  /** HTTP codes that differ: a project that exists, a pool that is missing, a start of what runs. */
  readonly codes: { readonly projectTaken: number; readonly poolMissing: number; readonly alreadyRunning: number };
  readonly projectFeatures: readonly string[];
  readonly texts: {
    readonly nameTaken: string;
    readonly snapshotTaken: string;
    readonly projectTaken: string;
    readonly snapshotEntity: string;
    readonly imageNotFound: (fingerprint: string) => string;
    readonly unpacking: string;
    readonly initialising: string;
    readonly notRunning: string;
    readonly protected: string;
    readonly instanceNotFound: (name: string, project: string) => string;
    readonly defaultProject: string;
    readonly defaultProfile: string;
    readonly renameRunning: string;
    readonly binary: string;
    readonly directory: string;
  };
}

const recordTaken = "Failed creating instance record: Add instance info to the database: ";

const flavours = {
  "lxd-5.0.2": {
    name: "lxd-5.0.2",
    server: "lxd",
    version: "5.0.2",
    extensions: lxdExtensions,
    lxdTrustPasswords: true,
    tokenField: "password",
    legacyContainers: true,
    imageAliasCheckedFirst: true,
    waitAnswersError: false,
    startsOnCreate: false,
    namesMayStartWithDigit: false,
    codes: { projectTaken: 409, poolMissing: 500, alreadyRunning: 400 },
    projectFeatures: ["images", "profiles", "storage.volumes"],
    texts: {
      nameTaken: `${recordTaken}This "instances" entry already exists`,
      snapshotTaken: 'This "instances_snapshots" entry already exists',
      projectTaken: 'This "projects" entry already exists',
      snapshotEntity: "InstanceSnapshot",
      imageNotFound: () => "Image not found",
      unpacking: "Unpack",
      initialising: "Failed initialising instance",
      notRunning: "The container isn't running",
      protected: "Container is protected",
      instanceNotFound: () => "Instance not found",
      defaultProject: "Default LXD project",
      defaultProfile: "Default LXD profile",
      renameRunning: "Renaming of running container not allowed",
      binary: "/usr/bin/lxd",
      directory: "/var/lib/lxd",
    },
  },
  "incus-6.0.4": {
    name: "incus-6.0.4",
    server: "incus",
    version: "6.0.4",
    extensions: incusExtensions,
    lxdTrustPasswords: false,
    tokenField: "trust_token",
    legacyContainers: false,
    imageAliasCheckedFirst: false,
    waitAnswersError: true,
    startsOnCreate: true,
    namesMayStartWithDigit: true,
    codes: { projectTaken: 500, poolMissing: 404, alreadyRunning: 500 },
    projectFeatures: ["images", "profiles", "storage.buckets", "storage.volumes"],
    texts: {
      nameTaken: `${recordTaken}Failed to create "instances" entry: UNIQUE constraint failed: instances.project_id, instances.name`,
      snapshotTaken:
        'Failed to create "instances_snapshots" entry: UNIQUE constraint failed: instances_snapshots.instance_id, instances_snapshots.name',
      projectTaken: 'Failed to create "projects" entry: UNIQUE constraint failed: projects.name',
      snapshotEntity: "Instance_snapshot",
      imageNotFound: (fingerprint) => `Image "${fingerprint}" not found`,
      unpacking: "Unpacking image",
      initialising: "Failed initializing instance",
      notRunning: "The instance isn't running",
      protected: "Instance is protected",
      instanceNotFound: (name, project) =>
        `Failed to fetch instance "${name}" in project "${project}": Instance not found`,
      defaultProject: "Default Incus project",
      defaultProfile: "Default Incus profile",
      renameRunning: "Renaming of running instance not allowed",
      binary: "/usr/libexec/incus/incusd",
      directory: "/var/lib/incus",
    },
  },
} as const satisfies Record<FlavourName, Flavour>;

export function flavourOf(name: FlavourName): Flavour {
  return flavours[name];
}
