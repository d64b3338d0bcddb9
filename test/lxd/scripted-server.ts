import { once } from "node:events";
import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import type { AddressInfo, Socket } from "node:net";
import { WebSocketServer, type WebSocket } from "ws";
import type { Endpoint } from "../../src/lxd/transport/routes.ts";
import type { Identity } from "./certificates.ts";
import { checkRequests, splitTarget, type SentRequest } from "./request-checker.ts";

/** A request as it arrived. */
export interface Arrived extends SentRequest {
  /** Path and query as sent. */
  readonly target: string;
  readonly ifMatch: string | undefined;
}

export type Handler = (request: Arrived, response: ServerResponse) => void;

/** A server that answers what a test tells it to, and nothing else, over a real socket. */
export interface ScriptedServer extends AsyncDisposable {
  readonly endpoint: Endpoint;
  readonly origin: string;
  readonly arrived: readonly Arrived[];
  /** Answers from now on; the key is `METHOD /path`, without the query. */
  on(what: string, handler: Handler): void;
  /** To all events connections; a text is sent as it is. */
  emit(frame: unknown): void;
  /** Open events connections. */
  readonly listening: () => number;
  onPing(listener: () => void): void;
  /** From now on events connections stay open and answer nothing, like those to a host that vanished. */
  fallSilent(): void;
  /** Cuts all connections, or only the events ones. */
  cut(which: "all" | "events"): void;
}

export interface ScriptOptions {
  readonly handlers?: Readonly<Record<string, Handler>>;
  /** HTTPS with this certificate; plain HTTP on a Unix socket at `socketPath` otherwise. */
  readonly tls?: Identity;
  readonly socketPath?: string;
  /** Requests that LXD's description does not know are expected. */
  readonly foreign?: boolean;
  /** Events connections are refused. */
  readonly withoutEvents?: boolean;
}

export const trusted = { api_extensions: ["api_filtering"], auth: "trusted", environment: { server: "lxd" } };

/** Starts it; at disposal every request that arrived is compared with LXD's description. */
export async function scriptedServer(options: ScriptOptions): Promise<ScriptedServer> {
  const handlers = new Map(Object.entries({ "GET /1.0": sync(trusted), ...options.handlers }));
  const arrived: Arrived[] = [];
  const connections = new Set<Socket>();
  const events = new WebSocketServer({ noServer: true });
  const sockets = new Set<WebSocket>();
  const { tls } = options;
  const server = tls
    ? createHttpsServer({ cert: tls.certificatePem, key: tls.keyPem, requestCert: true, rejectUnauthorized: false })
    : createHttpServer();

  server.on("request", (request: IncomingMessage, response: ServerResponse) => {
    void answer(request, response);
  });
  server.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    see(request, "");
    if (options.withoutEvents) {
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    events.handleUpgrade(request, socket, head, (opened) => {
      sockets.add(opened);
      opened.on("close", () => sockets.delete(opened));
    });
  });
  server.on(tls ? "secureConnection" : "connection", (socket: Socket) => {
    connections.add(socket);
    socket.on("close", () => connections.delete(socket));
    socket.on("error", () => undefined);
  });

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const seen = see(request, await read(request));
    const handler = handlers.get(`${seen.method} ${seen.path}`) ?? refuse(404, "not found");
    handler(seen, response);
  }

  function see(request: IncomingMessage, body: string): Arrived {
    const target = request.url ?? "";
    const seen = {
      method: request.method ?? "",
      target,
      ...splitTarget(target),
      body: body === "" ? undefined : JSON.parse(body),
      ifMatch: request.headers["if-match"],
    };
    arrived.push(seen);
    return seen;
  }

  if (options.socketPath === undefined) server.listen(0, "127.0.0.1");
  else server.listen(options.socketPath);
  await once(server, "listening");
  const origin = originOf(server.address(), tls);
  return {
    origin,
    endpoint: tls
      ? { type: "https", addresses: [origin], certificatePem: tls.certificatePem }
      : { type: "unix", path: options.socketPath ?? "" },
    arrived,
    on: (what, handler) => void handlers.set(what, handler),
    emit: (frame) => {
      for (const socket of sockets) socket.send(typeof frame === "string" ? frame : JSON.stringify(frame));
    },
    listening: () => sockets.size,
    onPing: (listener) => {
      for (const socket of sockets) socket.on("ping", listener);
    },
    fallSilent: () => {
      for (const socket of sockets) socket.pause();
    },
    cut: (which) => {
      if (which === "events") for (const socket of sockets) socket.terminate();
      else for (const socket of connections) socket.destroy();
    },
    [Symbol.asyncDispose]: async () => {
      for (const socket of connections) socket.destroy();
      server.close();
      await once(server, "close");
      const problems = options.foreign ? [] : checkRequests(arrived);
      if (problems.length > 0) throw new Error(`not in LXD's description:\n${problems.join("\n")}`);
    },
  };
}

/** LXD's answers. */
export function sync(metadata: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return json(200, { type: "sync", status: "Success", status_code: 200, metadata }, headers);
}

export function started(id: string, more: object = {}): Handler {
  const metadata = operation(id, { status: "Running", status_code: 103, ...more });
  return json(202, { type: "async", operation: `/1.0/operations/${id}?project=p`, metadata });
}

export function refuse(status: number, error: string): Handler {
  return json(status, { type: "error", error, error_code: status });
}

export function json(status: number, body: unknown, headers: Readonly<Record<string, string>> = {}): Handler {
  return (_request, response) => {
    response.writeHead(status, { "content-type": "application/json", ...headers });
    response.end(JSON.stringify(body));
  };
}

export function operation(id: string, more: object = {}): object {
  return {
    id,
    class: "task",
    description: "Creating instance",
    created_at: "2026-01-01T00:00:00Z",
    updated_at: "2026-01-01T00:00:00Z",
    status: "Running",
    status_code: 103,
    resources: { instances: ["/1.0/instances/web1"] },
    metadata: null,
    may_cancel: true,
    err: "",
    location: "none",
    ...more,
  };
}

async function read(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks).toString("utf8");
}

function originOf(address: AddressInfo | string | null, tls: Identity | undefined): string {
  if (typeof address !== "object" || address === null) return "http://lxd";
  return `${tls ? "https" : "http"}://127.0.0.1:${address.port}`;
}
