import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf } from "../engine/go-json.ts";
import type { TrustedCertificate } from "../engine/model.ts";
import { accepted, created, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { commonNameOf, fingerprintOf, toPem } from "../wire/identity.ts";
import { flagField, recursionOf, textField } from "./preconditions.ts";

const certificatesPost = {
  go: "CertificatesPost",
  fields: {
    name: "string",
    type: "string",
    restricted: "bool",
    projects: "strings",
    certificate: "string",
    password: "string",
    token: "bool",
  },
} as const;

/** Incus took the password away and put `trust_token` (and a description) in its place. */
const incusCertificatesPost = {
  go: "CertificatesPost",
  fields: {
    name: "string",
    type: "string",
    restricted: "bool",
    projects: "strings",
    certificate: "string",
    description: "string",
    token: "bool",
    trust_token: "string",
  },
} as const;

export function certificateRoutes(server: "lxd" | "incus"): readonly Route[] {
  const body = server === "lxd" ? certificatesPost : incusCertificatesPost;
  return [
    {
      path: "/1.0/certificates",
      GET: { handle: listCertificates },
      POST: { untrusted: true, body, handle: addCertificate },
    },
    {
      path: "/1.0/certificates/{fingerprint}",
      GET: { handle: showCertificate },
      DELETE: { handle: deleteCertificate },
    },
  ];
}

function render(daemon: Daemon, certificate: TrustedCertificate): Record<string, unknown> {
  return {
    name: certificate.name,
    type: certificate.type,
    restricted: false,
    projects: [],
    certificate: certificate.pem,
    ...(daemon.flavour.server === "incus" ? { description: "" } : {}),
    fingerprint: certificate.fingerprint,
  };
}

function listCertificates(daemon: Daemon, request: ApiRequest): ApiResponse {
  const certificates = [...daemon.store.certificates.values()];
  return sync(
    recursionOf(request) > 0
      ? certificates.map((certificate) => render(daemon, certificate))
      : certificates.map(({ fingerprint }) => `/1.0/certificates/${fingerprint}`),
  );
}

function requireCertificate(daemon: Daemon, request: ApiRequest): TrustedCertificate {
  const start = request.params["fingerprint"] ?? "";
  const found = [...daemon.store.certificates.values()].find(({ fingerprint }) => fingerprint.startsWith(start));
  if (found === undefined) throw new ApiError(404, "Certificate not found");
  return found;
}

function showCertificate(daemon: Daemon, request: ApiRequest): ApiResponse {
  const rendered = render(daemon, requireCertificate(daemon, request));
  return sync(rendered, etagOf([rendered]));
}

function deleteCertificate(daemon: Daemon, request: ApiRequest): ApiResponse {
  const certificate = requireCertificate(daemon, request);
  daemon.store.certificates.delete(certificate.fingerprint);
  tell(daemon, request, "certificate-deleted", certificate.fingerprint);
  return emptySync;
}

function addCertificate(daemon: Daemon, request: ApiRequest): ApiResponse {
  const type = textField(request, "type");
  if (request.trusted && flagField(request, "token")) return addToken(daemon, request);
  if (!["", "client", "metrics"].includes(type)) throw new ApiError(400, "Invalid certificate type");
  const tokenName = request.trusted ? null : admit(daemon, request);
  const pem = certificateOf(request);
  const fingerprint = fingerprintOf(pem);
  if (daemon.store.certificates.has(fingerprint)) throw new ApiError(409, "Certificate already in trust store");
  const name = tokenName ?? (textField(request, "name") || commonNameOf(pem));
  daemon.store.certificates.set(fingerprint, { name, fingerprint, pem, type: type === "" ? "client" : type });
  tell(daemon, request, "certificate-created", fingerprint);
  return created(`/1.0/certificates/${fingerprint}`);
}

/** Lets a stranger in by trust password or join token; returns the token's name for it. Throws 403. */
function admit(daemon: Daemon, request: ApiRequest): string | null {
  const given = textField(request, daemon.flavour.tokenField);
  if (daemon.flavour.lxdTrustPasswords && daemon.trust.isPassword(given)) return null;
  const redeemed = daemon.trust.redeem(given, daemon.pace.nowMs());
  if (redeemed === "malformed") throw new ApiError(403, "not authorized");
  if (redeemed === "unknown") throw new ApiError(403, "No matching certificate add operation found");
  return redeemed.clientName;
}

function certificateOf(request: ApiRequest): string {
  const given = textField(request, "certificate");
  if (given === "") {
    if (request.requestor.protocol === "unix") throw new ApiError(400, "Client is already trusted");
    if (request.trusted) throw new ApiError(400, "Client is already trusted");
    if (request.clientCertificatePem === null) throw new ApiError(400, "No client certificate provided");
    return request.clientCertificatePem;
  }
  try {
    const pem = given.includes("BEGIN CERTIFICATE") ? given : toPem(Buffer.from(given, "base64"));
    fingerprintOf(pem);
    return pem;
  } catch {
    throw new ApiError(400, "illegal base64 data at input byte 0");
  }
}

function addToken(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { addresses, fingerprint } = daemon.self();
  if (addresses.length === 0) {
    throw new ApiError(400, "Can't issue token when server isn't listening on network");
  }
  const name = textField(request, "name");
  return accepted(daemon.trust.addToken({ name, expiresMs: null, fingerprint, addresses }).operation);
}

function tell(daemon: Daemon, request: ApiRequest, action: string, fingerprint: string): void {
  daemon.events.lifecycle({
    action,
    source: `/1.0/certificates/${fingerprint}`,
    project: "default",
    requestor: request.requestor,
  });
}
