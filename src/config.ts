import { isIP } from "node:net";
import { isAbsolute, join, resolve } from "node:path";
import { z } from "zod";
import { UserError } from "./errors.ts";
import { logLevels, type LogLevel } from "./log.ts";

/** What may be shown and logged. Secrets stand apart, in `Secrets`. */
export interface Config {
  readonly mode: { readonly type: "socket" } | { readonly type: "http"; readonly port: number };
  readonly slackApiUrl: string | undefined;
  readonly admins: readonly { readonly teamId?: string; readonly userId: string }[];
  readonly dataDir: string;
  readonly databaseFile: string;
  readonly logLevel: LogLevel;
  readonly opsChannel: string | undefined;
  /** Hosts, networks and `unix` that remotes may have; empty means any. */
  readonly remoteAllowList: readonly string[];
}

export interface Secrets {
  readonly slackBotToken: string;
  readonly slackAppToken: string | undefined;
  readonly slackSigningSecret: string | undefined;
}

/** Where the bot keeps what it has, for commands of the host that need no Slack. */
export type LocalConfig = Pick<Config, "dataDir" | "databaseFile" | "logLevel" | "remoteAllowList">;

/** Every environment variable that is read, with its meaning; `docs/operating.md` has the same table, and a test compares them. */
export const environmentVariables = {
  SLACK_BOT_TOKEN: "The bot's token (`xoxb-…`). Needed.",
  SLACK_APP_TOKEN: "The app-level token (`xapp-…`) with `connections:write`. Its presence selects Socket Mode.",
  SLACK_SIGNING_SECRET: "HTTP mode, when there is no SLACK_APP_TOKEN: verifies that requests come from Slack.",
  PORT: "HTTP mode: the port on which `/slack/events` is served.",
  SLACK_API_URL: "Another Slack than slack.com, for tests; ends in `/api/`.",
  ADMIN_USER_IDS: "Who is always admin: user ids, comma-separated, `U…` or `T…/U…`. Needed.",
  OPS_CHANNEL_ID:
    "The channel (`C…`) for stories that may not be told where the command was typed. Default: a direct message.",
  DATA_DIR: "The directory for database, key and certificate. Default `./data`.",
  DATABASE_URL: "The database, `file:PATH` or a path. Default `lxd-chatops.sqlite` in DATA_DIR.",
  REMOTE_ALLOW_LIST:
    "What addresses remotes may have, comma-separated: host names, networks (`10.0.0.0/8`), `unix`. Default: any.",
  LOG_LEVEL: "trace, debug, info, warn, error, fatal or silent. Default info. trace shows every LXD request.",
} as const satisfies Record<string, string>;

type Environment = Readonly<Record<string, string | undefined>>;

const adminId = /^(?:(T[A-Z0-9]+)\/)?([UW][A-Z0-9]+)$/;

const local = {
  DATA_DIR: z.string().default("./data"),
  DATABASE_URL: z.string().optional(),
  REMOTE_ALLOW_LIST: z
    .string()
    .default("")
    .transform((text, context) => {
      const entries = words(text);
      for (const entry of entries.filter((word) => !isAllowListEntry(word))) {
        context.addIssue({
          code: "custom",
          message: `REMOTE_ALLOW_LIST holds "${entry}", which is no host name, no address, no network (10.0.0.0/8) and not unix.`,
        });
      }
      return entries;
    }),
  LOG_LEVEL: z.enum(logLevels, `LOG_LEVEL is one of ${logLevels.join(", ")}.`).default("info"),
};

const LocalShape = z.object(local);
const Shape = z.object({
  ...local,
  SLACK_BOT_TOKEN: z
    .string("SLACK_BOT_TOKEN is missing: the app's page at api.slack.com shows it under OAuth & Permissions.")
    .startsWith("xoxb-", "SLACK_BOT_TOKEN is a bot token: it begins with xoxb-."),
  SLACK_APP_TOKEN: z
    .string()
    .startsWith("xapp-", "SLACK_APP_TOKEN is an app-level token: it begins with xapp-.")
    .optional(),
  SLACK_SIGNING_SECRET: z.string().optional(),
  PORT: z
    .string()
    .regex(/^[0-9]{1,5}$/, "PORT is a number up to 65535.")
    .transform(Number)
    .refine((port) => port <= 65_535, "PORT is a number up to 65535.")
    .optional(),
  SLACK_API_URL: z
    .url({ protocol: /^https?$/, error: "SLACK_API_URL is a URL, such as http://127.0.0.1:4000/api/." })
    .optional(),
  ADMIN_USER_IDS: z
    .string(
      "ADMIN_USER_IDS is missing: without an admin nobody could grant anything. Your id stands in your Slack profile under ⋮.",
    )
    .transform((text, context) =>
      words(text).map((word) => {
        const [whole, teamId, userId = ""] = adminId.exec(word) ?? [];
        if (whole === undefined) {
          context.addIssue({
            code: "custom",
            message: `ADMIN_USER_IDS holds "${word}", which is no user id (U… or T…/U…).`,
          });
        }
        return teamId === undefined ? { userId } : { teamId, userId };
      }),
    )
    .refine((ids) => ids.length > 0, "ADMIN_USER_IDS is empty: without an admin nobody could grant anything."),
  OPS_CHANNEL_ID: z
    .string()
    .regex(/^[CG][A-Z0-9]+$/, "OPS_CHANNEL_ID is a channel's id (C…), not its name.")
    .optional(),
});

