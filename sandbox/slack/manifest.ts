import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { isObject, listOf, objectOf, objectsOf, textOf, type Json } from "./json.ts";

/** What the local Slack wants to know of an app manifest (schema 2; https://docs.slack.dev/reference/app-manifest). */
export interface App {
  readonly name: string;
  readonly botScopes: readonly string[];
  readonly botEvents: readonly string[];
  readonly commands: readonly Command[];
  readonly interactivity: boolean;
  readonly homeTab: boolean;
  readonly messagesTab: boolean;
}

export interface Command {
  readonly command: string;
  readonly description: string;
  readonly usage_hint: string;
  readonly should_escape: boolean;
}

/** An app with everything that the local Slack can do, for tests that do not care for a manifest. */
const permissiveApp: App = {
  name: "lxd",
  botScopes: [
    "app_mentions:read",
    "channels:history",
    "channels:read",
    "chat:write",
    "commands",
    "files:read",
    "files:write",
    "groups:history",
    "groups:read",
    "im:history",
    "im:read",
    "im:write",
    "reactions:write",
    "team:read",
    "usergroups:read",
    "users:read",
    "users:read.email",
  ],
  botEvents: [
    "app_home_opened",
    "app_mention",
    "member_joined_channel",
    "message.channels",
    "message.groups",
    "message.im",
    "user_change",
  ],
  commands: [{ command: "/lxd", description: "Run containers", usage_hint: "help", should_escape: true }],
  interactivity: true,
  homeTab: true,
  messagesTab: true,
};

/**
 * Reads a manifest: an object, or the path of a YAML or JSON file. Without one, an app that may do everything.
 *
 * @throws Error when it is no manifest at all; Slack's own schema is not checked here.
 */
export function readApp(manifest: string | Json | undefined): App {
  if (manifest === undefined) return permissiveApp;
  const source: unknown = typeof manifest === "string" ? parse(readFileSync(manifest, "utf8")) : manifest;
  if (!isObject(source)) throw new Error("The app manifest is not a mapping.");
  const features = objectOf(source, "features") ?? {};
  const settings = objectOf(source, "settings") ?? {};
  const home = objectOf(features, "app_home") ?? {};
  const scopes = objectOf(objectOf(source, "oauth_config") ?? {}, "scopes") ?? {};
  return {
    name: textOf(objectOf(features, "bot_user") ?? {}, "display_name") ?? "bot",
    botScopes: texts(scopes, "bot"),
    botEvents: texts(objectOf(settings, "event_subscriptions") ?? {}, "bot_events"),
    commands: objectsOf(features, "slash_commands").map((command) => ({
      command: textOf(command, "command") ?? "",
      description: textOf(command, "description") ?? "",
      usage_hint: textOf(command, "usage_hint") ?? "",
      should_escape: command["should_escape"] === true,
    })),
    interactivity: objectOf(settings, "interactivity")?.["is_enabled"] === true,
    homeTab: home["home_tab_enabled"] === true,
    messagesTab: home["messages_tab_enabled"] !== false,
  };
}

function texts(of: Json, key: string): readonly string[] {
  return listOf(of, key).filter((value) => typeof value === "string");
}
