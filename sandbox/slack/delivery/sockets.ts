import { randomUUID } from "node:crypto";
import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import { isObject, objectOf, parseJson, textOf } from "../json.ts";
import type { Answer, Outgoing, Retry, Transport } from "./transport.ts";

/* https://docs.slack.dev/apis/events-api/using-socket-mode */
const maxConnections = 10;
const ticketLifetimeMs = 30_000;
const pingEveryMs = 5_000;
const closeAfterDisconnectMs = 10_000;
const goodbyeMs = 500;

/** `cut` is ours: the connection breaks without a word. */
export type DisconnectReason = "warning" | "refresh_requested" | "link_disabled" | "too_many_websockets" | "cut";

interface Pending {
  readonly socket: WebSocket;
  readonly settle: (answer: Answer) => void;
  readonly sentAt: number;
}

/** Socket Mode: tickets, connections, one-of-N delivery, acknowledgements. */
export class Sockets implements Transport {
  readonly #server = new WebSocketServer({ noServer: true });
  readonly #tickets = new Map<string, number>();
  readonly #connections = new Set<WebSocket>();
  readonly #pending = new Map<string, Pending>();
  readonly #timers = new Set<NodeJS.Timeout>();
  readonly #appId: string;
  readonly #onChange: (connected: boolean) => void;
  #turn = 0;

  constructor(options: { readonly appId: string; readonly onChange: (connected: boolean) => void }) {
    this.#appId = options.appId;
    this.#onChange = options.onChange;
  }

  /** The query of a new single-use address, as `apps.connections.open` hands it out. */
  ticket(): string {
    const ticket = randomUUID();
    this.#tickets.set(ticket, Date.now() + ticketLifetimeMs);
    return `ticket=${ticket}&app_id=${this.#appId}`;
  }

  get connected(): boolean {
    return this.#connections.size > 0;
  }

  get size(): number {
    return this.#connections.size;
  }

  /** Takes over an HTTP upgrade of `/link/`; refuses a ticket that is unknown, used or old. */
  upgrade(
    request: IncomingMessage,
    options: { readonly socket: Duplex; readonly head: Buffer; readonly url: URL },
  ): void {
    const ticket = options.url.searchParams.get("ticket") ?? "";
    const validUntil = this.#tickets.get(ticket) ?? 0;
    this.#tickets.delete(ticket);
    if (validUntil < Date.now()) {
      options.socket.end("HTTP/1.1 408 Request Timeout\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    this.#server.handleUpgrade(request, options.socket, options.head, (socket) => {
      this.#accept(socket);
    });
  }

  #accept(socket: WebSocket): void {
    socket.on("error", () => socket.terminate());
    if (this.#connections.size >= maxConnections) {
      this.#disconnectOne(socket, "too_many_websockets");
      return;
    }
    this.#connections.add(socket);
    const pings = setInterval(() => {
      socket.ping("Ping from applink-local");
    }, pingEveryMs);
    socket.on("close", () => {
      clearInterval(pings);
      this.#connections.delete(socket);
      this.#onChange(this.connected);
    });
    // Slack's frames are text; ws hands every frame over as bytes
    socket.on("message", (data) => {
      this.#acknowledged(socket, Buffer.isBuffer(data) ? data.toString("utf8") : "");
    });
    socket.send(
      JSON.stringify({
        type: "hello",
        num_connections: this.#connections.size,
        debug_info: { host: "applink-local", build_number: 1, approximate_connection_time: 18_060 },
        connection_info: { app_id: this.#appId },
      }),
    );
    this.#onChange(true);
  }

  #acknowledged(socket: WebSocket, frame: string): void {
    const message = parseJson(frame);
    if (!isObject(message)) return;
    const id = textOf(message, "envelope_id") ?? "";
    const pending = this.#pending.get(id);
    // an acknowledgement counts on the connection that the payload went to
    if (pending?.socket !== socket) return;
    const payload = objectOf(message, "payload");
    const body = payload === undefined || Object.keys(payload).length === 0 ? textOf(message, "payload") : payload;
    pending.settle({ type: "acknowledged", ms: performance.now() - pending.sentAt, body });
  }

  /** Each payload goes to one of the open connections, in turn. */
  send(outgoing: Outgoing, options: { readonly deadlineMs: number; readonly retry?: Retry }): Promise<Answer> {
    const open = [...this.#connections].filter((socket) => socket.readyState === socket.OPEN);
    const socket = open[this.#turn % Math.max(1, open.length)];
    this.#turn += 1;
    if (socket === undefined)
      return Promise.resolve({ type: "failed", error: "dispatch_failed", reason: "connection_failed" });
    const envelope = {
      envelope_id: randomUUID(),
      payload: outgoing.payload,
      type: outgoing.kind,
      accepts_response_payload: outgoing.kind !== "events_api",
      ...(outgoing.kind === "events_api"
        ? { retry_attempt: options.retry?.attempt ?? 0, retry_reason: options.retry?.reason ?? "" }
        : {}),
    };
    return new Promise((resolve) => {
      const timer = this.#later(options.deadlineMs, () => {
        settle({ type: "failed", error: "operation_timeout", reason: "timeout" });
      });
      const settle = (answer: Answer): void => {
        this.#forget(timer);
        this.#pending.delete(envelope.envelope_id);
        resolve(answer);
      };
      this.#pending.set(envelope.envelope_id, { socket, settle, sentAt: performance.now() });
      socket.send(JSON.stringify(envelope));
    });
  }

  /** Says goodbye to all connections as Slack does before it closes them (or cuts them). */
  disconnectAll(reason: DisconnectReason): void {
    for (const socket of this.#connections) {
      if (reason === "cut") socket.terminate();
      else this.#disconnectOne(socket, reason);
    }
  }

  #disconnectOne(socket: WebSocket, reason: DisconnectReason): void {
    socket.send(JSON.stringify({ type: "disconnect", reason, debug_info: { host: "applink-local" } }));
    // a warning comes about ten seconds before the end; the client may go by itself until then
    const timer = this.#later(reason === "too_many_websockets" ? 0 : closeAfterDisconnectMs, () => socket.close());
    socket.on("close", () => this.#forget(timer));
  }

  #later(ms: number, run: () => void): NodeJS.Timeout {
    const timer = setTimeout(() => {
      this.#timers.delete(timer);
      run();
    }, ms);
    this.#timers.add(timer);
    return timer;
  }

  #forget(timer: NodeJS.Timeout): void {
    clearTimeout(timer);
    this.#timers.delete(timer);
  }

  /** Closes the connections in good order; one whose client does not say goodbye is cut. */
  async close(): Promise<void> {
    for (const timer of this.#timers) clearTimeout(timer);
    this.#timers.clear();
    for (const { settle } of this.#pending.values())
      settle({ type: "failed", error: "dispatch_failed", reason: "connection_failed" });
    await Promise.all([...this.#connections].map(closeInOrder));
    this.#server.close();
  }
}

async function closeInOrder(socket: WebSocket): Promise<void> {
  const closed = new Promise<void>((resolve) => {
    socket.once("close", resolve);
  });
  const cut = setTimeout(() => socket.terminate(), goodbyeMs);
  socket.close(1001);
  await closed;
  clearTimeout(cut);
}
