import { defaultRemote, listRemotes, type RemoteRow } from "../../db/remotes.ts";
import type { Store } from "../../db/database.ts";
import { closest } from "../closest.ts";
import { systemClock } from "../clock.ts";
import { UserError } from "../errors.ts";
import { connect, type Lxd, type LxdConnection } from "../lxd/connection.ts";
import type { EventStream } from "../lxd/operations/event-stream.ts";
import type { Caller } from "../lxd/transport/exchange.ts";
import type { Endpoint } from "../lxd/transport/routes.ts";
import type { Log } from "../log.ts";
import type { ClientCertificate } from "./client-certificate.ts";

export interface Remote {
  readonly name: string;
  readonly row: RemoteRow;
  readonly events: EventStream;
}

export interface RemotesOptions {
  readonly store: Store;
  readonly log: Log;
  readonly certificate: ClientCertificate;
}

/** The remotes that the bot can reach, with one open connection each. The database is the truth; `reload` follows it. */
export class Remotes implements AsyncDisposable {
  readonly #options: RemotesOptions;
  readonly #remotes = new Map<string, { readonly row: RemoteRow; readonly connection: LxdConnection }>();
  readonly #dialled = new Set<LxdConnection>();
  readonly #listeners = new Set<
    (change: { readonly added: readonly Remote[]; readonly removed: readonly string[] }) => void
  >();
  #default: string | undefined;
  #reloading: Promise<void> = Promise.resolve();

  constructor(options: RemotesOptions) {
    this.#options = options;
  }

  get names(): readonly string[] {
    return [...this.#remotes.keys()];
  }

  /** The remote for names without one, when the channel has none. */
  get defaultName(): string | undefined {
    return this.#default;
  }

  rows(): readonly RemoteRow[] {
    return [...this.#remotes.values()].map(({ row }) => row);
  }

  has(name: string): boolean {
    return this.#remotes.has(name);
  }

  /** @throws UserError `remote-unknown`, with the nearest name */
  lxd(name: string, caller: Caller): Lxd {
    const remote = this.#remotes.get(name);
    if (!remote) throw this.unknown(name);
    return remote.connection.as(caller);
  }

  /** A client of a server that is not in the registry; closed with the registry. */
  dial(remote: string, endpoint: Endpoint, caller: Caller): Lxd {
    const connection = connect({
      remote,
      endpoint: this.#withCertificate(endpoint),
      log: this.#options.log,
      clock: systemClock,
    });
    this.#dialled.add(connection);
    return connection.as(caller);
  }

  unknown(name: string): UserError {
    const [near] = closest(name, this.names);
    const known = this.names.length === 0 ? "There is none yet." : `There are: ${this.names.join(", ")}.`;
    return new UserError("remote-unknown", {
      what: `There is no remote called ${name}.`,
      why: known,
      next:
        near === undefined
          ? "Add it with `/lxd remote add NAME TOKEN`, or see `/lxd remote list`."
          : `Did you mean ${near}?`,
    });
  }

  /** Called with every remote that comes or goes, and at once with those that are there. */
  watch(
    listener: (change: { readonly added: readonly Remote[]; readonly removed: readonly string[] }) => void,
  ): () => void {
    this.#listeners.add(listener);
    listener({ added: [...this.#remotes.keys()].map((name) => this.#remote(name)), removed: [] });
    return () => this.#listeners.delete(listener);
  }

  /** Reads the database again: opens what is new, closes what is gone or has become another server. */
  reload(): Promise<void> {
    this.#reloading = this.#reloading.catch(() => undefined).then(() => this.#reload());
    return this.#reloading;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const all = [...[...this.#remotes.values()].map(({ connection }) => connection), ...this.#dialled];
    this.#remotes.clear();
    await Promise.all(all.map((connection) => connection[Symbol.asyncDispose]()));
  }

  async #reload(): Promise<void> {
    const rows = await listRemotes(this.#options.store.read);
    this.#default = await defaultRemote(this.#options.store.read);
    const removed: string[] = [];
    const closing: LxdConnection[] = [];
    for (const [name, { row, connection }] of this.#remotes) {
      const now = rows.find((each) => each.name === name);
      if (now && sameServer(now, row)) continue;
      this.#remotes.delete(name);
      removed.push(name);
      closing.push(connection);
    }
    const added: string[] = [];
    for (const row of rows) {
      const open = this.#remotes.get(row.name);
      if (open) {
        this.#remotes.set(row.name, { row, connection: open.connection });
        continue;
      }
      const endpoint = this.#withCertificate(endpointOf(row));
      this.#remotes.set(row.name, { row, connection: connect({ remote: row.name, endpoint, log: this.#options.log }) });
      added.push(row.name);
    }
    if (added.length > 0 || removed.length > 0) {
      const change = { added: added.map((name) => this.#remote(name)), removed };
      for (const listener of this.#listeners) listener(change);
    }
    await Promise.all(closing.map((connection) => connection[Symbol.asyncDispose]()));
  }

  #remote(name: string): Remote {
    const remote = this.#remotes.get(name);
    if (!remote) throw new Error(`no remote ${name} in the registry`);
    return { name, row: remote.row, events: remote.connection.events };
  }

  #withCertificate(endpoint: Endpoint): Endpoint {
    return endpoint.type === "unix" ? endpoint : { ...endpoint, client: this.#options.certificate };
  }
}

function sameServer(a: RemoteRow, b: RemoteRow): boolean {
  return a.kind === b.kind && a.addresses === b.addresses && a.certificate_pem === b.certificate_pem;
}

/** How a remote of the database is reached, without our certificate. */
export function endpointOf(row: Pick<RemoteRow, "kind" | "addresses" | "certificate_pem">): Endpoint {
  const addresses = JSON.parse(row.addresses) as readonly string[]; // written by `saveRemote`'s callers as a JSON array
  if (row.kind === "unix") return { type: "unix", path: addresses[0] ?? "" };
  return { type: "https", addresses, certificatePem: row.certificate_pem ?? "" };
}
