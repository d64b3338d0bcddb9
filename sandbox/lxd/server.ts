import { createPace } from "./engine/clock.ts";
import { createEventSockets } from "./api/events.ts";
import { routesOf } from "./api/routes.ts";
import type { Daemon } from "./engine/daemon.ts";
import { createEventHub } from "./engine/events.ts";
import { createFaults, type FaultOptions, type TransportFault } from "./engine/faults.ts";
import { flavourOf, type FlavourName } from "./engine/flavour.ts";
import { defaultImageServers, type ImageServers } from "./engine/image-servers.ts";
import { createOperations } from "./engine/operations.ts";
import { markRunning } from "./engine/power.ts";
import { defaultSeed, plant, type Seed } from "./engine/seed.ts";
import { createStore } from "./engine/store.ts";
import { createTrust } from "./engine/trust.ts";
import { createFrontDoor } from "./wire/front-door.ts";
import { createIdentity, fingerprintOf } from "./wire/identity.ts";
import { createListener, type ListenOptions } from "./wire/listener.ts";
import { createRequestLog, type LoggedRequest } from "./wire/request-log.ts";
import { createRouter } from "./wire/router.ts";

export interface SimulatedLxdOptions {
  /** The server's name in `environment.server_name`. */
  readonly name: string;
  readonly listen: ListenOptions | readonly ListenOptions[];
  /** Default: "lxd-5.0.2". */
  readonly flavour?: FlavourName;
  /** Default: three images, a bridge, a pool, a default profile, no instances. */
  readonly seed?: Partial<Seed>;
  /** How long operations take, in milliseconds. Default: 0. */
  readonly operationMs?: number;
  /** From an instance's start until it has an address, in milliseconds. Default: as `operationMs`. */
  readonly addressMs?: number;
  /** How long a finished operation is remembered, in milliseconds. Default: 5000, as LXD. */
  readonly forgetOperationMs?: number;
  readonly imageServers?: ImageServers;
  readonly nowMs?: () => number;
}

/** A running simulation. Disposing it cuts every connection and forgets everything. */
export interface SimulatedLxd extends AsyncDisposable {
  readonly name: string;
  /** `https://127.0.0.1:<port>`, or null without an HTTPS listener. */
  readonly url: string | null;
  readonly socketPath: string | null;
  /** The certificate that new connections are shown. */
  readonly certificatePem: string;
  /** Its sha256, lower-case hex. */
  readonly fingerprint: string;
  /** Makes a join token as `lxc config trust add` prints it. */
  addToken(name: string, options?: { readonly expiresMs?: number }): string;
  /** Trusts a client's certificate; returns its fingerprint. */
  trust(certificatePem: string, name?: string): string;
  setTrustPassword(password: string | null): void;
  /** The requests so far, oldest first. */
  requests(): readonly LoggedRequest[];
  clearRequests(): void;
  /** Arms a fault; disposing the result disarms it. */
  fail(fault: TransportFault, options?: FaultOptions): Disposable;
  /** Cuts the sockets at `/1.0/events`; returns how many there were. */
  dropEventSockets(): number;
  /** Be unreachable: nothing listens, every connection is cut; operations go on. */
  stopListening(): Promise<void>;
  /** Listen again, at the same port and path. */
  startListening(): Promise<void>;
  /** Shows another certificate from now on, as a reinstalled (or foreign) server would. */
  swapCertificate(): Promise<{ readonly certificatePem: string; readonly fingerprint: string }>;
}

/** Starts a simulated LXD (or Incus) server; it listens when the promise resolves. */
export async function startSimulatedLxd(options: SimulatedLxdOptions): Promise<SimulatedLxd> {
  const operationMs = options.operationMs ?? 0;
  const pace = createPace({
    operationMs,
    addressMs: options.addressMs ?? operationMs,
    forgetMs: options.forgetOperationMs ?? 5_000,
    nowMs: options.nowMs ?? Date.now,
  });
  const events = createEventHub(pace);
  const operations = createOperations(pace, events);
  const trust = createTrust(operations);
  const store = createStore();
  let identity = await createIdentity(options.name);
  let addresses: readonly string[] = [];
  const daemon: Daemon = {
    serverName: options.name,
    flavour: flavourOf(options.flavour ?? "lxd-5.0.2"),
    store,
    operations,
    events,
    trust,
    pace,
    imageServers: options.imageServers ?? defaultImageServers,
    self: () => ({ certificatePem: identity.certificatePem, fingerprint: identity.fingerprint, addresses }),
  };
  const seed = { ...defaultSeed, ...options.seed };
  plant(daemon, seed);
  for (const { name, project = "default", running } of seed.instances) {
    const instance = store.instances.get(project, name);
    if (running === true && instance !== undefined) markRunning(daemon, instance);
  }
  const log = createRequestLog();
  const faults = createFaults();
  const eventSockets = createEventSockets(daemon);
  const door = createFrontDoor({
    daemon,
    router: createRouter(routesOf(daemon.flavour)),
    faults,
    log,
    acceptEvents: (request, socket, head) => eventSockets.accept(request, socket, head),
  });
  const wanted: readonly ListenOptions[] = [options.listen].flat();
  const listeners = wanted.map((listen) => createListener(listen, door, identity));
  for (const listener of listeners) await listener.open();
  const secure = listeners.find((listener) => listener.type === "https");
  if (secure !== undefined) addresses = [`127.0.0.1:${secure.port()}`];
  const eachListener = async (action: "open" | "close") => {
    await Promise.all(listeners.map((listener) => listener[action]()));
  };

  return {
    name: options.name,
    url: secure === undefined ? null : `https://127.0.0.1:${secure.port()}`,
    socketPath: wanted.flatMap((listen) => (listen.type === "unix" ? listen.path : []))[0] ?? null,
    get certificatePem() {
      return identity.certificatePem;
    },
    get fingerprint() {
      return identity.fingerprint;
    },
    addToken: (name, { expiresMs } = {}) =>
      trust.addToken({ name, expiresMs: expiresMs ?? null, fingerprint: identity.fingerprint, addresses }).token,
    trust(certificatePem, name = "client") {
      const fingerprint = fingerprintOf(certificatePem);
      store.certificates.set(fingerprint, { name, fingerprint, pem: certificatePem, type: "client" });
      return fingerprint;
    },
    setTrustPassword: (password) => trust.setPassword(password),
    requests: () => log.list(),
    clearRequests: () => log.clear(),
    fail: (fault, faultOptions = {}) => faults.arm(fault, faultOptions),
    dropEventSockets: () => eventSockets.drop(),
    stopListening: () => eachListener("close"),
    startListening: () => eachListener("open"),
    async swapCertificate() {
      identity = await createIdentity(options.name);
      for (const listener of listeners) listener.useIdentity(identity);
      return { certificatePem: identity.certificatePem, fingerprint: identity.fingerprint };
    },
    async [Symbol.asyncDispose]() {
      eventSockets.drop();
      await operations[Symbol.asyncDispose]();
      await eachListener("close");
    },
  };
}
