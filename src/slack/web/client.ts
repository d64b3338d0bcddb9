import { WebClient, type WebClientOptions } from "@slack/web-api";
import type { Logger } from "@slack/bolt";

/** No answer within this time counts as an unknown end. */
const callTimeoutMs = 10_000;

export interface WebSettings {
  /** Another Slack than slack.com: `http://127.0.0.1:3000/api/`. */
  readonly apiUrl?: string | undefined;
  readonly logger: Logger;
}

/**
 * A new options object for every client, since the socket client writes into the one it gets. Nothing is retried inside:
 * a message that is posted again is a message twice, and a 429 would hold up all channels.
 */
export function webOptions({ apiUrl, logger }: WebSettings): WebClientOptions {
  return {
    logger,
    timeout: callTimeoutMs,
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
    ...(apiUrl === undefined ? {} : { slackApiUrl: apiUrl }),
  };
}

export function createWebClient(token: string, settings: WebSettings): WebClient {
  return new WebClient(token, webOptions(settings));
}
