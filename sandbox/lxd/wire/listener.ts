import { createServer as createHttpServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { once } from "node:events";
import { rm } from "node:fs/promises";
import type { AddressInfo, Socket } from "node:net";
import type { Duplex } from "node:stream";
import type { FrontDoor } from "./front-door.ts";
import type { Identity } from "./identity.ts";

export type ListenOptions =
  | { readonly type: "unix"; readonly path: string }
  /** On 127.0.0.1; port 0 takes a free one, which stays the same when the listener is opened again. */
  | { readonly type: "https"; readonly port: number };

/** One open (or closed) door of a server. */
export interface Listener extends AsyncDisposable {
  readonly type: "unix" | "https";
  open(): Promise<void>;
  /** Refuses new connections and cuts those that are open. */
  close(): Promise<void>;
  /** New connections get this certificate; open ones are cut. */
  useIdentity(identity: Identity): void;
  /** The TCP port once it was open; 0 for a Unix socket. */
  port(): number;
}

type Serve = (request: IncomingMessage, response: ServerResponse) => void;

const loopback = "127.0.0.1";

export function createListener(options: ListenOptions, door: FrontDoor, identity: Identity): Listener {
  const serve: Serve = (request, response) => void door.serve(request, response, options.type);
  const secure = options.type === "https" ? createSecureServer(identity, serve) : null;
  const server = secure ?? createHttpServer(serve);
  const sockets = new Set<Socket>();
  let port = options.type === "https" ? options.port : 0;
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    socket.on("error", () => socket.destroy());
    door.upgrade(request, socket, head);
  });
  // A client that breaks off, or a handshake that fails on purpose, is no reason to end the simulation.
  server.on("clientError", (_: Error, socket: Duplex) => socket.destroy());
  server.on("tlsClientError", () => undefined);
  const cutAll = () => {
    for (const socket of sockets) socket.destroy();
  };
  const listener: Listener = {
    type: options.type,
    async open() {
      if (options.type === "unix") {
        await rm(options.path, { force: true });
        server.listen(options.path);
      } else {
        server.listen(port, loopback);
      }
      await once(server, "listening");
      // A TCP server's address is an object once it listens.
      if (options.type === "https") port = (server.address() as AddressInfo).port;
    },
    async close() {
      if (!server.listening) return;
      const closed = once(server, "close");
      server.close();
      cutAll();
      await closed;
    },
    useIdentity(next) {
      secure?.setSecureContext({ key: next.keyPem, cert: next.certificatePem });
      cutAll();
    },
    port: () => port,
    [Symbol.asyncDispose]: () => listener.close(),
  };
  return listener;
}

function createSecureServer(identity: Identity, serve: Serve) {
  return createHttpsServer(
    {
      key: identity.keyPem,
      cert: identity.certificatePem,
      requestCert: true,
      // Clients show self-signed certificates; who is trusted is decided per request.
      rejectUnauthorized: false,
      ALPNProtocols: ["http/1.1"],
    },
    serve,
  );
}
