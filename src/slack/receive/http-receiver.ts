import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { HTTPReceiver, type App, type Logger } from "@slack/bolt";
import type { AddressInfo } from "node:net";
import type { Clock } from "../../clock.ts";

/** Slack's own largest payload is a view of 250 kB. */
const bodyLimitBytes = 1_048_576;
const maxClockSkewSeconds = 300;
const requestTimeoutMs = 10_000;
const stopTimeoutMs = 3_000;

export interface HttpReceiverOptions {
  readonly signingSecret: string;
  /** 0 takes any free one. */
  readonly port: number;
  readonly logger: Logger;
  readonly clock: Clock;
}

/**
 * Bolt's HTTP receiver behind a server of our own: `/slack/events`, and `GET /healthz`. The response is sent after the
 * listeners, so that events too are acknowledged when they are on disk and not before.
 */
export class HttpReceiver {
  readonly #bolt: HTTPReceiver;
  readonly #server: Server;
  readonly #port: number;

  constructor({ signingSecret, port, logger, clock }: HttpReceiverOptions) {
    this.#port = port;
    this.#bolt = new HTTPReceiver({
      signingSecret,
      logger,
      endpoints: ["/slack/events"],
      bodyLimit: bodyLimitBytes,
      processBeforeResponse: true,
    });
    this.#server = createServer((request, response) => this.#answer(request, response, clock.now()));
    this.#server.requestTimeout = requestTimeoutMs;
    this.#server.headersTimeout = requestTimeoutMs;
  }

  init(app: App): void {
    this.#bolt.init(app);
  }

  #answer(request: IncomingMessage, response: ServerResponse, now: number): void {
    if (request.method === "GET" && request.url === "/healthz") {
      response.writeHead(200, { "content-type": "text/plain" }).end("ok\n");
      return;
    }
    // Bolt refuses what is too old, but takes what is signed for any time to come
    const seconds = Number(request.headers["x-slack-request-timestamp"]);
    if (seconds > now / 1000 + maxClockSkewSeconds) {
      response.writeHead(401).end();
      return;
    }
    try {
      this.#bolt.requestListener(request, response);
    } catch {
      // Bolt throws for a path or method that is not its own
      response.writeHead(404).end();
    }
  }

  /** Resolves when connections are accepted. */
  async start(): Promise<void> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once("error", reject);
      this.#server.listen(this.#port, () => {
        this.#server.off("error", reject);
        resolve();
      });
    });
  }

  get port(): number | undefined {
    // a TCP server's address is never the text that a Unix socket's is
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  /** Answers what has begun, at most three seconds long. */
  async stop(): Promise<void> {
    if (!this.#server.listening) return;
    const cut = setTimeout(() => this.#server.closeAllConnections(), stopTimeoutMs);
    await new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
      this.#server.closeIdleConnections();
    });
    clearTimeout(cut);
  }
}
