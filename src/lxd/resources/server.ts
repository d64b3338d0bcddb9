import { z } from "zod";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { listOf, StringMap, Text } from "./shapes.ts";

/** `GET /1.0`. To a stranger a server tells only its extensions and how to authenticate: then texts other than `name` are empty. */
export interface Server {
  readonly auth: "trusted" | "untrusted";
  readonly authMethods: readonly string[];
  readonly apiExtensions: ReadonlySet<string>;
  readonly name: "lxd" | "incus" | "unknown";
  /** Such as `5.0.2`. */
  readonly version: string;
  readonly serverName: string;
  readonly clustered: boolean;
  /** `host:port`, where the server listens. */
  readonly addresses: readonly string[];
  readonly certificatePem: string;
  /** SHA-256 of the certificate, lower-case hex. */
  readonly fingerprint: string;
  /** The project of this connection, normally `default`. */
  readonly project: string;
  readonly architectures: readonly string[];
  readonly kernelFeatures: Readonly<Record<string, string>>;
  readonly lxcFeatures: Readonly<Record<string, string>>;
}

const Environment = z.object({
  server: Text,
  server_version: Text,
  server_name: Text,
  server_clustered: z.boolean().nullish(),
  addresses: listOf(z.string()),
  architectures: listOf(z.string()),
  certificate: Text,
  certificate_fingerprint: Text,
  project: Text,
  kernel_features: StringMap,
  lxc_features: StringMap,
});

const ServerAnswer = z.object({
  api_extensions: listOf(z.string()),
  auth: z.string(),
  auth_methods: listOf(z.string()),
  environment: Environment.nullish(),
});

export interface ServerResource {
  readonly get: () => Promise<Server>;
}

export function serverOf(rest: Rest): ServerResource {
  return { get: async () => toServer(await rest.get(pathOf([]), ServerAnswer)) };
}

function toServer(answer: z.infer<typeof ServerAnswer>): Server {
  const environment = answer.environment ?? Environment.parse({});
  return {
    auth: answer.auth === "trusted" ? "trusted" : "untrusted",
    authMethods: answer.auth_methods,
    apiExtensions: new Set(answer.api_extensions),
    name: nameOf(environment.server, answer.api_extensions),
    version: environment.server_version,
    serverName: environment.server_name,
    clustered: environment.server_clustered ?? false,
    addresses: environment.addresses,
    certificatePem: environment.certificate,
    fingerprint: environment.certificate_fingerprint,
    project: environment.project,
    architectures: environment.architectures,
    kernelFeatures: environment.kernel_features,
    lxcFeatures: environment.lxc_features,
  };
}

/** Extensions that each project has had under its own name since before they parted: a stranger sees these too. */
const nameByExtension = { restrict_dev_incus: "incus", restrict_devlxd: "lxd" } as const;

function nameOf(server: string, extensions: readonly string[]): Server["name"] {
  if (server === "lxd" || server === "incus") return server;
  const known = Object.entries(nameByExtension).find(([extension]) => extensions.includes(extension));
  return known?.[1] ?? "unknown";
}
