import { X509Certificate } from "node:crypto";
import { chmod, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { systemClock } from "../../src/clock.ts";
import { ensureClientCertificate } from "../../src/remotes/client-certificate.ts";

let dir: string;
beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "client-certificate-"));
});
afterEach(() => rm(dir, { recursive: true, force: true }));

const ensure = () => ensureClientCertificate({ dir, clock: systemClock });
const modeOf = async (file: string): Promise<number> => (await stat(join(dir, file))).mode & 0o777;

test("the first start makes a P-384 certificate for client authentication, ten years, for our eyes only", async () => {
  const made = await ensure();
  const certificate = new X509Certificate(made.certificatePem);
  expect(certificate.publicKey.asymmetricKeyDetails).toMatchObject({ namedCurve: "secp384r1" });
  expect(certificate.keyUsage).toEqual(["1.3.6.1.5.5.7.3.2"]);
  expect(certificate.ca).toBe(false);
  const years = (Date.parse(certificate.validTo) - Date.now()) / (365.25 * 24 * 60 * 60 * 1_000);
  expect(years).toBeCloseTo(10, 1);
  expect(made.fingerprint).toMatch(/^[0-9a-f]{64}$/);
  expect((await readdir(dir)).sort()).toEqual(["client.crt", "client.key"]);
  expect([await modeOf("client.crt"), await modeOf("client.key")]).toEqual([0o600, 0o600]);
});

test("the next start uses the same", async () => {
  expect(await ensure()).toEqual(await ensure());
});

test("starts at the same time agree", async () => {
  const all = await Promise.all(Array.from({ length: 6 }, ensure));
  expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(1);
  expect((await readdir(dir)).sort()).toEqual(["client.crt", "client.key"]);
});

test("a start that was killed between the two files is completed with the same key", async () => {
  const { keyPem } = await ensure();
  await rm(join(dir, "client.crt"));
  const again = await ensure();
  expect(again.keyPem).toBe(keyPem);
  expect(await readFile(join(dir, "client.crt"), "utf8")).toBe(again.certificatePem);
});

test.each([
  ["client.key", "no key", "is not a PEM key"],
  ["client.key", "", "is not a PEM key"],
  ["client.crt", "no certificate", "is not a PEM certificate"],
])("a broken %s is said, with a cure, and kept", async (file, content, why) => {
  await ensure();
  await writeFile(join(dir, file), content);
  await expect(ensure()).rejects.toMatchObject({
    code: "certificate-broken",
    why: expect.stringContaining(why),
    next: expect.stringContaining("Restore both files from a backup"),
  });
  expect(await readFile(join(dir, file), "utf8")).toBe(content);
});

test("a certificate of another key is not used", async () => {
  const { certificatePem } = await ensure();
  await rm(join(dir, "client.key"));
  await rm(join(dir, "client.crt"));
  await ensure();
  await writeFile(join(dir, "client.crt"), certificatePem);
  await expect(ensure()).rejects.toMatchObject({
    code: "certificate-broken",
    why: expect.stringContaining("does not belong to client.key"),
  });
});

test("a key that everybody can read is not used", async () => {
  await ensure();
  await chmod(join(dir, "client.key"), 0o644);
  await expect(ensure()).rejects.toMatchObject({
    code: "certificate-broken",
    next: expect.stringContaining("chmod 600"),
  });
});

test("an expired certificate is not used", async () => {
  await ensure();
  const clock = { ...systemClock, now: () => Date.now() + 11 * 365 * 24 * 60 * 60 * 1_000 };
  await expect(ensureClientCertificate({ dir, clock })).rejects.toMatchObject({
    why: expect.stringContaining("was valid until"),
  });
});
