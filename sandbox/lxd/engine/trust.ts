import { randomBytes } from "node:crypto";
import { goZeroTime } from "./clock.ts";
import type { Operation, Operations } from "./operations.ts";

const secretBytes = 32;
const millisecondsPerSecond = 1_000;

/** The content of a join token: what `lxc config trust add` prints in base64. */
interface TokenContent {
  readonly client_name: string;
  readonly fingerprint: string;
  readonly addresses: readonly string[];
  readonly secret: string;
  readonly expires_at: string;
}

/** A pending token, kept as LXD keeps it: an operation of class "token". */
interface PendingToken {
  readonly operation: Operation;
  readonly clientName: string;
  readonly secret: string;
  readonly expiresMs: number | null;
}

export interface TokenRequest {
  readonly name: string;
  /** Milliseconds since the epoch; null for a token that does not expire. */
  readonly expiresMs: number | null;
  readonly fingerprint: string;
  readonly addresses: readonly string[];
}

/** Trust password and join tokens. */
export interface Trust {
  setPassword(password: string | null): void;
  isPassword(candidate: string): boolean;
  hasPassword(): boolean;
  /** Starts the token's operation and returns it with the encoded token. */
  addToken(request: TokenRequest): { readonly operation: Operation; readonly token: string };
  /** Uses a token up. Returns the client's name, or why not. */
  redeem(token: string, nowMs: number): { readonly clientName: string } | "unknown" | "malformed";
}

export function createTrust(operations: Operations): Trust {
  const tokens: PendingToken[] = [];
  let password: string | null = null;
  return {
    setPassword(next) {
      password = next;
    },
    isPassword: (candidate) => password !== null && candidate === password,
    hasPassword: () => password !== null,
    addToken({ name, expiresMs, fingerprint, addresses }) {
      const secret = randomBytes(secretBytes).toString("hex");
      const request = {
        name,
        type: "client",
        restricted: false,
        projects: [],
        certificate: "",
        password: "",
        token: true,
      };
      const expires = expiresMs === null ? null : goTime(expiresMs);
      const operation = operations.create({
        project: "default",
        description: "Executing operation",
        class: "token",
        resources: null,
        metadata: { addresses, ...(expires === null ? {} : { expiresAt: expires }), fingerprint, request, secret },
      });
      tokens.push({ operation, clientName: name, secret, expiresMs });
      const content: TokenContent = {
        client_name: name,
        fingerprint,
        addresses,
        secret,
        expires_at: expires ?? goZeroTime,
      };
      return { operation, token: Buffer.from(JSON.stringify(content)).toString("base64") };
    },
    redeem(token, nowMs) {
      const secret = secretOf(token);
      if (secret === null) return "malformed";
      const index = tokens.findIndex((candidate) => candidate.secret === secret && !candidate.operation.isFinal());
      const pending = tokens[index];
      if (pending === undefined) return "unknown";
      tokens.splice(index, 1);
      pending.operation.cancel();
      if (pending.expiresMs !== null && pending.expiresMs <= nowMs) return "unknown";
      return { clientName: pending.clientName };
    },
  };
}

function goTime(ms: number): string {
  return ms % millisecondsPerSecond === 0
    ? new Date(ms).toISOString().replace(".000Z", "Z")
    : new Date(ms).toISOString();
}

function secretOf(token: string): string | null {
  try {
    const content: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (typeof content !== "object" || content === null || !("secret" in content)) return null;
    return typeof content.secret === "string" ? content.secret : null;
  } catch {
    return null;
  }
}
