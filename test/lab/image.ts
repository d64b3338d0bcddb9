import { chmod, chown, copyFile, lchown, mkdir, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { mustRun } from "./run.ts";

/** Alias under which every server of the lab knows the image. */
export const imageAlias = "busybox";

const architectures: Readonly<Record<string, string>> = { x64: "x86_64", arm64: "aarch64" };
const folders = ["bin", "sbin", "dev", "proc", "sys", "tmp", "run", "root", "etc", "home", "mnt", "var"];

const rcScript = `#!/bin/sh
ip link set lo up
if [ -e /sys/class/net/eth0 ]; then
  udhcpc -i eth0 -s /etc/udhcpc.script -x "hostname:$(hostname)" -t 5 -T 1 -b >/dev/null 2>&1
fi
`;

// Called by udhcpc with the lease in its environment.
const dhcpScript = `#!/bin/sh
case "$1" in
deconfig)
  ip addr flush dev "$interface"
  ip link set "$interface" up
  ;;
bound | renew)
  ip addr flush dev "$interface"
  ip addr add "$ip/$mask" dev "$interface"
  [ -z "$router" ] || ip route replace default via "\${router%% *}"
  : >/etc/resolv.conf
  for server in $dns; do echo "nameserver $server" >>/etc/resolv.conf; done
  ;;
esac
exit 0
`;

const inittab = `::sysinit:/etc/rc
console::askfirst:-/bin/sh
::ctrlaltdel:/bin/reboot
::shutdown:/bin/true
`;

const files: Readonly<Record<string, { readonly text: string; readonly mode?: number }>> = {
  "etc/rc": { text: rcScript, mode: 0o755 },
  "etc/udhcpc.script": { text: dhcpScript, mode: 0o755 },
  "etc/inittab": { text: inittab },
  "etc/passwd": { text: "root:x:0:0:root:/root:/bin/sh\nubuntu:x:1000:1000:ubuntu:/home/ubuntu:/bin/sh\n" },
  "etc/group": { text: "root:x:0:\nubuntu:x:1000:\n" },
  "etc/hosts": { text: "127.0.0.1 localhost\n" },
  "etc/resolv.conf": { text: "" },
  "etc/os-release": { text: 'ID=busybox\nNAME="Busybox"\nPRETTY_NAME="Busybox (lab)"\n' },
};

/**
 * Builds a container image of about 1 MB around the machine's static busybox: an init, DHCP on eth0, and a user `ubuntu`
 * (1000) with a home. Returns the tarball's path, to be imported as it is by LXD and by Incus. `dir` must be writable.
 */
export async function buildImage(dir: string): Promise<string> {
  const work = join(dir, "work");
  const root = join(work, "rootfs");
  await mkdir(root, { recursive: true, mode: 0o755 });
  for (const folder of folders) await mkdir(join(root, folder));
  await chmod(join(root, "tmp"), 0o1777);
  await mkdir(join(root, "home/ubuntu"));
  await chown(join(root, "home/ubuntu"), 1000, 1000);
  await copyFile("/bin/busybox", join(root, "bin/busybox"));
  for (const applet of (await mustRun(["/bin/busybox", "--list"])).trim().split("\n")) {
    if (applet === "busybox") continue;
    await symlink("busybox", join(root, "bin", applet));
    await lchown(join(root, "bin", applet), 0, 0);
  }
  await symlink("../bin/busybox", join(root, "sbin/init"));
  for (const [path, { text, mode }] of Object.entries(files)) {
    await writeFile(join(root, path), text);
    await chmod(join(root, path), mode ?? 0o644);
  }
  await writeFile(join(work, "metadata.yaml"), metadata());
  const tarball = join(dir, "busybox.tar.gz");
  await mustRun(["tar", "--numeric-owner", "-C", work, "-czf", tarball, "metadata.yaml", "rootfs"]);
  await rm(work, { recursive: true });
  return tarball;
}

/** The image's description; JSON is YAML too. */
function metadata(): string {
  const architecture = architectures[process.arch] ?? process.arch;
  return JSON.stringify({
    architecture,
    creation_date: Math.floor(Date.now() / 1000),
    properties: { os: "busybox", release: "lab", architecture, description: "Busybox for the lab" },
  });
}
