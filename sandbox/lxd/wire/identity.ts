import "reflect-metadata";
import { createHash, randomBytes, X509Certificate } from "node:crypto";
import * as x509 from "@peculiar/x509";

/** A key and a self-signed certificate, as LXD makes them at its first start. */
export interface Identity {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** sha256 of the DER form, lower-case hex: what LXD calls the fingerprint. */
  readonly fingerprint: string;
}

const validityDays = 3_650;
const millisecondsPerDay = 86_400_000;
const serialBytes = 16;
const pemLineLength = 64;

/** Makes a P-384 server identity for `commonName`; the names in it need not match the address. */
export async function createIdentity(commonName: string): Promise<Identity> {
  const algorithm = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };
  const keys = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  const notBefore = new Date();
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    serialNumber: randomBytes(serialBytes).toString("hex"),
    name: `O=linuxcontainers.org, CN=root@${commonName}`,
    notBefore,
    notAfter: new Date(notBefore.getTime() + validityDays * millisecondsPerDay),
    signingAlgorithm: algorithm,
    keys,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature | x509.KeyUsageFlags.keyEncipherment, true),
      new x509.ExtendedKeyUsageExtension(["1.3.6.1.5.5.7.3.1"]),
      new x509.SubjectAlternativeNameExtension([{ type: "dns", value: commonName }]),
    ],
  });
  const certificatePem = `${certificate.toString("pem")}\n`;
  const key = Buffer.from(await crypto.subtle.exportKey("pkcs8", keys.privateKey));
  return { certificatePem, keyPem: toPem(key, "PRIVATE KEY"), fingerprint: fingerprintOf(certificatePem) };
}

/** Throws where the text is no certificate. */
export function fingerprintOf(certificatePem: string): string {
  return createHash("sha256").update(new X509Certificate(certificatePem).raw).digest("hex");
}

/** What LXD calls a client that gave no name. */
export function commonNameOf(certificatePem: string): string {
  return /^CN=(.*)$/m.exec(new X509Certificate(certificatePem).subject)?.[1] ?? "";
}

/** The PEM form of a certificate in DER, or of its base64 without the armour (as LXD's API takes it). */
export function toPem(der: Buffer, label = "CERTIFICATE"): string {
  const lines = der.toString("base64").match(new RegExp(`.{1,${pemLineLength}}`, "g")) ?? [];
  return `-----BEGIN ${label}-----\n${lines.join("\n")}\n-----END ${label}-----\n`;
}
