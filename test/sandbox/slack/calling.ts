import type { LocalSlack } from "../../../sandbox/slack/local-slack.ts";
import { isObject, type Json } from "../../../sandbox/slack/json.ts";

export const ops = "C0OPS0001";
export const dev = "C0DEV0001";
export const secret = "C0SECRET1";
export const [alice, bob, carl, gina, dora] = ["U0ALICE01", "U0BOB0001", "U0CARL001", "U0GINA001", "U0DORA001"];
export const bot = "U0LXDBOT1";

export interface Called {
  readonly status: number;
  readonly headers: Headers;
  readonly body: Json;
}

/** One call of the Web API with a form, as the official client sends it. Objects become JSON texts. */
export async function call(
  slack: LocalSlack,
  method: string,
  args: Json = {},
  token: string = slack.botToken,
): Promise<Called> {
  const form = new URLSearchParams();
  for (const [key, value] of Object.entries(args))
    form.set(key, typeof value === "string" ? value : JSON.stringify(value));
  const response = await fetch(slack.apiUrl + method, {
    method: "POST",
    body: form,
    headers: token === "" ? {} : { Authorization: `Bearer ${token}` },
  });
  const body: unknown = await response.json();
  if (!isObject(body)) throw new Error(`${method} answered ${JSON.stringify(body)}`);
  return { status: response.status, headers: response.headers, body };
}

/** The complaints of an answer, without Slack's form around them. */
export function complaints(body: Json): readonly string[] {
  const metadata = body["response_metadata"];
  const messages: unknown = isObject(metadata) ? metadata["messages"] : [];
  return Array.isArray(messages) ? messages.map(String) : [];
}

/** A clock that only moves when it is told to. */
export function handClock(): { readonly now: () => number; readonly forward: (ms: number) => void } {
  let at = Date.now();
  return {
    now: () => at,
    forward: (ms) => {
      at += ms;
    },
  };
}

export const section = (text: string): Json => ({ type: "section", text: { type: "mrkdwn", text } });
export const plain = (text: string): Json => ({ type: "plain_text", text });
