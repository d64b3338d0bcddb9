import "reflect-metadata";
import * as x509 from "@peculiar/x509";

/** A certificate and its key, made for a test. */
export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
  readonly keys: CryptoKeyPair;
  readonly certificate: x509.X509Certificate;
}

const algorithm = { name: "ECDSA", namedCurve: "P-256", hash: "SHA-256" };
const dayMs = 24 * 60 * 60 * 1_000;

/** Like the one that LXD makes for itself: self-signed, for a host name of its own. Or signed by `issuer`. */
export async function makeIdentity(
  options: {
    readonly name?: string;
    readonly expired?: boolean;
    readonly authority?: boolean;
    readonly issuer?: Identity;
  } = {},
): Promise<Identity> {
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const subject = `CN=${options.name ?? "root@somewhere"}`;
  const issuer = options.issuer;
  const certificate = await x509.X509CertificateGenerator.create({
    subject,
    issuer: issuer?.certificate.subject ?? subject,
    notBefore: new Date(Date.now() - 10 * dayMs),
    notAfter: new Date(Date.now() + (options.expired ? -dayMs : dayMs)),
    publicKey: keys.publicKey,
    signingKey: issuer?.keys.privateKey ?? keys.privateKey,
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(options.authority ?? false),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: "somewhere.test" }]),
    ],
  });
  const der = await crypto.subtle.exportKey("pkcs8", keys.privateKey);
  const base64 = Buffer.from(der).toString("base64");
  const keyPem = `-----BEGIN PRIVATE KEY-----\n${base64}\n-----END PRIVATE KEY-----\n`;
  return { certificatePem: certificate.toString("pem"), keyPem, keys, certificate };
}
