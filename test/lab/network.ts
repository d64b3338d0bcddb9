import { createHash } from "node:crypto";
import { createServer } from "node:net";
import { z } from "zod";
import { mustRun, run } from "./run.ts";

const Links = z.array(z.object({ ifname: z.string() }));
const Addresses = z.array(z.object({ addr_info: z.array(z.object({ local: z.string() })) }));

/** A bridge name (15 characters at most, a kernel limit) that follows from the server's directory alone. */
export function bridgeName(serverDir: string): string {
  return `lab${hash(serverDir).toString("hex").slice(0, 10)}`;
}

/** Free addresses `10.x.y.1/24` for bridges, one for each directory, that no interface of this machine uses. */
export async function freeSubnets(serverDirs: readonly string[]): Promise<readonly string[]> {
  const used = Addresses.parse(JSON.parse(await mustRun(["ip", "-j", "-4", "address"])));
  const taken = new Set(used.flatMap((link) => link.addr_info.map(({ local }) => prefixOf(local))));
  return serverDirs.map((serverDir) => {
    const start = hash(serverDir).readUInt16BE(0);
    for (let offset = 0; offset < 0x1_00_00; offset += 1) {
      const value = (start + offset) % 0x1_00_00;
      const prefix = `10.${128 + ((value >> 8) % 128)}.${value & 0xff}`;
      if (taken.has(prefix)) continue;
      taken.add(prefix);
      return `${prefix}.1/24`;
    }
    throw new Error("no free subnet for the lab's bridges");
  });
}

/** Ports on 127.0.0.1 that were free a moment ago, all different. */
export async function freePorts(count: number): Promise<readonly number[]> {
  const servers = Array.from({ length: count }, () => createServer());
  try {
    return await Promise.all(
      servers.map(async (server) => {
        await new Promise<void>((resolve, reject) => server.once("error", reject).listen(0, "127.0.0.1", resolve));
        const address = server.address();
        if (address === null || typeof address === "string") throw new Error("a TCP server without a port");
        return address.port;
      }),
    );
  } finally {
    await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  }
}

/** Removes a bridge, the interfaces still attached to it and the firewall rules that name it. Repeatable. */
export async function removeBridge(bridge: string): Promise<void> {
  const attached = await run(["ip", "-j", "link", "show", "master", bridge]);
  if (attached.code === 0) {
    const text = attached.stdout.trim();
    for (const { ifname } of Links.parse(text === "" ? [] : JSON.parse(text)))
      await run(["ip", "link", "delete", ifname]);
    await mustRun(["ip", "link", "delete", bridge]);
  }
  for (const program of ["iptables", "ip6tables"]) await removeRules(program, bridge);
}

async function removeRules(program: string, bridge: string): Promise<void> {
  const saved = await run([`${program}-save`]);
  let table = "filter";
  for (const line of saved.stdout.split("\n")) {
    if (line.startsWith("*")) table = line.slice(1).trim();
    // "-A CHAIN … -m comment --comment "generated for LXD network NAME" …": words, some of them in quotes.
    const words = [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? "");
    if (words[0] !== "-A" || !words.some((word) => word.split(" ").includes(bridge))) continue;
    await run([program, "-w", "5", "-t", table, "-D", ...words.slice(1)]);
  }
}

function hash(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}

function prefixOf(address: string): string {
  return address.split(".").slice(0, 3).join(".");
}
