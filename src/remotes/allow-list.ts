import { BlockList, isIP } from "node:net";
import { UserError } from "../errors.ts";

/**
 * Makes the check of addresses that remotes may have. An entry is a host name (`lxd1.example.org`, `*.example.org`), an
 * address, a network (`10.0.0.0/8`) or `unix`. A host name is only allowed by name: what it resolves to is not looked at.
 */
export function createAddressCheck(allowList: readonly string[]): (address: string) => void {
  const networks = new BlockList();
  const names: string[] = [];
  for (const entry of allowList) {
    const [address = "", bits] = entry.split("/");
    const family = isIP(address);
    if (family === 0) names.push(entry.toLowerCase());
    else
      networks.addSubnet(
        address,
        bits === undefined ? (family === 4 ? 32 : 128) : Number(bits),
        family === 4 ? "ipv4" : "ipv6",
      );
  }
  function allowed(address: string): boolean {
    if (allowList.length === 0) return true;
    if (address.startsWith("unix:")) return names.includes("unix");
    const host = new URL(address).hostname.replace(/^\[|\]$/g, "").toLowerCase();
    const family = isIP(host);
    if (family !== 0) return networks.check(host, family === 4 ? "ipv4" : "ipv6");
    return names.some((name) => name === host || (name.startsWith("*.") && host.endsWith(name.slice(1))));
  }
  return (address) => {
    if (allowed(address)) return;
    throw new UserError("remote-address", {
      what: `${address} is not among the addresses that remotes may have.`,
      why: `REMOTE_ALLOW_LIST: ${allowList.join(", ")}.`,
      next: "Ask the people who run the bot.",
    });
  };
}
