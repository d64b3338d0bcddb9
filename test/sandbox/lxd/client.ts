import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Agent, request, WebSocket, type Dispatcher } from "undici";
import { startSimulatedLxd, type SimulatedLxd, type SimulatedLxdOptions } from "../../../sandbox/lxd/server.ts";
import type { Identity } from "../../../sandbox/lxd/wire/identity.ts";

/** One answer of the simulation, its JSON parsed as far as it is any. */
export interface Reply {
  readonly status: number;
  readonly etag: string | null;
  readonly text: string;
  readonly type: string;
  readonly operation: string;
  readonly error: string;
  readonly errorCode: number;
  readonly metadata: Record<string, unknown>;
  /** `metadata` where it is a list. */
  readonly list: readonly unknown[];
}

export interface TestClient extends AsyncDisposable {
  send(method: string, path: string, body?: unknown, headers?: Record<string, string>): Promise<Reply>;
  /** Sends, waits for the operation, and returns it. */
  run(method: string, path: string, body?: unknown): Promise<Record<string, unknown>>;
  events(query?: string): Promise<EventTape>;
}

export interface EventTape extends Disposable {
  readonly seen: readonly SeenEvent[];
  readonly closed: () => boolean;
}

export interface SeenEvent {
  readonly type: string;
  readonly project?: string;
  readonly metadata: Record<string, unknown>;
}

const deadlineMs = 5_000;
const pollMs = 5;

/** Polls until the value is there; fails after a deadline. */
export async function until<Value>(
  probe: () => Value | undefined | false | Promise<Value | undefined | false>,
): Promise<Value> {
  const end = Date.now() + deadlineMs;
  for (;;) {
    const value = await probe();
    if (value !== undefined && value !== false) return value;
    if (Date.now() > end) throw new Error("the deadline passed");
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
}

/** A simulation at a socket in a directory of its own, with a client at it. */
export async function startAtSocket(
  options: Partial<SimulatedLxdOptions> = {},
): Promise<{ readonly lxd: SimulatedLxd; readonly client: TestClient } & AsyncDisposable> {
  const directory = await mkdtemp(join(tmpdir(), "simulated-lxd-"));
  const path = join(directory, "unix.socket");
  const lxd = await startSimulatedLxd({ name: "lxd1", listen: { type: "unix", path }, ...options });
  const client = connect("http://lxd", new Agent({ connect: { socketPath: path } }));
  return {
    lxd,
    client,
    async [Symbol.asyncDispose]() {
      await client[Symbol.asyncDispose]();
      await lxd[Symbol.asyncDispose]();
      await rm(directory, { recursive: true, force: true });
    },
  };
}

/** A client that pins the server's present certificate, with or without one of its own. */
export function connectTls(lxd: SimulatedLxd, identity: Identity | null): TestClient {
  const pinned = lxd.fingerprint;
  const agent = new Agent({
    allowH2: false,
    connect: {
      ca: [lxd.certificatePem],
      ...(identity === null ? {} : { key: identity.keyPem, cert: identity.certificatePem }),
      checkServerIdentity: (_, certificate) =>
        certificate.fingerprint256.replaceAll(":", "").toLowerCase() === pinned ? undefined : new Error("other pin"),
    },
  });
  return connect(lxd.url ?? "", agent);
}

function connect(origin: string, dispatcher: Dispatcher): TestClient {
  const send: TestClient["send"] = async (method, path, body, headers = {}) => {
    const answer = await request(`${origin}${path}`, {
      dispatcher,
      method,
      headers,
      ...(body === undefined ? {} : { body: typeof body === "string" ? body : JSON.stringify(body) }),
    });
    const text = await answer.body.text();
    return toReply(answer.statusCode, String(answer.headers["etag"] ?? ""), text);
  };
  const client: TestClient = {
    send,
    async run(method, path, body) {
      const { operation, error } = await send(method, path, body);
      if (operation === "") throw new Error(`no operation: ${error}`);
      return (await send("GET", `${operation}/wait?timeout=10`)).metadata;
    },
    async events(query = "all-projects=true") {
      const seen: SeenEvent[] = [];
      let closed = false;
      const socket = new WebSocket(`${origin.replace("http", "ws")}/1.0/events?${query}`, { dispatcher });
      socket.addEventListener("message", (event) => seen.push(JSON.parse(String(event.data)) as SeenEvent));
      socket.addEventListener("close", () => {
        closed = true;
      });
      await new Promise<void>((resolve, reject) => {
        socket.addEventListener("open", () => resolve());
        socket.addEventListener("error", () => reject(new Error("no event socket")));
      });
      return { seen, closed: () => closed, [Symbol.dispose]: () => socket.close() };
    },
    [Symbol.asyncDispose]: () => dispatcher.destroy(),
  };
  return client;
}

function toReply(status: number, etag: string, text: string): Reply {
  const parsed = parse(text);
  const metadata = parsed["metadata"];
  return {
    status,
    etag: etag === "" ? null : etag,
    text,
    type: textOf(parsed["type"]),
    operation: textOf(parsed["operation"]),
    error: textOf(parsed["error"]),
    errorCode: Number(parsed["error_code"] ?? 0),
    metadata: typeof metadata === "object" && metadata !== null ? (metadata as Record<string, unknown>) : {},
    list: Array.isArray(metadata) ? metadata : [],
  };
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : "";
}

function parse(text: string): Record<string, unknown> {
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch {
    return {};
  }
}

export const fromBusybox = (name: string) => ({ name, source: { type: "image", alias: "busybox" } });
