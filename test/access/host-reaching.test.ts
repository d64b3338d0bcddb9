import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { hostReaching } from "../../src/access/host-reaching.ts";

const ofSetting = (key: string, value: string): readonly string[] =>
  hostReaching({ config: { [key]: value }, devices: {} }).map(({ what }) => what);
const ofDevice = (device: Readonly<Record<string, string>>): readonly string[] =>
  hostReaching({ config: {}, devices: { dev: device } }).map(({ why }) => why);

describe("settings that stay inside", () => {
  test.each([
    ["limits.cpu", "2"],
    ["limits.memory", "1GiB"],
    ["boot.autostart", "true"],
    ["user.chatops.job", "j-1"],
    ["cloud-init.user-data", "#cloud-config"],
    ["environment.PATH", "/bin"],
    ["image.os", "ubuntu"],
    ["snapshots.schedule", "@daily"],
    ["security.protection.delete", "true"],
    ["security.privileged", "false"],
    ["security.privileged", ""],
    ["security.nesting", "0"],
    ["security.syscalls.deny_default", "true"],
  ])("%s=%s", (key, value) => {
    expect(ofSetting(key, value)).toEqual([]);
  });
});

describe("settings that reach the host", () => {
  test.each([
    ["security.privileged", "true"],
    ["security.privileged", "1"],
    ["security.privileged", "ON"],
    ["security.privileged", "Yes"],
    ["security.nesting", "true"],
    ["raw.lxc", "lxc.apparmor.profile=unconfined"],
    ["raw.idmap", "both 0 0"],
    ["raw.apparmor", "mount,"],
    ["raw.seccomp", "2"],
    ["raw.qemu", "-fda /dev/sda"],
    ["linux.kernel_modules", "overlay"],
    ["linux.sysctl.net.ipv4.ip_forward", "1"],
    ["security.syscalls.intercept.mount", "true"],
    ["security.syscalls.allow", "mount"],
    ["security.syscalls.deny_default", "false"],
    ["security.idmap.isolated", "false"],
    ["volatile.idmap.base", "0"],
    // neither known nor harmless: another version's, or misspelt
    ["security.privilegd", "true"],
    ["security.something.new", "true"],
    ["userX", "1"],
    ["limits", "1"],
    ["constructor", "1"],
  ])("%s=%s", (key, value) => {
    expect(ofSetting(key, value)).toEqual([`${key}=${value}`]);
  });

  test("say why", () => {
    const [reach] = hostReaching({ config: { "security.privileged": "true" }, devices: {} });
    expect(reach?.why).toBe("root in a privileged container is root on the host");
    const [unknown] = hostReaching({ config: { "security.new": "1" }, devices: {} });
    expect(unknown?.why).toContain("it is not known to stay inside the container");
  });
});

describe("devices", () => {
  test.each([
    [{ type: "disk", path: "/", pool: "default" }],
    [{ type: "nic", network: "lxdbr0", name: "eth0" }],
    [{ type: "nic", nictype: "bridged", parent: "br0" }],
    [{ type: "none" }],
  ])("that stay inside: %o", (device) => {
    expect(ofDevice(device)).toEqual([]);
  });

  test.each([
    [{ type: "disk", path: "/mnt", source: "/" }, "it mounts / of the host"],
    // an empty setting is none for LXD: this mounted the host's directory on a real server
    [{ type: "disk", path: "/mnt", source: "/", pool: "" }, "it mounts / of the host"],
    [{ type: "disk", path: "/mnt", source: "/srv", pool: "default" }, "it mounts /srv of the host"],
    [{ type: "disk", path: "/data", pool: "default", source: "volume1" }, "it mounts the storage volume volume1"],
    [{ type: "nic", nictype: "", parent: "eth0", network: "" }, "a NIC of type unknown"],
    [{ type: "disk", path: "/mnt", pool: "default", "raw.mount.options": "exec" }, "raw mount options"],
    [{ type: "nic", nictype: "physical", parent: "eth0" }, "uses an interface of the host"],
    [{ type: "nic", nictype: "macvlan", parent: "eth0", network: "lxdbr0" }, "uses an interface of the host"],
    [{ type: "nic" }, "a NIC of type unknown"],
    [{ type: "nic", network: "lxdbr0", "ipv4.routes": "10.9.0.0/24" }, "ipv4.routes writes routes on the host"],
    [{ type: "nic", network: "lxdbr0", "ipv6.routes.external": "2001:db8::/64" }, "writes routes on the host"],
    [{ type: "unix-char", path: "/dev/kvm" }, "is one of the host"],
    [{ type: "unix-block", path: "/dev/sda" }, "is one of the host"],
    [{ type: "gpu" }, "is one of the host"],
    [{ type: "usb" }, "is one of the host"],
    [{ type: "pci" }, "is one of the host"],
    [{ type: "proxy", listen: "tcp:0.0.0.0:80" }, "is one of the host"],
    [{ type: "constructor" }, "is one of the host"],
    [{}, "a device of type unknown"],
  ])("that reach the host: %o", (device, why) => {
    expect(ofDevice(device)).toEqual([expect.stringContaining(why)]);
  });
});

test("everything that reaches the host is told, and nothing that is added takes it away", () => {
  const settings = fc.dictionary(fc.stringMatching(/^(user|limits)\.[a-z]{1,5}$/), fc.string(), { maxKeys: 4 });
  fc.assert(
    fc.property(settings, (config) => {
      const devices = { root: { type: "disk", path: "/", pool: "default" }, home: { type: "disk", source: "/home" } };
      const found = hostReaching({ config: { ...config, "raw.lxc": "x" }, devices });
      expect(found.map(({ what }) => what)).toEqual(["raw.lxc=x", "device home (disk)"]);
    }),
  );
});
