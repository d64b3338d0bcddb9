import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, onTestFinished, test } from "vitest";
import { missingRequirements } from "./requirements.ts";

async function emptyMachine(): Promise<string> {
  const root = await mkdtemp(join(tmpdir(), "requirements-"));
  onTestFinished(async () => await rm(root, { recursive: true }));
  await mkdir(join(root, "etc"));
  return root;
}

test("a bare machine hears about every missing package, the root user and the id ranges", async () => {
  const root = await emptyMachine();
  const missing = await missingRequirements(["lxd1", "incus1"], {
    platform: "linux",
    uid: 1000,
    searchPath: root,
    root,
  });
  expect(missing).toContain("The lab must run as root.");
  expect(missing).toContain("lxd is missing: install the package lxd.");
  expect(missing).toContain("dnsmasq is missing: install the package dnsmasq-base.");
  expect(missing).toContain("incus is missing: install the package incus-client (bookworm-backports).");
  expect(missing).toContain("/etc/subuid has no range for root: add root:100000:1000000.");
});

test("a lab without Incus does not ask for Incus", async () => {
  const root = await emptyMachine();
  const missing = await missingRequirements(["lxd1", "lxd2"], { platform: "linux", uid: 0, searchPath: root, root });
  expect(missing.join("\n")).not.toMatch(/incus/i);
});

test("what is there is not reported", async () => {
  const root = await emptyMachine();
  await writeFile(join(root, "lxd"), "", { mode: 0o755 });
  await writeFile(join(root, "etc/subuid"), "root:100000:65536\n");
  const missing = await missingRequirements(["lxd1"], { platform: "linux", uid: 0, searchPath: root, root });
  expect(missing.filter((line) => /^lxd |subuid|root\./.test(line))).toEqual([]);
  expect(missing).toContain("lxc is missing: install the package lxd-client.");
});

test("another operating system gets one clear sentence", async () => {
  const machine = { platform: "darwin", uid: 0, searchPath: "/", root: "" };
  expect(await missingRequirements(["lxd1"], machine)).toEqual(["The lab runs on Linux only."]);
});
