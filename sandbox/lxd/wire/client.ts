import type { IncomingMessage } from "node:http";
import { TLSSocket } from "node:tls";
import type { Requestor } from "../engine/events.ts";
import type { Store } from "../engine/store.ts";
import { fingerprintOf, toPem } from "./identity.ts";

/** Who is at the other end of a connection. */
export interface Client {
  readonly trusted: boolean;
  readonly certificatePem: string | null;
  readonly requestor: Requestor;
}

/** The handshake's certificate is asked for once: a kept-alive connection may not tell it again. */
const certificates = new WeakMap<TLSSocket, string | null>();

/** Whoever can open the Unix socket is root; over TLS the certificate must be in the trust store. */
export function identify(request: IncomingMessage, store: Store): Client {
  const { socket } = request;
  if (!(socket instanceof TLSSocket)) {
    return { trusted: true, certificatePem: null, requestor: { username: "root", protocol: "unix", address: "@" } };
  }
  const certificatePem = certificateOf(socket);
  const fingerprint = certificatePem === null ? null : fingerprintOf(certificatePem);
  const trusted = fingerprint !== null && store.certificates.has(fingerprint);
  const address = `${socket.remoteAddress ?? ""}:${socket.remotePort ?? 0}`;
  return {
    trusted,
    certificatePem,
    requestor: trusted ? { username: fingerprint, protocol: "tls", address } : { username: "", protocol: "", address },
  };
}

function certificateOf(socket: TLSSocket): string | null {
  const known = certificates.get(socket);
  if (known !== undefined) return known;
  // Without a client certificate Node returns an empty object, whatever its types say.
  const raw = (socket.getPeerCertificate() as { readonly raw?: Buffer }).raw;
  const pem = raw === undefined ? null : toPem(raw);
  certificates.set(socket, pem);
  return pem;
}
