import type { RemoteRow } from "../../db/remotes.ts";
import type { Clock } from "../clock.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Lxd } from "../lxd/connection.ts";
import { fetchServerCertificate } from "../lxd/first-contact.ts";
import type { Server } from "../lxd/resources/server.ts";
import type { Endpoint } from "../lxd/transport/routes.ts";
import { parseJoinToken } from "./join-token.ts";

/** What was found out about a server that shall become a remote; nothing has been changed. */
export interface RemoteToAdd {
  readonly kind: "unix" | "https";
  /** The one that answered first. */
  readonly addresses: readonly string[];
  readonly certificatePem: string | null;
  readonly fingerprint: string | null;
  readonly server: Server | undefined;
  readonly trusted: boolean;
  /** To be given to the server. */
  readonly trustToken: string | undefined;
  /** Nobody has vouched for the certificate: a person must compare it. */
  readonly askFirst: boolean;
  /** Neither trusted, nor with a token that would make it so. */
  readonly needsTrust: boolean;
}

interface Tools {
  readonly dial: (remote: string, endpoint: Endpoint) => Lxd;
  readonly clock: Clock;
  /** Throws UserError `remote-address`. */
  readonly checkAddress: (address: string) => void;
  readonly signal: AbortSignal;
}

/**
 * Looks at a server before it is added: its certificate without sending it anything, then, over a connection pinned to
 * that, what it is and whether it trusts the bot.
 * @throws UserError `remote-address`, `remote-token`, `lxd-unreachable`…
 */
export async function planRemoteAdd(
  wanted: { readonly name: string; readonly where: string; readonly token: string | undefined },
  tools: Tools,
): Promise<RemoteToAdd> {
  if (wanted.where.startsWith("unix:")) return lookAtSocket(wanted, tools);
  if (/^https?:/i.test(wanted.where) || wanted.where.includes("://")) return lookAtAddress(wanted, tools);
  const token = parseJoinToken(wanted.where, { clock: tools.clock });
  for (const address of token.addresses) tools.checkAddress(address);
  const shown = await firstThatAnswers(token.addresses, tools.signal);
  if (shown.fingerprint !== token.fingerprint) {
    throw new UserError("lxd-certificate", {
      what: `The server at ${shown.address} shows another certificate than the one in the join token, so nothing was sent to it.`,
      why: `Token: ${token.fingerprint}. Server: ${shown.fingerprint}.`,
      next: "Somebody may answer in its place, or the token is of another server. Make a new token on the server itself.",
    });
  }
  const addresses = [shown.address, ...token.addresses.filter((address) => address !== shown.address)];
  return lookClosely(wanted.name, {
    addresses,
    pem: shown.pem,
    fingerprint: shown.fingerprint,
    token: wanted.where,
    tools,
    askFirst: false,
  });
}

/**
 * A name that is taken may be given again to the same server alone: to trust it anew, or when its address has changed.
 * @throws UserError `remote-taken`
 */
export function requireSameServer(known: RemoteRow | undefined, found: RemoteToAdd): void {
  if (!known) return;
  const isSame =
    known.kind === found.kind &&
    (found.kind === "https"
      ? known.fingerprint === found.fingerprint
      : known.addresses === JSON.stringify(found.addresses));
  if (isSame) return;
  throw new UserError("remote-taken", {
    what: `There is a remote ${known.name} already, and it is another server.`,
    next: `Choose another name, or first \`/lxd remote remove ${known.name}\`.`,
  });
}

async function lookAtAddress(
  wanted: { readonly name: string; readonly where: string; readonly token: string | undefined },
  tools: Tools,
): Promise<RemoteToAdd> {
  const address = originOf(wanted.where);
  tools.checkAddress(address);
  const shown = await fetchServerCertificate(address, { signal: tools.signal });
  const vouched = wanted.token === undefined ? undefined : parseJoinToken(wanted.token, { clock: tools.clock });
  if (vouched && vouched.fingerprint !== shown.fingerprint) {
    throw new UserError("lxd-certificate", {
      what: `The server at ${address} shows another certificate than the one in the join token, so nothing was sent to it.`,
      why: `Token: ${vouched.fingerprint}. Server: ${shown.fingerprint}.`,
      next: "Somebody may answer in its place, or the token is of another server.",
    });
  }
  return lookClosely(wanted.name, {
    addresses: [address],
    pem: shown.pem,
    fingerprint: shown.fingerprint,
    token: wanted.token,
    tools,
    askFirst: !vouched,
  });
}

async function lookClosely(
  name: string,
  {
    addresses,
    pem,
    fingerprint,
    token,
    tools,
    askFirst,
  }: {
    readonly addresses: readonly string[];
    readonly pem: string;
    readonly fingerprint: string;
    readonly token: string | undefined;
    readonly tools: Tools;
    readonly askFirst: boolean;
  },
): Promise<RemoteToAdd> {
  const server = await tools.dial(name, { type: "https", addresses, certificatePem: pem }).server.get();
  const trusted = server.auth === "trusted";
  return {
    kind: "https",
    addresses,
    certificatePem: pem,
    fingerprint,
    server,
    trusted,
    trustToken: trusted ? undefined : token,
    askFirst,
    needsTrust: !trusted && token === undefined,
  };
}

async function lookAtSocket(
  wanted: { readonly name: string; readonly where: string },
  tools: Tools,
): Promise<RemoteToAdd> {
  const path = wanted.where.replace(/^unix:(\/\/)?/, "");
  if (!path.startsWith("/")) {
    throw new UserError("remote-address", {
      what: `${wanted.where} does not name a socket.`,
      next: "Write the whole path: `unix:///var/snap/lxd/common/lxd/unix.socket`.",
    });
  }
  tools.checkAddress(`unix://${path}`);
  const server = await tools.dial(wanted.name, { type: "unix", path }).server.get();
  return {
    kind: "unix",
    addresses: [path],
    certificatePem: null,
    fingerprint: null,
    server,
    trusted: server.auth === "trusted",
    trustToken: undefined,
    askFirst: false,
    needsTrust: false,
  };
}

/** LXD's own port (doc/server.md, core.https_address). */
const defaultPort = "8443";

function originOf(text: string): string {
  let url: URL;
  try {
    url = new URL(text);
  } catch (cause) {
    throw new UserError("remote-address", {
      what: "The address cannot be read.",
      why: messageOf(cause),
      next: "It is written https://HOST:PORT.",
      cause,
    });
  }
  if (
    url.protocol !== "https:" ||
    url.hostname === "" ||
    url.username !== "" ||
    url.search !== "" ||
    (url.pathname !== "/" && url.pathname !== "")
  ) {
    throw new UserError("remote-address", {
      what: "The address is not one of an LXD server.",
      next: "It is written https://HOST:PORT, with nothing behind the port.",
    });
  }
  return `https://${url.hostname}:${url.port === "" && !/:443\b/.test(text) ? defaultPort : url.port || "443"}`;
}

async function firstThatAnswers(
  addresses: readonly string[],
  signal: AbortSignal,
): Promise<{ readonly address: string; readonly pem: string; readonly fingerprint: string }> {
  let last: unknown;
  for (const address of addresses) {
    try {
      return { address, ...(await fetchServerCertificate(address, { signal })) };
    } catch (error) {
      signal.throwIfAborted();
      last = error;
    }
  }
  throw new UserError("lxd-unreachable", {
    what: "None of the addresses in the join token can be reached from here.",
    why: `Tried ${addresses.join(", ")}. The last one: ${messageOf(last)}`,
    next: "Set `core.https_address` on the server to an address that the bot's host can reach, and make a new token.",
    cause: last,
  });
}
