import { createPrivateKey, randomBytes, X509Certificate, type KeyObject } from "node:crypto";
import { link, mkdir, open, readFile, stat, unlink } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import type { Clock } from "../clock.ts";
import { messageOf, UserError } from "../errors.ts";

/** With what the bot identifies itself to every server. */
export interface ClientCertificate {
  readonly certificatePem: string;
  readonly keyPem: string;
  /** SHA-256 of the certificate's DER, lower-case hex, as `lxc config trust list` shows it. */
  readonly fingerprint: string;
}

interface Place {
  readonly dir: string;
  readonly clock: Clock;
}

const keyFile = "client.key";
const certificateFile = "client.crt";
const validYears = 10;
/** Clocks differ a little between hosts. */
const backdatedMs = 60 * 60 * 1_000;
const algorithm = { name: "ECDSA", namedCurve: "P-384", hash: "SHA-384" };

/**
 * Reads the bot's key and certificate from `dir`, or makes them there: P-384, for client authentication, ten years,
 * mode 0600. Safe when several processes start at once, and when one was killed in between: the first key that is there
 * counts, and the certificate is made from it. Throws `UserError` `certificate-broken` for files that cannot be used.
 */
export async function ensureClientCertificate(place: Place): Promise<ClientCertificate> {
  await mkdir(place.dir, { recursive: true, mode: 0o700 });
  const keyPem = await readOrMake(place, keyFile, makeKey);
  const key = privateKeyOf(keyPem, place);
  const certificatePem = await readOrMake(place, certificateFile, () => makeCertificate(key, place.clock));
  const fingerprint = check({ key, certificatePem, place });
  return { certificatePem, keyPem, fingerprint };
}

async function readOrMake(place: Place, file: string, make: () => Promise<string>): Promise<string> {
  const path = join(place.dir, file);
  const existing = await read(path);
  if (existing !== undefined) return existing;
  await createWhole(path, await make());
  // whoever was first, this is what counts
  return (await read(path)) ?? "";
}

async function read(path: string): Promise<string | undefined> {
  try {
    const { mode } = await stat(path);
    if (path.endsWith(keyFile) && (mode & 0o007) !== 0) {
      throw broken(
        `${path} can be read by everybody on this host.`,
        `Run \`chmod 600 ${path}\`; if strangers have accounts here, delete both files and trust the new certificate on every server.`,
      );
    }
    return await readFile(path, "utf8");
  } catch (thrown) {
    if (thrown instanceof Error && "code" in thrown && thrown.code === "ENOENT") return undefined;
    if (thrown instanceof UserError) throw thrown;
    throw broken(
      `${path} cannot be read: ${messageOf(thrown)}.`,
      "Make it readable for the user that the bot runs as.",
    );
  }
}

/** The file appears with all of its content, or not at all, and never replaces another. */
async function createWhole(path: string, content: string): Promise<void> {
  const temporary = `${path}.${randomBytes(6).toString("hex")}`;
  const handle = await open(temporary, "wx", 0o600);
  try {
    await handle.writeFile(content);
    await handle.sync();
    await link(temporary, path);
  } catch (thrown) {
    if (!(thrown instanceof Error && "code" in thrown && thrown.code === "EEXIST")) throw thrown;
  } finally {
    await handle.close();
    await unlink(temporary);
  }
}

async function makeKey(): Promise<string> {
  const { privateKey } = await crypto.subtle.generateKey(algorithm, true, ["sign", "verify"]);
  return pemOf("PRIVATE KEY", await crypto.subtle.exportKey("pkcs8", privateKey));
}

async function makeCertificate(key: KeyObject, clock: Clock): Promise<string> {
  // loaded only here: it is needed once in the life of an installation and costs 65 ms
  await import("reflect-metadata");
  const x509 = await import("@peculiar/x509");
  const name = `CN=lxd-chatops@${hostname()}`;
  const notBefore = new Date(clock.now() - backdatedMs);
  const notAfter = new Date(notBefore);
  notAfter.setUTCFullYear(notAfter.getUTCFullYear() + validYears);
  const certificate = await x509.X509CertificateGenerator.createSelfSigned({
    name,
    notBefore,
    notAfter,
    keys: await importKeyPair(key),
    signingAlgorithm: algorithm,
    extensions: [
      new x509.BasicConstraintsExtension(false, undefined, true),
      new x509.KeyUsagesExtension(x509.KeyUsageFlags.digitalSignature, true),
      new x509.ExtendedKeyUsageExtension([x509.ExtendedKeyUsage.clientAuth]),
    ],
  });
  return `${certificate.toString("pem")}\n`;
}

async function importKeyPair(key: KeyObject): Promise<CryptoKeyPair> {
  const jwk = key.export({ format: "jwk" });
  const { d: _private, ...publicJwk } = jwk;
  return {
    privateKey: await crypto.subtle.importKey("jwk", jwk, algorithm, true, ["sign"]),
    publicKey: await crypto.subtle.importKey("jwk", publicJwk, algorithm, true, ["verify"]),
  };
}

function pemOf(label: string, der: ArrayBuffer): string {
  const lines =
    Buffer.from(der)
      .toString("base64")
      .match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

const startAnew =
  "Restore both files from a backup, or delete both: new ones are made at the next start, which every server has to " +
  "trust again.";

function privateKeyOf(keyPem: string, place: Place): KeyObject {
  try {
    return createPrivateKey(keyPem);
  } catch (cause) {
    throw broken(`${join(place.dir, keyFile)} is not a PEM key: ${messageOf(cause)}.`, startAnew);
  }
}

/** Whether the two files belong together and can be used now. Answers the fingerprint. */
function check(files: { readonly key: KeyObject; readonly certificatePem: string; readonly place: Place }): string {
  const path = join(files.place.dir, certificateFile);
  const certificate = certificateOf(files.certificatePem, path);
  if (!certificate.checkPrivateKey(files.key)) throw broken(`${path} does not belong to ${keyFile}.`, startAnew);
  if (Date.parse(certificate.validTo) <= files.place.clock.now()) {
    throw broken(`${path} was valid until ${certificate.validTo}.`, startAnew);
  }
  return certificate.fingerprint256.replaceAll(":", "").toLowerCase();
}

function certificateOf(pem: string, path: string): X509Certificate {
  try {
    return new X509Certificate(pem);
  } catch (cause) {
    throw broken(`${path} is not a PEM certificate: ${messageOf(cause)}.`, startAnew);
  }
}

function broken(why: string, next: string): UserError {
  return new UserError("certificate-broken", { what: "The bot's own certificate cannot be used.", why, next });
}
