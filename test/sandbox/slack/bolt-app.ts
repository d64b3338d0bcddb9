import { App, HTTPReceiver, LogLevel } from "@slack/bolt";
import type { AddressInfo } from "node:net";
import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";

export interface RunningBolt extends AsyncDisposable {
  readonly app: App;
}

/** A small real Bolt app against the local Slack, in Socket Mode or, with `http`, behind a request URL. */
export async function startBolt(
  slack: LocalSlack,
  options: { readonly http?: boolean; readonly register: (app: App) => void },
): Promise<RunningBolt> {
  const clientOptions = { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 }, rejectRateLimitedCalls: true };
  if (options.http === true) {
    const receiver = new HTTPReceiver({ signingSecret: slack.signingSecret, logLevel: LogLevel.ERROR });
    const app = new App({ token: slack.botToken, receiver, clientOptions, logLevel: LogLevel.ERROR });
    options.register(app);
    const server = await app.start({ port: 0, host: "127.0.0.1" });
    // Bolt types its server as either of two; both have a TCP address when they listen
    const { port } = server.address() as AddressInfo;
    await slack.setRequestUrl(`http://127.0.0.1:${port}/slack/events`);
    return { app, [Symbol.asyncDispose]: () => app.stop().then(() => undefined) };
  }
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    clientOptions,
    logLevel: LogLevel.ERROR,
  });
  options.register(app);
  await app.start();
  return { app, [Symbol.asyncDispose]: () => app.stop().then(() => undefined) };
}
