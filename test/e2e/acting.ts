import { z } from "zod";
import type { SimulatedLxd } from "../../sandbox/lxd/server.ts";
import type { Delivered } from "../../sandbox/slack/control.ts";
import type { StoredMessage } from "../../sandbox/slack/state/store.ts";
import type { LocalSlack } from "../../sandbox/slack/local-slack.ts";
import { people } from "./stage.ts";

export const ops = "C0OPS0001";
const patienceMs = 15_000;

const Actions = z.object({
  type: z.literal("actions"),
  block_id: z.string(),
  elements: z.array(z.object({ action_id: z.string(), text: z.object({ text: z.string() }).optional() })),
});

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

/** Types a command, and waits for what it is answered, to this person alone; the acknowledgement of a job is none. */
export async function answerTo(slack: LocalSlack, text: string, as: string = people.alice): Promise<string> {
  const before = new Set(slack.ephemerals(as).map(({ ts }) => ts));
  await type(slack, text, as);
  return slack.until(
    () =>
      slack
        .ephemerals(as)
        .filter(({ ts }) => !before.has(ts))
        .map((message) => readable(message))
        .find((words) => words !== "" && !words.includes("— understood.")),
    patienceMs,
  );
}

/** A message as a person reads it: a line for each of its blocks. */
export function readable(message: StoredMessage): string {
  return message.blocks.map((block) => wordsOf(block).join("")).join("\n");
}

/** Clicks the newest button of this label that the person sees in #ops. */
export async function press(slack: LocalSlack, label: string, as: string = people.alice): Promise<Delivered> {
  const seenThere = [...slack.messages(ops), ...slack.ephemerals(as)].toSorted((a, b) => Number(a.ts) - Number(b.ts));
  const found = seenThere.flatMap((message) =>
    message.blocks.flatMap((block) => {
      const { block_id, elements } = Actions.safeParse(block).data ?? { block_id: "", elements: [] };
      return elements
        .filter(({ text }) => text?.text === label)
        .map(({ action_id }) => ({ channel: message.channel, ts: message.ts, block_id, action_id }));
    }),
  );
  const button = found.at(-1);
  if (!button) throw new Error(`there is no button "${label}"`);
  const { channel, ts, block_id, action_id } = button;
  return slack.act({ as, container: { type: "message", channel, ts }, block_id, action_id });
}

/** What the servers were asked to change, if anything. */
export function changes(...servers: readonly SimulatedLxd[]): readonly string[] {
  return servers.flatMap((server) =>
    server
      .requests()
      .filter(({ method }) => method !== "GET")
      .map(({ method, path, status }) => `${server.name}: ${method} ${path} ${status ?? "unanswered"}`),
  );
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
