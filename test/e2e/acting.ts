import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";
import { people } from "./stage.ts";

export const ops = "C0OPS0001";
const patienceMs = 15_000;

/** Types a command in #ops, and waits for its acknowledgement. */
export async function type(slack: LocalSlack, text: string, as: string = people.alice): Promise<void> {
  const delivered = await slack.say({ as, channel: ops, text });
  if (!delivered.ok) throw new Error(`${text}: ${delivered.error ?? "not delivered"}`);
}

/** Waits until a message in the channel says so. */
export async function seen(slack: LocalSlack, words: string, channel: string = ops): Promise<void> {
  await waitFor(slack, words, () => slack.messages(channel));
}

/** Waits until something that this person alone sees says so. */
export async function told(slack: LocalSlack, words: string, who: string = people.alice): Promise<void> {
  await waitFor(slack, words, () => slack.ephemerals(who));
}

async function waitFor(slack: LocalSlack, words: string, messages: () => readonly unknown[]): Promise<void> {
  try {
    await slack.until(() => messages().some((message) => JSON.stringify(message).includes(words)), patienceMs);
  } catch (cause) {
    const texts = messages().map((message) => wordsOf(message).join(""));
    throw new Error(`nobody said "${words}"; said was:\n${texts.join("\n---\n")}`, { cause });
  }
}

/** Every text in a message, in order. */
export function wordsOf(value: unknown): readonly string[] {
  if (Array.isArray(value)) return value.flatMap((each) => wordsOf(each));
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([key, inner]) =>
    key === "text" && typeof inner === "string" ? [inner] : wordsOf(inner),
  );
}

/** Clicks the newest button of this action in the channel. */
export async function click(slack: LocalSlack, action: string, as: string = people.alice): Promise<void> {
  const message = slack
    .messages(ops)
    .findLast((each) => JSON.stringify(each.blocks).includes(`"action_id":"${action}`));
  const block = message?.blocks.find((each) => JSON.stringify(each).includes(`"action_id":"${action}`));
  const text = JSON.stringify(block ?? null);
  const blockId = /"block_id":"([^"]*)"/.exec(text)?.[1] ?? "";
  const actionId = new RegExp(`"action_id":"(${action.replace(".", "\\.")}[^"]*)"`).exec(text)?.[1] ?? "";
  const delivered = await slack.act({
    as,
    container: { type: "message", channel: ops, ts: message?.ts ?? "" },
    block_id: blockId,
    action_id: actionId,
  });
  if (!delivered.ok) throw new Error(`click on ${action}: ${delivered.error ?? "not delivered"}`);
}
