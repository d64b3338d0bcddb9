import { existsSync } from "node:fs";
import { App, LogLevel } from "@slack/bolt";
import { chromium, type Browser, type BrowserContextOptions, type Page } from "playwright-core";
import type { LocalSlack, LocalSlackOptions } from "../../../sandbox/slack/local-slack.ts";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";

const places = [
  "/usr/bin/chromium",
  "/usr/bin/chromium-browser",
  "/usr/bin/google-chrome",
  "/snap/bin/chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
] as const;

/** The Chromium of this machine, if there is one. */
export const chromiumPath: string | undefined = places.find((place) => existsSync(place));

/** Stands in the name of a suite, so that a skipped one says why. */
export const needsChromium = chromiumPath === undefined ? ` (skipped: no Chromium at ${places.join(", ")})` : "";

/** How long a test waits for the page. Milliseconds. */
const patienceMs = 8_000;

export const ops = "C0OPS0001";
export const alice = "U0ALICE01";
export const bob = "U0BOB0001";
export const gina = "U0GINA001";

/** A browser that asks nobody but loopback for anything. */
export function launch(): Promise<Browser> {
  if (chromiumPath === undefined) throw new Error(needsChromium);
  return chromium.launch({
    executablePath: chromiumPath,
    chromiumSandbox: false,
    args: ["--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1"],
  });
}

/** A local Slack, a Bolt app in it, and people who look at the page. */
export interface Scene extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly app: App;
  /** Resolves when the app is connected. */
  readonly connect: () => Promise<void>;
  /** Opens the page as this person, in a channel (or `home`). */
  readonly open: (as: string, options?: BrowserContextOptions & { readonly place?: string }) => Promise<Page>;
  /** What went wrong in the scripts of the pages that were opened. */
  readonly errors: readonly string[];
}

/**
 * @param browser from `launch`
 * @param options the app is connected when this resolves, unless `connected` is false
 */
export async function setScene(
  browser: Browser,
  options: LocalSlackOptions & { readonly connected?: boolean } = {},
): Promise<Scene> {
  const { connected = true, ...slackOptions } = options;
  const slack = await startLocalSlack({ rateLimits: "off", ...slackOptions });
  const app = new App({
    token: slack.botToken,
    appToken: slack.appToken,
    socketMode: true,
    logLevel: LogLevel.ERROR,
    clientOptions: { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } },
  });
  const pages: Page[] = [];
  const errors: string[] = [];
  const connect = async (): Promise<void> => {
    await app.start();
    await slack.until(() => slack.connections() > 0);
  };
  if (connected) await connect();

  return {
    slack,
    app,
    connect,
    errors,
    open: async (as, { place = ops, ...context } = {}) => {
      const page = await browser.newPage({ viewport: { width: 1280, height: 800 }, ...context });
      pages.push(page);
      page.setDefaultTimeout(patienceMs);
      page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
      await page.goto(`${slack.url}#as=${as}&in=${place}`);
      await page.locator("#main h1").waitFor();
      return page;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(pages.map((page) => page.close()));
      await app.stop();
      await slack.close();
    },
  };
}

/** Types into the composer of the channel and sends it. */
export async function type(page: Page, text: string): Promise<void> {
  const field = page.locator("#main").getByRole("textbox", { name: /^Message / });
  await field.fill(text);
  await field.press("Enter");
}

/** A promise that a test settles when it wants. */
export function gate(): { readonly opened: Promise<void>; readonly open: () => void } {
  const { promise, resolve } = Promise.withResolvers<void>();
  return { opened: promise, open: () => resolve() };
}
