import { request, type Dispatcher } from "undici";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import { LxdNonsense, LxdUnreachable, type CallPlace } from "../errors.ts";
import type { Limits } from "../limits.ts";
import { redactedText, redactPath } from "../redact.ts";
import { readBody, TooLarge, type Kept } from "./body.ts";
import { withDeadline } from "./deadline.ts";
import { classify, moreTelling, NotConnected, type Failure } from "./failure.ts";
import { openRoutes, type Endpoint, type Routes } from "./routes.ts";

/** Who asks: its id goes into every log line and record, its signal ends the request. */
export interface Caller {
  readonly requestId: string;
  readonly signal: AbortSignal;
  readonly record?: (call: CallRecord) => void;
}

/** One request and its answer, for the story of a request. Bodies are redacted and cut. */
export interface CallRecord {
  readonly requestId: string;
  readonly remote: string;
  readonly method: string;
  /** With its query. */
  readonly path: string;
  readonly status?: number;
  /** Id of the operation that the answer started. */
  readonly operation?: string;
  readonly durationMs: number;
  readonly error?: string;
  readonly requestBody?: string;
  readonly responseBody?: string;
}

export interface Ask {
  readonly method: "GET" | "PUT" | "POST" | "PATCH" | "DELETE";
  readonly path: string;
  readonly body?: unknown;
  /** Sent as `If-Match`. */
  readonly etag?: string;
  readonly timeoutMs?: number;
  /** What of a long body is kept; without it a body over the limit is an error. */
  readonly kept?: Kept;
}

export interface Answer {
  readonly status: number;
  readonly etag: string;
  readonly contentType: string;
  readonly body: string;
  readonly truncated: boolean;
}

/** Sends requests to one server, over the address that works, within the limits. Owns the connections. */
export class Exchange implements AsyncDisposable {
  readonly remote: string;
  readonly limits: Limits;
  readonly #routes: Routes;
  readonly #log: Log;
  #goodRoute = 0;

  constructor(options: {
    readonly remote: string;
    readonly endpoint: Endpoint;
    readonly limits: Limits;
    readonly log: Log;
  }) {
    this.remote = options.remote;
    this.limits = options.limits;
    this.#log = options.log;
    this.#routes = openRoutes(options.endpoint, options.limits);
  }

  get dispatcher(): Dispatcher {
    return this.#routes.dispatcher;
  }

  /** The address that answered last, or the first. */
  get origin(): string {
    return this.#routes.origins[this.#goodRoute] ?? "";
  }

  /** Throws `LxdUnreachable` or `LxdNonsense` (body too large); any HTTP status is an answer. */
  async send(caller: Caller, ask: Ask): Promise<Answer> {
    const place = { remote: this.remote, method: ask.method, path: redactPath(ask.path) };
    caller.signal.throwIfAborted();
    using deadline = withDeadline(caller.signal, ask.timeoutMs ?? this.limits.requestMs);
    try {
      return await this.#overAnyRoute(place, ask, deadline.signal);
    } catch (thrown) {
      caller.signal.throwIfAborted();
      if (deadline.expired()) {
        const detail = `given up after ${ask.timeoutMs ?? this.limits.requestMs} ms`;
        throw new LxdUnreachable(place, { kind: "timeout", mayHaveArrived: true, detail, cause: thrown });
      }
      throw thrown;
    }
  }

  /** Tells the log and the caller about an exchange that has ended, well or not. */
  report(caller: Caller, ask: Ask, end: { readonly startedMs: number; readonly endedMs: number } & Ending): void {
    const tracing = this.#log.isLevelEnabled("trace");
    if (!tracing && !caller.record) return;
    const { recordedBodyChars } = this.limits;
    const call: CallRecord = {
      requestId: caller.requestId,
      remote: this.remote,
      method: ask.method,
      path: redactPath(ask.path),
      durationMs: end.endedMs - end.startedMs,
      ...(end.status === undefined ? {} : { status: end.status }),
      ...(end.operation === undefined ? {} : { operation: end.operation }),
      ...(end.thrown === undefined ? {} : { error: messageOf(end.thrown) }),
      ...(ask.body === undefined ? {} : { requestBody: redactedText(ask.body, recordedBodyChars) }),
      ...(end.answered === undefined ? {} : { responseBody: redactedText(end.answered, recordedBodyChars) }),
    };
    if (tracing) this.#log.trace(call, "lxd request");
    caller.record?.(call);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#routes.dispatcher.destroy();
  }

  async #overAnyRoute(place: CallPlace, ask: Ask, signal: AbortSignal): Promise<Answer> {
    const { origins } = this.#routes;
    let worst: Failure | undefined;
    let cause: unknown;
    let retried = false;
    for (let tried = 0; tried < origins.length; tried += 1) {
      const route = (this.#goodRoute + tried) % origins.length;
      try {
        const answer = await this.#overRoute(place, ask, { origin: origins[route] ?? "", signal });
        this.#goodRoute = route;
        return answer;
      } catch (thrown) {
        if (thrown instanceof LxdNonsense || signal.aborted) throw thrown;
        const failure = classify(thrown);
        if (failure.kind === "cut" && ask.method === "GET" && !retried) {
          // a kept connection that the server closed in this moment, when it restarts for example
          retried = true;
          tried -= 1;
          continue;
        }
        worst = moreTelling(worst, failure);
        cause = thrown;
        // what may have arrived is not sent a second time
        if (!(thrown instanceof NotConnected)) break;
      }
    }
    throw new LxdUnreachable(place, {
      ...(worst ?? { kind: "other", mayHaveArrived: false, detail: "no address" }),
      cause,
    });
  }

  async #overRoute(
    place: CallPlace,
    ask: Ask,
    over: { readonly origin: string; readonly signal: AbortSignal },
  ): Promise<Answer> {
    const { statusCode, headers, body } = await request(over.origin + ask.path, {
      dispatcher: this.dispatcher,
      method: ask.method,
      signal: over.signal,
      headers: {
        "user-agent": "lxd-chatops",
        ...(ask.body === undefined ? {} : { "content-type": "application/json" }),
        ...(ask.etag === undefined ? {} : { "if-match": ask.etag }),
      },
      ...(ask.body === undefined ? {} : { body: JSON.stringify(ask.body) }),
    });
    try {
      // what is not the file is a short message that is needed whole
      const kept = (statusCode === 200 && ask.kept) || { part: "all", bytes: this.limits.responseBytes };
      const read = await readBody(body, kept, this.limits.responseBytes);
      return {
        status: statusCode,
        etag: String(headers["etag"] ?? ""),
        contentType: String(headers["content-type"] ?? ""),
        ...read,
      };
    } catch (thrown) {
      if (!(thrown instanceof TooLarge)) throw thrown;
      throw new LxdNonsense(place, { status: statusCode, detail: thrown.message, cause: thrown });
    }
  }
}

/** How an exchange ended. */
export interface Ending {
  readonly status?: number;
  readonly operation?: string;
  readonly answered?: unknown;
  readonly thrown?: unknown;
}
