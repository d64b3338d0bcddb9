import type { Flavour } from "../engine/flavour.ts";
import type { Route } from "../wire/exchange.ts";
import { certificateRoutes } from "./certificates.ts";
import { clusterRoutes } from "./cluster.ts";
import { imageRoutes } from "./images.ts";
import { instanceInsideRoutes } from "./instance-inside.ts";
import { snapshotRoutes } from "./instance-snapshots.ts";
import { instanceStateRoutes } from "./instance-state.ts";
import { instanceRoutes, legacyInstanceRoutes } from "./instances.ts";
import { networkRoutes } from "./networks.ts";
import { operationRoutes } from "./operations.ts";
import { profileRoutes } from "./profiles.ts";
import { projectRoutes } from "./projects.ts";
import { serverRoutes } from "./server-info.ts";
import { storagePoolRoutes } from "./storage-pools.ts";

/** Everything that is simulated, besides the WebSocket at `/1.0/events`. */
export function routesOf(flavour: Flavour): readonly Route[] {
  return [
    ...serverRoutes,
    ...certificateRoutes(flavour.server),
    ...instanceRoutes,
    ...instanceStateRoutes,
    ...snapshotRoutes,
    ...instanceInsideRoutes,
    ...operationRoutes,
    ...profileRoutes,
    ...imageRoutes,
    ...networkRoutes,
    ...storagePoolRoutes,
    ...projectRoutes,
    ...clusterRoutes,
    ...(flavour.legacyContainers ? legacyInstanceRoutes : []),
    // Without an upgrade LXD's WebSocket library refuses: plain text, no JSON.
    { path: "/1.0/events", GET: { handle: () => ({ kind: "refused-upgrade" }) } },
  ];
}
