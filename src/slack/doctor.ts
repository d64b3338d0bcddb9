import type { WebClient } from "@slack/web-api";
import type { Log } from "../log.ts";
import { botScopes } from "./requirements.ts";
import { bridgeLog } from "./web/bridge-log.ts";
import { createWebClient } from "./web/client.ts";
import { failureOf } from "./web/failures.ts";

export interface Finding {
  readonly name: string;
  readonly ok: boolean;
  /** What was seen, as a sentence. */
  readonly says: string;
  /** What to do about it. */
  readonly cure?: string;
}

export interface SlackDoctorOptions {
  readonly botToken: string;
  /** In Socket Mode. */
  readonly appToken?: string | undefined;
  readonly apiUrl?: string | undefined;
  readonly log: Log;
}

/** Asks Slack whether it would work with us. Never throws; takes as long as Slack, ten seconds a question at most. */
export async function examineSlack({
  botToken,
  appToken,
  apiUrl,
  log,
}: SlackDoctorOptions): Promise<readonly Finding[]> {
  const settings = { apiUrl, logger: bridgeLog(log) };
  const findings = await examineToken(createWebClient(botToken, settings));
  if (appToken === undefined) return findings;
  return [...findings, await examineSocketMode(createWebClient(appToken, settings))];
}

async function examineToken(web: WebClient): Promise<readonly Finding[]> {
  const name = "Slack token";
  try {
    const { team, user, response_metadata } = await web.auth.test();
    return [
      { name, ok: true, says: `Slack knows the bot as ${user} in ${team}.` },
      examineScopes(response_metadata?.scopes),
    ];
  } catch (error) {
    const failure = failureOf(error);
    return [
      failure.kind === "refused"
        ? {
            name,
            ok: false,
            says: `Slack does not accept the bot token: ${failure.error}.`,
            cure: "Copy SLACK_BOT_TOKEN (xoxb-…) from the app's page, OAuth & Permissions; install the app if there is none.",
          }
        : unreachable(name, failure.error),
    ];
  }
}

function examineScopes(granted: readonly string[] | undefined): Finding {
  const name = "Slack scopes";
  if (granted === undefined) return { name, ok: true, says: "Slack did not say which scopes the bot has." };
  const missing = botScopes.filter((scope) => !granted.includes(scope));
  if (missing.length === 0) return { name, ok: true, says: `All ${botScopes.length} scopes are granted.` };
  return {
    name,
    ok: false,
    says: `Scopes are missing: ${missing.join(", ")}.`,
    cure: "Update the app with manifest.yml, then install it to the workspace again.",
  };
}

async function examineSocketMode(web: WebClient): Promise<Finding> {
  const name = "Slack Socket Mode";
  try {
    await web.apps.connections.open({});
    return { name, ok: true, says: "Slack gives out connections." };
  } catch (error) {
    const failure = failureOf(error);
    if (failure.kind !== "refused") return unreachable(name, failure.error);
    return {
      name,
      ok: false,
      says: `Slack gives out no connection: ${failure.error}.`,
      cure: "Make an app-level token (xapp-…) with the scope connections:write for SLACK_APP_TOKEN, and turn Socket Mode on.",
    };
  }
}

function unreachable(name: string, error: string): Finding {
  return {
    name,
    ok: false,
    says: `Slack could not be asked: ${error}.`,
    cure: "Check the network, a proxy, and SLACK_API_URL if it is set.",
  };
}
