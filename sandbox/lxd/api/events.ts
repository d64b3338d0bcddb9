import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { WebSocketServer, type WebSocket } from "ws";
import type { Daemon } from "../engine/daemon.ts";
import { encodeGoJson } from "../engine/go-json.ts";

const defaultTypes = "logging,operation,lifecycle";

/** The sockets at `/1.0/events`. */
export interface EventSockets {
  accept(request: IncomingMessage, socket: Duplex, head: Buffer): void;
  /** Cuts all of them without a closing handshake; returns how many there were. */
  drop(): number;
}

export function createEventSockets(daemon: Daemon): EventSockets {
  const server = new WebSocketServer({ noServer: true, clientTracking: false });
  const open = new Set<WebSocket>();
  return {
    accept(request, socket, head) {
      const query = new URL(request.url ?? "/", "http://lxd").searchParams;
      server.handleUpgrade(request, socket, head, (webSocket) => {
        open.add(webSocket);
        const stop = daemon.events.listen({
          types: new Set((query.get("type") ?? defaultTypes).split(",")),
          project: /^(1|true|yes|on)$/i.test(query.get("all-projects") ?? "")
            ? null
            : (query.get("project") ?? "default"),
          deliver: (event) => webSocket.send(encodeGoJson(event)),
        });
        const end = () => {
          stop();
          open.delete(webSocket);
        };
        webSocket.on("close", end);
        webSocket.on("error", end);
      });
    },
    drop() {
      const sockets = [...open];
      for (const webSocket of sockets) webSocket.terminate();
      return sockets.length;
    },
  };
}
