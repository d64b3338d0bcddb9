import { UserError } from "../../src/errors.ts";

/** The image servers that `lxc` and `incus` know by name (lxc/config/default.go; cmd/incus in lxc/incus). All are simplestreams. */
const servers = {
  ubuntu: { lxd: "https://cloud-images.ubuntu.com/releases/", incus: "https://cloud-images.ubuntu.com/releases/" },
  "ubuntu-daily": { lxd: "https://cloud-images.ubuntu.com/daily/", incus: "https://cloud-images.ubuntu.com/daily/" },
  "ubuntu-minimal": {
    lxd: "https://cloud-images.ubuntu.com/minimal/releases/",
    incus: "https://cloud-images.ubuntu.com/minimal/releases/",
  },
  images: { lxd: "https://images.lxd.canonical.com/", incus: "https://images.linuxcontainers.org/" },
} as const satisfies Record<string, { readonly lxd: string; readonly incus: string }>;

/** @throws UserError `image-server-unknown` */
export function imageServer(name: string, { incus }: { readonly incus: boolean }): string {
  const server = Object.hasOwn(servers, name) ? servers[name as keyof typeof servers] : undefined; // just checked
  if (server) return incus ? server.incus : server.lxd;
  throw new UserError("image-server-unknown", {
    what: `There is no image server called ${name}.`,
    why: `The bot knows ${Object.keys(servers).join(", ")}.`,
    next: "An image that is on the remote itself is named without anything before it.",
  });
}
