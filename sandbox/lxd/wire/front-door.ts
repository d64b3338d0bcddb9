import type { IncomingMessage, ServerResponse } from "node:http";
import type { Duplex } from "node:stream";
import { setTimeout as sleep } from "node:timers/promises";
import type { Daemon } from "../engine/daemon.ts";
import { ApiError, messageOf } from "../engine/errors.ts";
import { transportFaults, type Faults, type TransportFault } from "../engine/faults.ts";
import { answerOf, errorAnswer, garbageAnswer, send, sendTruncated, type Answer } from "./answer.ts";
import { decodeBody, type DecodedBody } from "./body.ts";
import { identify } from "./client.ts";
import type { Endpoint } from "./exchange.ts";
import type { OpenLogEntry, RequestLog } from "./request-log.ts";
import type { Router } from "./router.ts";

const maxBodyBytes = 16_777_216;

export interface FrontDoorParts {
  readonly daemon: Daemon;
  readonly router: Router;
  readonly faults: Faults;
  readonly log: RequestLog;
  readonly acceptEvents: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
}

/** The way of every request: log, faults, trust, route, body, handler, answer. */
export interface FrontDoor {
  serve(request: IncomingMessage, response: ServerResponse, transport: "unix" | "https"): Promise<void>;
  upgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void;
}

export function createFrontDoor(parts: FrontDoorParts): FrontDoor {
  return {
    serve: (request, response, transport) => serve(parts, { request, response, transport }),
    upgrade: (request, socket, head) => upgrade(parts, request, { socket, head }),
  };
}

interface Arrival {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly transport: "unix" | "https";
}

async function serve(parts: FrontDoorParts, { request, response, transport }: Arrival): Promise<void> {
  const method = request.method ?? "GET";
  const url = new URL(request.url ?? "/", "http://lxd");
  const entry = parts.log.open({
    atMs: parts.daemon.pace.nowMs(),
    transport,
    method,
    path: url.pathname,
    query: Object.fromEntries(url.searchParams),
    headers: request.headers,
  });
  const body = await readBody(request);
  if (body === null) return void response.destroy();
  entry.setBody(body);
  const fault = parts.faults.strike(method, url.pathname);
  const striksBefore = fault !== null && transportFaults[fault.name] === "before";
  const answer = striksBefore
    ? errorAnswer(500, "simulated fault")
    : await answerTo(parts, { request, response, url, body, entry });
  if (fault === null) {
    entry.setStatus(answer.status);
    return send(response, answer);
  }
  await answerWithFault(response, answer, { ...fault, entry });
}

async function answerWithFault(
  response: ServerResponse,
  answer: Answer,
  fault: { readonly name: TransportFault; readonly delayMs: number; readonly entry: OpenLogEntry },
): Promise<void> {
  const reply = (given: Answer) => {
    fault.entry.setStatus(given.status);
    send(response, given);
  };
  switch (fault.name) {
    case "withhold-answer":
      return;
    case "cut-after-request":
    case "cut-before-request":
      return void response.destroy();
    case "slow-answer":
      await sleep(fault.delayMs);
      return reply(answer);
    case "answer-500":
      return reply(errorAnswer(500, "Internal Server Error"));
    case "answer-garbage":
      return reply(garbageAnswer);
    case "answer-truncated":
      return sendTruncated(response, answer);
  }
}

async function readBody(request: IncomingMessage): Promise<string | null> {
  const chunks: Buffer[] = [];
  let size = 0;
  try {
    for await (const chunk of request) {
      const bytes = Buffer.from(chunk as Uint8Array); // a request without setEncoding yields bytes
      size += bytes.length;
      if (size > maxBodyBytes) return null;
      chunks.push(bytes);
    }
  } catch {
    return null;
  }
  return Buffer.concat(chunks).toString("utf8");
}

interface Accepted {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly url: URL;
  readonly body: string;
  readonly entry: OpenLogEntry;
}

async function answerTo(parts: FrontDoorParts, accepted: Accepted): Promise<Answer> {
  try {
    return await handle(parts, accepted);
  } catch (error) {
    return error instanceof ApiError ? errorAnswer(error.code, error.message) : errorAnswer(500, messageOf(error));
  }
}

async function handle(parts: FrontDoorParts, { request, response, url, body, entry }: Accepted): Promise<Answer> {
  const { daemon } = parts;
  const client = identify(request, daemon.store);
  const method = request.method ?? "GET";
  const match = parts.router(method, url.pathname);
  if (match.kind === "not-found") throw new ApiError(404, "not found");
  if (match.kind === "not-implemented") throw new ApiError(501, "not implemented");
  if (!client.trusted && match.endpoint.untrusted !== true) throw new ApiError(403, "not authorized");
  daemon.events.logging("debug", "Handling API request", {
    ip: client.requestor.address,
    method,
    protocol: client.requestor.protocol,
    url: request.url ?? "/",
    username: client.requestor.username,
  });
  const decoded = bodyFor(match.endpoint, body);
  entry.setUnknownFields(decoded.unknownFields);
  const hangUp = new AbortController();
  response.once("close", () => hangUp.abort());
  const ifMatch = request.headers["if-match"] ?? null;
  return answerOf(
    await match.endpoint.handle(daemon, {
      method,
      path: url.pathname,
      query: url.searchParams,
      params: match.params,
      project: url.searchParams.get("project") ?? "default",
      body: decoded.value,
      rawBody: body,
      ifMatch,
      trusted: client.trusted,
      clientCertificatePem: client.certificatePem,
      requestor: client.requestor,
      signal: hangUp.signal,
    }),
  );
}

function bodyFor(endpoint: Endpoint, body: string): DecodedBody {
  return endpoint.body === undefined ? { value: {}, unknownFields: [] } : decodeBody(body, endpoint.body);
}

function upgrade(
  parts: FrontDoorParts,
  request: IncomingMessage,
  { socket, head }: { readonly socket: Duplex; readonly head: Buffer },
): void {
  const path = new URL(request.url ?? "/", "http://lxd").pathname;
  if (path !== "/1.0/events") return refuse(socket, errorAnswer(404, "not found"));
  if (!identify(request, parts.daemon.store).trusted) return refuse(socket, errorAnswer(403, "not authorized"));
  parts.acceptEvents(request, socket, head);
}

function refuse(socket: Duplex, answer: Answer): void {
  const length = Buffer.byteLength(answer.body);
  socket.end(
    `HTTP/1.1 ${answer.status} Refused\r\nContent-Type: application/json\r\nContent-Length: ${length}\r\n` +
      `Connection: close\r\n\r\n${answer.body}`,
  );
}
