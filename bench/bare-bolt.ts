import { App, HTTPReceiver, LogLevel } from "@slack/bolt";

/** The smallest Bolt app that answers `/lxd`: what the bot's acknowledgement and start are measured against. */
const [port = "0", signingSecret = ""] = process.argv.slice(2);
const receiver = new HTTPReceiver({ signingSecret, endpoints: "/slack/events", logLevel: LogLevel.ERROR });
const app = new App({
  receiver,
  logLevel: LogLevel.ERROR,
  authorize: () => Promise.resolve({ botId: "B0", botUserId: "U0" }),
});
app.command("/lxd", async ({ ack }) => {
  await ack("understood");
});
await app.start(Number(port));
