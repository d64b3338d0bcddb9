import type { Image, Instance, Network, Profile, Project, StoragePool, TrustedCertificate } from "./model.ts";

const separator = "\u0000";

/** The records of one simulated server. Keys are (project, name) where LXD's are. */
export interface Store {
  readonly instances: Table<Instance>;
  readonly profiles: Table<Profile>;
  readonly images: Image[];
  readonly networks: Map<string, Network>;
  readonly pools: Map<string, StoragePool>;
  readonly projects: Map<string, Project>;
  readonly certificates: Map<string, TrustedCertificate>;
  readonly serverConfig: Map<string, string>;
}

/** Rows of one project each, listed by name as LXD's database does. */
export interface Table<Row extends { readonly project: string; name: string }> {
  get(project: string, name: string): Row | undefined;
  put(row: Row): void;
  remove(row: Row): void;
  /** Re-files the row under its new name. */
  rename(row: Row, name: string): void;
  /** All rows of a project, or of every project for null, by name. */
  list(project: string | null): readonly Row[];
}

export function createTable<Row extends { readonly project: string; name: string }>(): Table<Row> {
  const rows = new Map<string, Row>();
  const table: Table<Row> = {
    get: (project, name) => rows.get(key(project, name)),
    put: (row) => void rows.set(key(row.project, row.name), row),
    remove: (row) => void rows.delete(key(row.project, row.name)),
    rename(row, name) {
      table.remove(row);
      row.name = name;
      table.put(row);
    },
    list: (project) =>
      [...rows.values()]
        .filter((row) => project === null || row.project === project)
        .sort((a, b) => compare(a.name, b.name)),
  };
  return table;
}

function key(project: string, name: string): string {
  return `${project}${separator}${name}`;
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

export function createStore(): Store {
  return {
    instances: createTable<Instance>(),
    profiles: createTable<Profile>(),
    images: [],
    networks: new Map(),
    pools: new Map(),
    projects: new Map(),
    certificates: new Map(),
    serverConfig: new Map(),
  };
}

/** Finds an image by its fingerprint or an unambiguous start of it, as LXD does. */
export function findImage(store: Store, project: string, fingerprint: string): Image | undefined {
  if (fingerprint === "") return undefined;
  return store.images.find((image) => image.project === project && image.fingerprint.startsWith(fingerprint));
}

export function findImageByAlias(store: Store, project: string, alias: string): Image | undefined {
  return store.images.find(
    (image) => image.project === project && image.aliases.some((candidate) => candidate.name === alias),
  );
}
