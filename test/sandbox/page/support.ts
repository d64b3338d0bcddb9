import { existsSync } from "node:fs";
import { App, LogLevel } from "@slack/bolt";
import { chromium, type Browser, type Page } from "playwright-core";
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

const phoneContext = { viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true };

/** How long a test waits for the page, and how long it may take in all: a browser on a busy machine is slow. */
const patienceMs = 15_000;
export const suite = { timeout: 60_000 };

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

export interface Post {
  readonly text: string;
  readonly channel?: string;
  readonly thread_ts?: string;
  readonly blocks?: readonly object[];
}

/** Pages of a browser that nobody uses; a new one takes the browser longer than all that a test does. */
const idle = new WeakMap<Browser, Page[]>();

/** A local Slack, a Bolt app in it, and people who look at the page. */
export interface Scene extends AsyncDisposable {
  readonly slack: LocalSlack;
  readonly app: App;
  /** Resolves when the app is connected. */
  readonly connect: () => Promise<void>;
  /** The bot posts in a channel (`#ops` when none is named). Resolves with the message's timestamp. */
  readonly post: (message: Post) => Promise<string>;
  /** Opens the page as this person, in a channel (or `home`). */
  readonly open: (as: string, options?: { readonly place?: string; readonly phone?: boolean }) => Promise<Page>;
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
  const phones: Page[] = [];
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
    post: async (message) => {
      const answer = await app.client.apiCall("chat.postMessage", { channel: ops, ...message });
      return "ts" in answer ? String(answer.ts) : "";
    },
    open: async (as, { place = ops, phone = false } = {}) => {
      const page = phone ? await browser.newPage(phoneContext) : await usedPage(browser);
      (phone ? phones : pages).push(page);
      page.setDefaultTimeout(patienceMs);
      watch(page, errors);
      await page.goto(`${slack.url}#as=${as}&in=${place}`);
      try {
        await page.locator("#main h1").waitFor();
      } catch (cause) {
        throw new Error(`The page stayed empty. ${errors.join("\n")}`, { cause });
      }
      return page;
    },
    async [Symbol.asyncDispose]() {
      await Promise.all(phones.map((page) => page.close()));
      for (const page of pages) {
        // another server may get the same port, and with it what the page remembers
        await page.evaluate("localStorage.clear()");
        await page.goto("about:blank");
        page.removeAllListeners();
      }
      idle.set(browser, [...(idle.get(browser) ?? []), ...pages]);
      await app.stop();
      await slack.close();
    },
  };
}

/** Collects errors of scripts, a crash, and files of the page that did not come. */
function watch(page: Page, errors: string[]): void {
  page.on("pageerror", (error) => errors.push(error.stack ?? error.message));
  page.on("crash", () => errors.push("The page has crashed."));
  page.on("response", (answer) => {
    if (answer.status() >= 500) errors.push(`${answer.status()} ${answer.url()}`);
  });
  page.on("requestfailed", (request) => {
    // the event stream and pictures of other places end like this in good tests
    if (request.resourceType() === "script") errors.push(`${request.failure()?.errorText ?? ""} ${request.url()}`);
  });
}

async function usedPage(browser: Browser): Promise<Page> {
  return idle.get(browser)?.pop() ?? browser.newPage({ viewport: { width: 1280, height: 800 } });
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
