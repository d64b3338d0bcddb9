import { systemClock, type Clock } from "../clock.ts";
import type { Log } from "../log.ts";
import { LxdRefused } from "./errors.ts";
import { defaultLimits, type Limits } from "./limits.ts";
import { ReconnectingEvents, type EventStream } from "./operations/event-stream.ts";
import { certificatesOf, type CertificatesResource } from "./resources/certificates.ts";
import { imagesOf, type ImagesResource } from "./resources/images.ts";
import { instancesOf, type InstancesResource } from "./resources/instances.ts";
import { networksOf, type NetworksResource } from "./resources/networks.ts";
import { operationsOf, type OperationsResource } from "./resources/operations.ts";
import { profilesOf, type ProfilesResource } from "./resources/profiles.ts";
import { projectsOf, type ProjectsResource } from "./resources/projects.ts";
import { serverOf, type ServerResource } from "./resources/server.ts";
import { storagePoolsOf, type StoragePoolsResource } from "./resources/storage-pools.ts";
import { Exchange, type Caller } from "./transport/exchange.ts";
import { restOf } from "./transport/rest.ts";
import type { Endpoint } from "./transport/routes.ts";

/**
 * What one caller can ask of one server. Resources carry LXD's own field names (`expanded_config`), so that what was
 * read can be sent back; our own notions (`Server`, `StartedOperation`, `Progress`, errors) are in camel case. Every
 * function throws `LxdRefused`, `LxdUnreachable`, `LxdNonsense`, or the reason of the caller's signal.
 */
export interface Lxd {
  readonly remote: string;
  readonly server: ServerResource;
  readonly instances: InstancesResource;
  readonly images: ImagesResource;
  readonly operations: OperationsResource;
  readonly profiles: ProfilesResource;
  readonly networks: NetworksResource;
  readonly storagePools: StoragePoolsResource;
  readonly projects: ProjectsResource;
  readonly certificates: CertificatesResource;
}

/** One server. Disposing of it ends its requests and its events connection. */
export interface LxdConnection extends AsyncDisposable {
  readonly remote: string;
  readonly as: (caller: Caller) => Lxd;
  readonly events: EventStream;
}

export interface ConnectOptions {
  /** The name by which people know the server. */
  readonly remote: string;
  readonly endpoint: Endpoint;
  readonly log: Log;
  readonly clock?: Clock;
  readonly limits?: Partial<Limits>;
  /** 0 ≤ x < 1, for the jitter of reconnecting. */
  readonly random?: () => number;
}

/** Lazy: nothing is sent before the first question or `events.start()`. Throws on an endpoint that makes no sense. */
export function connect(options: ConnectOptions): LxdConnection {
  const { remote, endpoint, log, clock = systemClock, random = Math.random } = options;
  const limits = { ...defaultLimits, ...options.limits };
  const exchange = new Exchange({ remote, endpoint, limits, log });
  const events = new ReconnectingEvents({ exchange, clock, log, random, probe });

  async function probe(signal: AbortSignal): Promise<void> {
    const { auth } = await serverOf(restOf(exchange, { requestId: "events", signal }, clock)).get();
    if (auth === "trusted") return;
    const place = { remote, method: "GET", path: "/1.0/events" };
    throw new LxdRefused(place, { status: 403, errorText: "the server does not trust this certificate" });
  }

  return {
    remote,
    events,
    as: (caller) => {
      const rest = restOf(exchange, caller, clock);
      return {
        remote,
        server: serverOf(rest),
        instances: instancesOf(rest, limits),
        images: imagesOf(rest),
        operations: operationsOf(rest, { events, clock, limits }),
        profiles: profilesOf(rest),
        networks: networksOf(rest),
        storagePools: storagePoolsOf(rest),
        projects: projectsOf(rest),
        certificates: certificatesOf(rest),
      };
    },
    [Symbol.asyncDispose]: async () => {
      await events[Symbol.asyncDispose]();
      await exchange[Symbol.asyncDispose]();
    },
  };
}
