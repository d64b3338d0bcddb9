import { createHmac } from "node:crypto";
import { Agent, request } from "node:http";

const agent = new Agent({ keepAlive: true, maxSockets: 1 });
let counter = 0;

/** Posts one signed slash command, as Slack does, and resolves when it is acknowledged. @throws when the answer is not 200 */
export async function postCommand(options: {
  readonly port: number;
  readonly secret: string;
  readonly text: string;
}): Promise<void> {
  counter += 1;
  const body = new URLSearchParams({
    token: "bench",
    team_id: "T0ACME001",
    team_domain: "acme",
    channel_id: "C0OPS0001",
    channel_name: "ops",
    user_id: "U0ALICE01",
    user_name: "alice",
    command: "/lxd",
    text: options.text,
    api_app_id: "A0LXDBOT1",
    is_enterprise_install: "false",
    response_url: "http://127.0.0.1:1/none",
    trigger_id: `${process.pid}.${counter}`,
  }).toString();
  const timestamp = String(Math.floor(Date.now() / 1_000));
  const signature = `v0=${createHmac("sha256", options.secret).update(`v0:${timestamp}:${body}`).digest("hex")}`;
  const status = await new Promise<number | undefined>((resolve, reject) => {
    const sent = request(
      {
        agent,
        host: "127.0.0.1",
        port: options.port,
        path: "/slack/events",
        method: "POST",
        headers: {
          "content-type": "application/x-www-form-urlencoded",
          "content-length": Buffer.byteLength(body),
          "x-slack-request-timestamp": timestamp,
          "x-slack-signature": signature,
        },
      },
      (answer) => {
        answer.resume();
        answer.on("end", () => resolve(answer.statusCode));
      },
    );
    sent.on("error", reject);
    sent.end(body);
  });
  if (status !== 200) throw new Error(`answered ${String(status)}`);
}
