import { z } from "zod";
import { createApp } from "../../src/app.ts";
import { createLog } from "../../src/log.ts";

/** A bot in a process of its own, that ends itself by SIGKILL at the n-th boundary (never, when it is absent). */
const Orders = z.object({
  slackApiUrl: z.string(),
  botToken: z.string(),
  appToken: z.string(),
  admin: z.string(),
  dir: z.string(),
  databaseFile: z.string(),
  killAt: z.number().optional(),
});

const orders = Orders.parse(JSON.parse(process.argv[2] ?? "{}"));
let passed = 0;

const app = await createApp(
  {
    config: {
      mode: { type: "socket" },
      slackApiUrl: orders.slackApiUrl,
      admins: [{ userId: orders.admin }],
      dataDir: orders.dir,
      databaseFile: orders.databaseFile,
      logLevel: "warn",
      opsChannel: undefined,
      remoteAllowList: [],
    },
    secrets: { slackBotToken: orders.botToken, slackAppToken: orders.appToken, slackSigningSecret: undefined },
    log: createLog("warn"),
    version: "0.0.0-test",
    onFatal: (error) => {
      throw error;
    },
  },
  {
    boundary: (name) => {
      passed += 1;
      if (passed !== orders.killAt) return;
      // written synchronously, so that the test knows where it was
      process.stdout.write(`killed at ${name}\n`);
      process.kill(process.pid, "SIGKILL");
    },
  },
);
process.on("SIGTERM", () => {
  void app.stop().then(() => process.exit());
});
await app.start();
