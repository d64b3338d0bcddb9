import { spawn } from "node:child_process";
import { once } from "node:events";
import { tmpdir } from "node:os";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readConfig, readLocalConfig } from "../src/config.ts";
import { UserError } from "../src/errors.ts";

const good = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_APP_TOKEN: "xapp-1", ADMIN_USER_IDS: "U1" };
const http = { SLACK_BOT_TOKEN: "xoxb-1", SLACK_SIGNING_SECRET: "s", PORT: "3000", ADMIN_USER_IDS: "U1" };

/** Everything that is said to be wrong, line by line. */
function problems(
  environment: Readonly<Record<string, string>>,
  read: (environment: Readonly<Record<string, string>>) => unknown = readConfig,
): string[] {
  try {
    read(environment);
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === "config-invalid") return (thrown.why ?? "").split("\n");
    throw thrown;
  }
  return [];
}

describe("a good environment", () => {
  test("with an app token is Socket Mode", () => {
    const { config, secrets } = readConfig(good);
    expect(config).toMatchObject({
      mode: { type: "socket" },
      admins: [{ userId: "U1" }],
      logLevel: "info",
      opsChannel: undefined,
      remoteAllowList: [],
    });
    expect(config.databaseFile).toBe(`${config.dataDir}/lxd-chatops.sqlite`);
    expect(secrets).toMatchObject({ slackBotToken: "xoxb-1", slackAppToken: "xapp-1" });
  });

  test("with a signing secret and a port is HTTP mode", () => {
    expect(readConfig(http).config.mode).toEqual({ type: "http", port: 3_000 });
  });

  test("has no secret in what may be shown", () => {
    const shown = JSON.stringify([readConfig(good).config, readConfig(http).config]);
    for (const secret of ["xoxb-1", "xapp-1", '"s"']) expect(shown).not.toContain(secret);
  });

  test("lists with spaces and commas to spare", () => {
    const all = {
      ...good,
      ADMIN_USER_IDS: " U1, T9/U2 ,,",
      REMOTE_ALLOW_LIST: "10.0.0.0/8, fd00::/8,unix , *.a-b.org",
    };
    expect(readConfig(all).config).toMatchObject({
      admins: [{ userId: "U1" }, { teamId: "T9", userId: "U2" }],
      remoteAllowList: ["10.0.0.0/8", "fd00::/8", "unix", "*.a-b.org"],
    });
  });

  test.each([
    ["file:/srv/bot.sqlite", "/srv/bot.sqlite"],
    ["file:///srv/bot.sqlite", "/srv/bot.sqlite"],
    ["/srv/bot.sqlite", "/srv/bot.sqlite"],
    ["", "/data/lxd-chatops.sqlite"],
  ])("reads DATABASE_URL %s", (url, file) => {
    expect(readConfig({ ...good, DATABASE_URL: url, DATA_DIR: "/data" }).config.databaseFile).toBe(file);
  });

  test("of the host's own commands needs no Slack", () => {
    expect(readLocalConfig({ DATA_DIR: "/data" })).toEqual({
      dataDir: "/data",
      databaseFile: "/data/lxd-chatops.sqlite",
      logLevel: "info",
      remoteAllowList: [],
    });
  });
});

describe("a bad environment", () => {
  test("is told whole, at once", () => {
    const all = {
      SLACK_BOT_TOKEN: "xapp-wrong-way-round",
      SLACK_SIGNING_SECRET: "s",
      ADMIN_USER_IDS: "alice",
      OPS_CHANNEL_ID: "#ops",
      LOG_LEVEL: "loud",
      DATABASE_URL: "postgres://db",
      SLACK_API_URL: "slack",
      REMOTE_ALLOW_LIST: "10.0.0.0/",
    };
    const told = problems(all).join("\n");
    for (const name of [...Object.keys(all).filter((name) => name !== "SLACK_SIGNING_SECRET"), "PORT"])
      expect(told).toContain(name);
    expect(problems(all)).toHaveLength(8);
  });

  test("that is empty says what is needed and where it is found", () => {
    expect(problems({})).toEqual([
      expect.stringContaining("SLACK_BOT_TOKEN is missing: the app's page"),
      expect.stringContaining("ADMIN_USER_IDS is missing: without an admin"),
      expect.stringContaining("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP mode) is set"),
    ]);
  });

  test.each(["SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "ADMIN_USER_IDS"])("with an empty %s lacks it", (name) => {
    expect(problems({ ...good, [name]: "" })).toEqual([expect.stringContaining(name)]);
  });

  test("that selects both modes is a contradiction; a leftover signing secret alone is none", () => {
    expect(problems({ ...http, ...good })).toEqual([expect.stringContaining("take one of the two away")]);
    expect(problems({ ...good, SLACK_SIGNING_SECRET: "s" })).toEqual([]);
  });

  test("of HTTP mode without a port is told", () => {
    expect(problems({ ...http, PORT: "" })).toEqual([expect.stringContaining("PORT is missing")]);
  });

  test.each(["70000", "-1", "http", "80 81"])("with port %s is told", (port) => {
    expect(problems({ ...http, PORT: port })).toEqual([expect.stringContaining("PORT is a number up to 65535")]);
  });

  test("without any admin is told", () => {
    expect(problems({ ...good, ADMIN_USER_IDS: " , " })).toEqual([expect.stringContaining("ADMIN_USER_IDS is empty")]);
    expect(problems({ ...good, ADMIN_USER_IDS: "U1,bob,@carl" })).toEqual([
      expect.stringContaining('"bob"'),
      expect.stringContaining('"@carl"'),
    ]);
  });

  // "10.0.0.0/" would be read as "/0" and allow everything
  test.each([
    "10.0.0.0/",
    "10.0.0.0/33",
    "10.0.0.0/x",
    "fd00::/129",
    "lxd1.org/8",
    "https://lxd1:8443",
    "[fd00::1]",
    "a b",
  ])("whose allow-list has %s is told, also to the host's own commands", (entry) => {
    const all = { ...good, REMOTE_ALLOW_LIST: `unix,${entry}` };
    const told = [expect.stringContaining(`REMOTE_ALLOW_LIST holds "${entry}"`)];
    expect([problems(all), problems(all, readLocalConfig)]).toEqual([told, told]);
  });
});

test("start without any setting ends with 78 and says everything, in words", async () => {
  const launcher = fileURLToPath(new URL("../bin/lxd-chatops.js", import.meta.url));
  const child = spawn(process.execPath, [launcher, "start"], {
    cwd: tmpdir(),
    env: {},
    stdio: ["ignore", "ignore", "pipe"],
    timeout: 15_000,
  });
  let said = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => (said += text));
  const [code] = (await once(child, "close")) as [number | null]; // Node's contract of this event
  expect(said.split("\n")).toEqual([
    "The configuration cannot be used.",
    expect.stringContaining("- SLACK_BOT_TOKEN is missing"),
    expect.stringContaining("- ADMIN_USER_IDS is missing"),
    expect.stringContaining("- Neither SLACK_APP_TOKEN"),
    expect.stringContaining("docs/operating.md"),
    "",
  ]);
  expect(code).toBe(78);
});
