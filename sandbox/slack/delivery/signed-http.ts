import { createHmac } from "node:crypto";
import { isObject, parseJson, type Json } from "../json.ts";
import type { Clock } from "../clock.ts";
import type { Answer, Outgoing, Retry, Transport } from "./transport.ts";

const maxAnswerBytes = 1_000_000;
const verificationMs = 3_000;

/** `v0=` and the HMAC that Slack puts into `X-Slack-Signature` (https://docs.slack.dev/authentication/verifying-requests-from-slack). */
export function sign(secret: string, options: { readonly timestamp: string; readonly body: string }): string {
  return `v0=${createHmac("sha256", secret).update(`v0:${options.timestamp}:${options.body}`).digest("hex")}`;
}

/** HTTP mode: signed POSTs to the app's request URL. */
export class SignedHttp implements Transport {
  #url: string;
  readonly #secret: string;
  readonly #clock: Clock;

  constructor(options: { readonly url: string; readonly signingSecret: string; readonly clock: Clock }) {
    this.#url = options.url;
    this.#secret = options.signingSecret;
    this.#clock = options.clock;
  }

  get url(): string {
    return this.#url;
  }

  /**
   * Slack keeps a request URL only after the app has returned its challenge.
   *
   * @throws Error with what came instead.
   */
  async verify(url: string, token: string): Promise<void> {
    const challenge = createHmac("sha256", this.#secret).update(url).digest("base64url");
    const body = JSON.stringify({ token, challenge, type: "url_verification" });
    const response = await this.#post(url, { body, type: "application/json", deadlineMs: verificationMs });
    const text = await response.text();
    const parsed = parseJson(text);
    const returned = isObject(parsed) ? parsed["challenge"] : text.trim();
    if (response.status !== 200 || returned !== challenge)
      throw new Error(
        `Your URL didn't respond with the value of the \`challenge\` parameter (HTTP ${response.status}).`,
      );
    this.#url = url;
  }

  async send(outgoing: Outgoing, options: { readonly deadlineMs: number; readonly retry?: Retry }): Promise<Answer> {
    const started = performance.now();
    const { body, type } = encode(outgoing);
    try {
      const response = await this.#post(this.#url, {
        body,
        type,
        deadlineMs: options.deadlineMs,
        ...retryOf(options.retry),
      });
      const text = (await response.text()).slice(0, maxAnswerBytes);
      if (response.status < 200 || response.status > 299)
        return { type: "failed", error: "dispatch_failed", reason: "http_error" };
      return { type: "acknowledged", ms: performance.now() - started, body: answerBody(response, text) };
    } catch (error) {
      const late = error instanceof Error && error.name === "TimeoutError";
      return late
        ? { type: "failed", error: "operation_timeout", reason: "http_timeout" }
        : { type: "failed", error: "dispatch_failed", reason: "connection_failed" };
    }
  }

  #post(
    url: string,
    request: { readonly body: string; readonly type: string; readonly deadlineMs: number; readonly retry?: Retry },
  ): Promise<Response> {
    const timestamp = String(Math.floor(this.#clock.now() / 1000));
    return fetch(url, {
      method: "POST",
      redirect: "manual",
      signal: AbortSignal.timeout(request.deadlineMs),
      body: request.body,
      headers: {
        "Content-Type": request.type,
        "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)",
        "X-Slack-Request-Timestamp": timestamp,
        "X-Slack-Signature": sign(this.#secret, { timestamp, body: request.body }),
        ...(request.retry === undefined
          ? {}
          : { "X-Slack-Retry-Num": String(request.retry.attempt), "X-Slack-Retry-Reason": request.retry.reason }),
      },
    });
  }
}

function retryOf(retry: Retry | undefined): { readonly retry?: Retry } {
  return retry === undefined ? {} : { retry };
}

function encode(outgoing: Outgoing): { readonly body: string; readonly type: string } {
  const form = "application/x-www-form-urlencoded";
  switch (outgoing.kind) {
    case "events_api":
      return { body: JSON.stringify(outgoing.payload), type: "application/json" };
    case "interactive":
      return { body: new URLSearchParams({ payload: JSON.stringify(outgoing.payload) }).toString(), type: form };
    case "slash_commands":
      return { body: new URLSearchParams(fields(outgoing.payload)).toString(), type: form };
    default:
      return outgoing.kind satisfies never;
  }
}

function fields(payload: Json): Record<string, string> {
  return Object.fromEntries(Object.entries(payload).map(([key, value]) => [key, String(value)]));
}

function answerBody(response: Response, text: string): Json | string | undefined {
  if (text.trim() === "") return undefined;
  const isJson = response.headers.get("content-type")?.includes("json") ?? false;
  const parsed = isJson ? parseJson(text) : undefined;
  return isObject(parsed) ? parsed : text;
}
