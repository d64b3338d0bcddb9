import { ApiError } from "../engine/errors.ts";
import { etagOf } from "../engine/go-json.ts";
import { sync, type Route } from "../wire/exchange.ts";

const notClustered = { server_name: "", enabled: false, member_config: [] };

/** The simulated server is never a member of a cluster, and has nothing to warn of. */
export const clusterRoutes: readonly Route[] = [
  { path: "/1.0/cluster", GET: { handle: () => sync(notClustered, etagOf([notClustered])) } },
  {
    path: "/1.0/cluster/members",
    GET: {
      handle: () => {
        throw new ApiError(500, "Server is not clustered");
      },
    },
  },
  { path: "/1.0/warnings", GET: { handle: () => sync([]) } },
  { path: "/1.0/warnings/{id}", GET: { handle: noSuchWarning }, DELETE: { handle: noSuchWarning } },
];

function noSuchWarning(): never {
  throw new ApiError(404, "Warning not found");
}
