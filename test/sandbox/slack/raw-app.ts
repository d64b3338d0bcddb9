import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";
import { WebSocket } from "ws";
import { isObject, parseJson, textOf, type Json } from "../../../sandbox/slack/json.ts";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { call } from "./calling.ts";

/** A Socket Mode connection without any library: what came in, and a hand that acknowledges (or not). */
export interface RawSocket extends Disposable {
  readonly frames: Json[];
  readonly socket: WebSocket;
  readonly closed: () => boolean;
}

export async function rawSocket(
  slack: LocalSlack,
  options: { readonly acknowledge: boolean; readonly payload?: unknown },
): Promise<RawSocket> {
  const { body } = await call(slack, "apps.connections.open", {}, slack.appToken);
  const socket = new WebSocket(String(body["url"]));
  const frames: Json[] = [];
  let closed = false;
  socket.on("close", () => {
    closed = true;
  });
  socket.on("error", () => undefined);
  socket.on("message", (data) => {
    const frame = parseJson(Buffer.isBuffer(data) ? data.toString("utf8") : "");
    if (!isObject(frame)) return;
    frames.push(frame);
    const id = textOf(frame, "envelope_id");
    if (id !== undefined && options.acknowledge)
      socket.send(
        JSON.stringify({ envelope_id: id, ...(options.payload === undefined ? {} : { payload: options.payload }) }),
      );
  });
  await once(socket, "message");
  return { frames, socket, closed: () => closed, [Symbol.dispose]: () => socket.terminate() };
}

export interface RawRequest {
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** A request URL without any library. `answer` says how each request is answered; undefined: not at all. */
export async function rawServer(
  answer: (
    request: RawRequest,
  ) => { readonly status?: number; readonly body?: string; readonly type?: string } | undefined,
): Promise<{ readonly url: string; readonly requests: RawRequest[] } & AsyncDisposable> {
  const requests: RawRequest[] = [];
  const server = createServer((request, response) => {
    let body = "";
    request.setEncoding("utf8");
    request.on("data", (part: string) => {
      body += part;
    });
    request.on("end", () => {
      const parsed = parseJson(body);
      const challenge =
        isObject(parsed) && parsed["type"] === "url_verification" ? textOf(parsed, "challenge") : undefined;
      if (challenge === undefined) requests.push({ headers: request.headers, body });
      const answered = challenge === undefined ? answer({ headers: request.headers, body }) : { body: challenge };
      if (answered === undefined) return;
      response.writeHead(answered.status ?? 200, { "Content-Type": answered.type ?? "text/plain" });
      response.end(answered.body ?? "");
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  // a listening TCP server has such an address
  const { port } = server.address() as AddressInfo;
  return {
    url: `http://127.0.0.1:${port}/slack/events`,
    requests,
    [Symbol.asyncDispose]: async () => {
      const closed = once(server, "close");
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}
