import type { ServerResponse } from "node:http";
import { encodeGoJson } from "../engine/go-json.ts";
import type { ApiResponse } from "./exchange.ts";

/** A response ready for the socket. */
export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const json = { "Content-Type": "application/json" };
const noSniff = { "X-Content-Type-Options": "nosniff" };

/** LXD's three envelopes (lxd/response/response.go), fields in its order. */
export function answerOf(response: ApiResponse): Answer {
  switch (response.kind) {
    case "sync": {
      const made = response.location === undefined ? {} : { Location: response.location };
      const etag = response.etag === undefined ? {} : { ETag: `"${response.etag}"` };
      return {
        status: response.location === undefined ? 200 : 201,
        headers: { ...json, ...made, ...etag },
        body: encodeGoJson({
          type: "sync",
          status: "Success",
          status_code: 200,
          operation: "",
          error_code: 0,
          error: "",
          metadata: response.metadata,
        }),
      };
    }
    case "async": {
      const url = `/1.0/operations/${response.operation.id}`;
      return {
        status: 202,
        headers: { ...json, Location: url },
        body: encodeGoJson({
          type: "async",
          status: "Operation created",
          status_code: 100,
          operation: url,
          error_code: 0,
          error: "",
          metadata: response.operation.render(),
        }),
      };
    }
    case "raw":
      return { status: 200, headers: response.headers, body: response.body };
    case "refused-upgrade":
      return {
        status: 400,
        headers: { "Content-Type": "text/plain; charset=utf-8", "Sec-Websocket-Version": "13", ...noSniff },
        body: "Bad Request\n",
      };
    case "late-error":
  }
  return { ...errorAnswer(response.code, response.error), status: 200 };
}

export function errorAnswer(code: number, error: string): Answer {
  const body = { type: "error", status: "", status_code: 0, operation: "", error_code: code, error, metadata: null };
  return { status: code, headers: { ...json, ...noSniff }, body: encodeGoJson(body) };
}

/** What a broken proxy in front of LXD would say. */
export const garbageAnswer: Answer = {
  status: 200,
  headers: { "Content-Type": "text/html" },
  body: "<html><body><h1>It works!</h1></body></html>\n",
};

export function send(response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

/** Promises the whole body, sends half of it and cuts the socket. */
export function sendTruncated(response: ServerResponse, answer: Answer): void {
  const length = Buffer.byteLength(answer.body);
  response.writeHead(answer.status, { ...answer.headers, "Content-Length": length });
  response.write(answer.body.slice(0, Math.floor(answer.body.length / 2)), () => response.destroy());
}
