import { createHash, type X509Certificate } from "node:crypto";
import { isIP } from "node:net";
import { connect } from "node:tls";
import { LxdUnreachable } from "./errors.ts";
import { defaultLimits } from "./limits.ts";
import { classify, NotConnected } from "./transport/failure.ts";

/** The certificate that a server shows, for a person to compare before it is pinned. */
export interface ShownCertificate {
  readonly pem: string;
  /** SHA-256 of the DER, lower-case hex: what `lxc info` and a join token show. */
  readonly fingerprint: string;
}

/**
 * Asks a server for its certificate by a TLS handshake; no byte of HTTP is sent, and nothing is believed yet.
 * Throws `LxdUnreachable`, or the signal's reason. `url`: `https://host:port`.
 */
export function fetchServerCertificate(
  url: string,
  options: { readonly signal: AbortSignal; readonly timeoutMs?: number },
): Promise<ShownCertificate> {
  const { signal, timeoutMs = defaultLimits.connectMs } = options;
  const { hostname, port } = new URL(url);
  const host = hostname.replace(/^\[|\]$/g, "");
  const place = { remote: hostname, method: "TLS", path: url };
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const socket = connect({
      host,
      port: port === "" ? 443 : Number(port),
      ALPNProtocols: ["http/1.1"],
      // it is shown to a person, who decides
      rejectUnauthorized: false,
      ...(isIP(host) === 0 ? { servername: host } : {}),
    });
    const onAbort = (): void =>
      end(() => reject(signal.reason instanceof Error ? signal.reason : new Error("aborted")));
    const fail = (thrown: Error): void => {
      const failure = classify(new NotConnected(thrown));
      end(() => reject(new LxdUnreachable(place, { ...failure, cause: thrown })));
    };
    const timer = setTimeout(
      () => fail(Object.assign(new Error(`no TLS handshake within ${timeoutMs} ms`), { code: "ETIMEDOUT" })),
      timeoutMs,
    );
    signal.addEventListener("abort", onAbort, { once: true });
    function end(settle: () => void): void {
      clearTimeout(timer);
      signal.removeEventListener("abort", onAbort);
      socket.destroy();
      settle();
    }
    socket.once("error", fail);
    socket.once("close", () => fail(Object.assign(new Error("closed during the handshake"), { code: "ECONNRESET" })));
    socket.once("secureConnect", () => {
      const certificate = socket.getPeerX509Certificate();
      if (certificate) end(() => resolve({ pem: certificate.toString(), fingerprint: fingerprintOf(certificate) }));
      else fail(new Error("the server shows no certificate"));
    });
  });
}

/** As LXD writes it: lower-case hex without colons. */
export function fingerprintOf(certificate: X509Certificate): string {
  return createHash("sha256").update(certificate.raw).digest("hex");
}