/**
 * Reads the environment.
 * @throws UserError `config-invalid` with everything that is wrong, and how to mend it, in one message
 */
export function readConfig(environment: Environment): { readonly config: Config; readonly secrets: Secrets } {
  const read = Shape.safeParse(withoutEmpty(environment));
  const problems = read.success ? [] : read.error.issues.map(({ message }) => message);
  problems.push(...contradictions(withoutEmpty(environment)));
  const databaseProblem = databaseFile(environment["DATABASE_URL"] || undefined, "").problem;
  if (databaseProblem !== undefined) problems.push(databaseProblem);
  if (!read.success || problems.length > 0) throw invalid(problems);
  const values = read.data;
  return {
    config: {
      ...localOf(values),
      mode: values.SLACK_APP_TOKEN === undefined ? { type: "http", port: values.PORT ?? 0 } : { type: "socket" },
      slackApiUrl: values.SLACK_API_URL,
      admins: values.ADMIN_USER_IDS,
      opsChannel: values.OPS_CHANNEL_ID,
    },
    secrets: {
      slackBotToken: values.SLACK_BOT_TOKEN,
      slackAppToken: values.SLACK_APP_TOKEN,
      slackSigningSecret: values.SLACK_SIGNING_SECRET,
    },
  };
}

/** What commands of the host need that do not talk to Slack. @throws UserError `config-invalid` */
export function readLocalConfig(environment: Environment): LocalConfig {
  const read = LocalShape.safeParse(withoutEmpty(environment));
  if (!read.success) throw invalid(read.error.issues.map(({ message }) => message));
  const { problem } = databaseFile(read.data.DATABASE_URL, "");
  if (problem !== undefined) throw invalid([problem]);
  return localOf(read.data);
}

/** The environment of this process; nothing else reads it. */
export function processEnvironment(): Environment {
  return process.env;
}

function contradictions(environment: Environment): readonly string[] {
  if (environment["SLACK_APP_TOKEN"] !== undefined) {
    return environment["PORT"] !== undefined && environment["SLACK_SIGNING_SECRET"] !== undefined
      ? [
          "SLACK_APP_TOKEN selects Socket Mode, SLACK_SIGNING_SECRET with PORT selects HTTP mode: take one of the two away.",
        ]
      : [];
  }
  const problems = [];
  if (environment["SLACK_SIGNING_SECRET"] === undefined) {
    problems.push("Neither SLACK_APP_TOKEN (Socket Mode) nor SLACK_SIGNING_SECRET (HTTP mode) is set: set one.");
  } else if (environment["PORT"] === undefined) {
    problems.push(
      "PORT is missing: HTTP mode (SLACK_SIGNING_SECRET without SLACK_APP_TOKEN) needs a port to listen on.",
    );
  }
  return problems;
}

function localOf(values: z.infer<typeof LocalShape>): LocalConfig {
  const dataDir = resolve(values.DATA_DIR);
  return {
    dataDir,
    databaseFile: databaseFile(values.DATABASE_URL, dataDir).file,
    logLevel: values.LOG_LEVEL,
    remoteAllowList: values.REMOTE_ALLOW_LIST,
  };
}

function databaseFile(url: string | undefined, dataDir: string): { readonly file: string; readonly problem?: string } {
  if (url === undefined) return { file: join(dataDir, "lxd-chatops.sqlite") };
  const path = url.replace(/^(file|sqlite):(\/\/)?/, "");
  if (/^[a-z]+:\/\//i.test(path)) {
    return {
      file: "",
      problem: "DATABASE_URL names a kind of database that this version does not have: it is file:PATH, or a path.",
    };
  }
  return { file: isAbsolute(path) ? path : resolve(path) };
}

/** What `createAddressCheck` understands. A network without its length would be one that holds everything. */
function isAllowListEntry(entry: string): boolean {
  const [address = "", bits, ...more] = entry.split("/");
  const family = isIP(address);
  if (family === 0) return /^(\*\.)?[a-z0-9_-]+(\.[a-z0-9_-]+)*$/i.test(entry);
  if (bits === undefined) return true;
  return more.length === 0 && /^[0-9]{1,3}$/.test(bits) && Number(bits) <= (family === 4 ? 32 : 128);
}

function words(text: string): readonly string[] {
  return text
    .split(",")
    .map((word) => word.trim())
    .filter((word) => word !== "");
}

/** A variable that is set to nothing is one that is not set. */
function withoutEmpty(environment: Environment): Environment {
  return Object.fromEntries(Object.entries(environment).filter(([, value]) => value !== undefined && value !== ""));
}

function invalid(problems: readonly string[]): UserError {
  return new UserError("config-invalid", {
    what: "The configuration cannot be used.",
    why: problems.map((problem) => `- ${problem}`).join("\n"),
    next: "Set them in the environment or in a .env file beside package.json; docs/operating.md has the whole table.",
  });
}
