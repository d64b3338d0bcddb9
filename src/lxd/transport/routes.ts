import { X509Certificate } from "node:crypto";
import type { PeerCertificate } from "node:tls";
import { Agent, buildConnector } from "undici";
import type { Limits } from "../limits.ts";
import { NotConnected, PinMismatch } from "./failure.ts";

/** How a server is reached. */
export type Endpoint =
  | { readonly type: "unix"; readonly path: string }
  | {
      readonly type: "https";
      /** `https://host:port`, tried in order; the one that answered last is tried first. */
      readonly addresses: readonly string[];
      /** The server's certificate, pinned: the server must show exactly this one. */
      readonly certificatePem: string;
      /** Ours; without it the server answers as to a stranger. */
      readonly client?: { readonly certificatePem: string; readonly keyPem: string };
    };

/** Connections to one server. */
export interface Routes {
  readonly dispatcher: Agent;
  /** At least one. */
  readonly origins: readonly string[];
}

type Connector = ReturnType<typeof buildConnector>;

/** Opens nothing yet. Throws on an endpoint without address or with a pinned certificate that is none. */
export function openRoutes(endpoint: Endpoint, limits: Limits): Routes {
  // LXD negotiates HTTP/2 when offered, over which its WebSockets do not work; the option counts only here
  const common = { timeout: limits.connectMs, allowH2: false } as const;
  if (endpoint.type === "unix") {
    const connect = buildConnector({ ...common, socketPath: endpoint.path });
    return { dispatcher: agentOf(connect, limits), origins: ["http://lxd"] };
  }
  if (endpoint.addresses.length === 0) throw new Error("a remote needs at least one address");
  const connect = buildConnector({
    ...common,
    ...pin(endpoint.certificatePem),
    ...(endpoint.client ? { cert: endpoint.client.certificatePem, key: endpoint.client.keyPem } : {}),
    minVersion: "TLSv1.2",
    // a resumed session does not show its certificate again; a full handshake takes 5 ms
    maxCachedSessions: 0,
  });
  return {
    dispatcher: agentOf(connect, limits),
    origins: endpoint.addresses.map((address) => new URL(address).origin),
  };
}

/**
 * Options of `tls.connect` that accept one certificate and no other, whatever host name it is for. The pinned
 * certificate is the only authority: with `rejectUnauthorized: false` Node would not even call `checkServerIdentity`.
 */
function pin(certificatePem: string) {
  const pinned = new X509Certificate(certificatePem).fingerprint256;
  return {
    ca: [certificatePem],
    // the server's certificate may itself be signed by an authority, which we do not trust
    allowPartialTrustChain: true,
    checkServerIdentity: (_host: string, shown: PeerCertificate) =>
      shown.fingerprint256 === pinned ? undefined : new PinMismatch(shown.fingerprint256),
  };
}

function agentOf(connect: Connector, limits: Limits): Agent {
  return new Agent({
    connect: tellingConnector(connect),
    connections: limits.parallelConnections,
    headersTimeout: 0,
    bodyTimeout: 0,
    webSocket: { maxPayloadSize: limits.eventFrameBytes },
  });
}

/** Marks failures to connect, so that "nothing was sent" can be told from "it is not known". */
function tellingConnector(connect: Connector): Connector {
  return (options, callback) => {
    connect(options, (...outcome) => {
      if (outcome[0] === null) callback(null, outcome[1]);
      else callback(new NotConnected(outcome[0]), null);
    });
  };
}
