import { z } from "zod";
import type { Clock } from "../clock.ts";
import { UserError } from "../errors.ts";

/** What `lxc config trust add` and `incus config trust add` print. */
export interface JoinToken {
  /** The name that the server will give to the bot's certificate. */
  readonly clientName: string;
  /** SHA-256 of the server's certificate, lower-case hex. */
  readonly fingerprint: string;
  /** `https://host:port`, at least one. */
  readonly addresses: readonly string[];
  /** Milliseconds since 1970; absent when the token does not expire. */
  readonly expiresAt?: number;
  /** The whole token: this is what the server wants to see. */
  readonly text: string;
}

/** shared/api/certificate.go, `CertificateAddToken`. */
const Payload = z.object({
  client_name: z.string(),
  fingerprint: z.string().regex(/^[0-9a-f]{64}$/),
  addresses: z.array(z.string().min(1)).min(1),
  secret: z.string().min(1),
  expires_at: z.string().nullish(),
});

const base64 = /^[A-Za-z0-9+/_-]+={0,2}$/;
/** Longer ones are not looked at: a server with 50 addresses makes about 2,000 characters. */
const maxTokenChars = 8_192;
const shownAddressChars = 100;
const howToGetOne = "Make a new one on the server with `lxc config trust add --name <name>` and paste all of it.";

/** Whether a text is meant to be a token: long, and in its alphabet. */
export function looksLikeJoinToken(text: string): boolean {
  return text.length > 64 && base64.test(text);
}

/** Throws `UserError` `remote-token` for what is no token, is cut, is for something else, or has expired. */
export function parseJoinToken(text: string, options: { readonly clock: Clock }): JoinToken {
  const trimmed = text.trim();
  const json = trimmed.length <= maxTokenChars && base64.test(trimmed) ? decode(trimmed) : undefined;
  if (json === undefined)
    throw malformed("It is not the base64 text of a JSON object; perhaps a part of it is missing.");
  if ("server_name" in json) throw malformed("It is a token with which a server joins a cluster.");
  const payload = Payload.safeParse(json);
  if (!payload.success) {
    const fields = payload.error.issues.map((issue) => issue.path.join(".")).join(", ");
    throw malformed(`These fields are missing or malformed: ${fields}.`);
  }
  const expiresAt = expiryOf(payload.data.expires_at ?? "");
  if (expiresAt !== undefined && expiresAt <= options.clock.now()) {
    const when = new Date(expiresAt).toISOString();
    throw new UserError("remote-token", {
      what: "The join token has expired.",
      why: `It was valid until ${when}.`,
      next: howToGetOne,
    });
  }
  return {
    clientName: payload.data.client_name,
    fingerprint: payload.data.fingerprint,
    addresses: payload.data.addresses.map(toUrl),
    text: trimmed,
    ...(expiresAt === undefined ? {} : { expiresAt }),
  };
}

function decode(text: string): object | undefined {
  try {
    const json: unknown = JSON.parse(Buffer.from(text, "base64").toString("utf8"));
    return typeof json === "object" && json !== null && !Array.isArray(json) ? json : undefined;
  } catch {
    return undefined;
  }
}

/** Go's zero time, year 1, means "never". */
function expiryOf(text: string): number | undefined {
  const ms = Date.parse(text);
  return ms > 0 ? ms : undefined;
}

/** `host:port`, where an IPv6 host stands in brackets. */
function toUrl(address: string): string {
  const url = URL.parse(`https://${address}`);
  if (url === null || url.host === "" || url.pathname !== "/")
    throw malformed(`"${address.slice(0, shownAddressChars)}" is not an address.`);
  return url.origin;
}

function malformed(why: string): UserError {
  return new UserError("remote-token", { what: "The join token cannot be read.", why, next: howToGetOne });
}
