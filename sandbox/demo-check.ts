import type { LocalSlack } from "./slack/local-slack.ts";

const within = 30_000;

/** Goes through the main job as a person would, and throws where it does not go as it should. */
export async function check(slack: LocalSlack): Promise<void> {
  const alice = slack.workspace.people[0]?.id ?? "";
  const channel = slack.workspace.channels[0]?.id ?? "";

  async function type(text: string): Promise<void> {
    const delivered = await slack.say({ as: alice, channel, text });
    if (!delivered.ok) throw new Error(`${text}: ${delivered.error ?? "not delivered"}`);
  }
  async function seen(text: string, messages: () => readonly unknown[]): Promise<void> {
    await slack.until(() => messages().some((message) => JSON.stringify(message).includes(text)), within);
    process.stdout.write(`ok  ${text}\n`);
  }
  const inChannel = () => slack.messages(channel);

  await type("/lxd launch busybox lxd1:web1");
  await seen("lxd1:web1 is running.", inChannel);
  await type("/lxd list lxd1:");
  await seen("1 instance on lxd1", () => slack.ephemerals(alice));
  await type("/lxd stop lxd1:web1 --force");
  await seen("lxd1:web1 is stopped.", inChannel);
  await type("/lxd delete lxd1:web1");
  await seen("Lost for good", inChannel);
  const question = inChannel().findLast((message) => JSON.stringify(message).includes("question.confirm"));
  const block = question?.blocks.find((each) => JSON.stringify(each).includes("question.confirm"));
  const blockId = block !== null && typeof block === "object" && "block_id" in block ? String(block["block_id"]) : "";
  const action = /"action_id":"(question\.confirm[^"]*)"/.exec(JSON.stringify(block))?.[1] ?? "";
  await slack.act({
    as: alice,
    container: { type: "message", channel, ts: question?.ts ?? "" },
    block_id: blockId,
    action_id: action,
  });
  await seen("lxd1:web1 is gone.", inChannel);
}
