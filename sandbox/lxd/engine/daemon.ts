import type { Pace } from "./clock.ts";
import type { EventHub } from "./events.ts";
import type { Flavour } from "./flavour.ts";
import type { ImageServers } from "./image-servers.ts";
import type { Operations } from "./operations.ts";
import type { Store } from "./store.ts";
import type { Trust } from "./trust.ts";

/** The parts of one simulated server that handlers work on. */
export interface Daemon {
  readonly serverName: string;
  readonly flavour: Flavour;
  readonly store: Store;
  readonly operations: Operations;
  readonly events: EventHub;
  readonly trust: Trust;
  readonly pace: Pace;
  readonly imageServers: ImageServers;
  /** The server's own certificate and addresses, which a test can change. */
  readonly self: () => {
    readonly certificatePem: string;
    readonly fingerprint: string;
    readonly addresses: readonly string[];
  };
}
