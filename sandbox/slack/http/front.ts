import type { IncomingMessage, Server, ServerResponse } from "node:http";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import type { ResponseUrls } from "../delivery/response-urls.ts";
import type { Sockets } from "../delivery/sockets.ts";
import type { Files } from "../state/files.ts";
import type { Api } from "../web-api/api.ts";
import type { Faults } from "../web-api/faults.ts";
import { multipartFile, readBody, sendJson, sendText } from "./body.ts";
import { handleControl, type ControlApiOptions } from "./control-api.ts";
import { sendPage } from "./page.ts";

export interface FrontOptions {
  readonly api: Api;
  readonly control: ControlApiOptions;
  readonly sockets: Sockets;
  readonly responseUrls: ResponseUrls;
  readonly faults: Faults;
  readonly files: Files;
  readonly botToken: string;
  readonly pageFolder: string;
}

/** The one HTTP server in front of everything: Web API, uploads, response_urls, control API, page, WebSocket upgrades. */
export async function listen(
  options: FrontOptions,
  address: { readonly host: string; readonly port: number },
): Promise<Server> {
  const server = createServer((request, response) => {
    route(options, request, response).catch((error: unknown) => {
      // a bug of ours: loud, so that no test mistakes it for Slack
      process.stderr.write(
        `local slack: ${request.method} ${request.url}: ${error instanceof Error ? error.stack : String(error)}\n`,
      );
      if (!response.headersSent) sendText(response, "The local Slack has failed; see its standard error.", 500);
      else response.destroy();
    });
  });
  server.on("upgrade", (request, socket, head) => {
    const url = urlOf(request);
    if (url.pathname === "/link/") options.sockets.upgrade(request, { socket, head, url });
    else socket.end("HTTP/1.1 404 Not Found\r\nConnection: close\r\nContent-Length: 0\r\n\r\n");
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(address.port, address.host, resolve);
  });
  return server;
}

export function portOf(server: Server): number {
  // a listening TCP server has such an address
  return (server.address() as AddressInfo).port;
}

function urlOf(request: IncomingMessage): URL {
  return new URL(request.url ?? "/", "http://local");
}

async function route(options: FrontOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const url = urlOf(request);
  const [, area = ""] = url.pathname.split("/");
  switch (area) {
    case "api":
      return options.api.handle(request, response, url);
    case "commands":
    case "actions":
      return answerResponseUrl(options, request, response, url);
    case "upload":
      return receiveUpload(options, request, response, url);
    case "files-pri":
    case "files":
      sendFile(options, request, response, url);
      return;
    case "control":
      if (!fromHere(request)) {
        sendText(response, "Other sites may not drive the local Slack.", 403);
        return;
      }
      return handleControl(options.control, request, response, url);
    default:
      return sendPage(response, { folder: options.pageFolder, path: url.pathname });
  }
}

/** Against pages of other sites in the same browser: they send their own origin, or a host name that they rebound. */
function fromHere(request: IncomingMessage): boolean {
  const host = request.headers.host ?? "";
  const local = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/u.test(host);
  const { origin } = request.headers;
  return local && (origin === undefined || origin === `http://${host}`);
}

async function answerResponseUrl(
  options: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = (await readBody(request)).toString("utf8");
  const fault = options.faults.take("response_url");
  if (fault?.type === "hang") return;
  if (fault?.type === "drop") {
    response.destroy();
    return;
  }
  if (fault?.type === "status" || fault?.type === "ratelimited") {
    const headers: Record<string, string> =
      fault.type === "ratelimited" ? { "Retry-After": String(fault.retryAfterSeconds) } : {};
    sendJson(response, { ok: false }, { status: fault.type === "status" ? fault.status : 429, headers });
    return;
  }
  const result = options.responseUrls.post(url.pathname.slice(1), body);
  if (fault?.type === "apply-and-drop") response.destroy();
  else if (result === undefined) sendJson(response, { ok: false, error: "no_service" }, { status: 404 });
  else sendJson(response, result.answer, { status: result.status });
}

async function receiveUpload(
  options: FrontOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const body = await readBody(request);
  const bytes = (await multipartFile(body, request.headers["content-type"] ?? "")) ?? body;
  const accepted = options.files.receive(url.pathname.split("/")[3] ?? "", bytes);
  sendText(
    response,
    accepted ? `OK - ${bytes.length}` : "The upload does not match what was announced.",
    accepted ? 200 : 400,
  );
}

/** `/files-pri/T…-F…/name` needs the bot's token, as at Slack; `/files/F…/name` is for the page. */
function sendFile(options: FrontOptions, request: IncomingMessage, response: ServerResponse, url: URL): void {
  const [, area, place = ""] = url.pathname.split("/");
  const isPrivate = area === "files-pri";
  if (isPrivate && request.headers.authorization !== `Bearer ${options.botToken}`) {
    sendText(response, "A token is needed.", 403);
    return;
  }
  const found = options.files.get(isPrivate ? (place.split("-")[1] ?? "") : place);
  if (found === undefined) {
    sendText(response, "There is no such file.", 404);
    return;
  }
  response.writeHead(200, { "Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff" });
  response.end(found.bytes);
}
