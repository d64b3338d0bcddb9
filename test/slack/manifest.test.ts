import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { botScopes, commandNames, eventScopes, methodScopes } from "../../src/slack/requirements.ts";
import { manifestFile } from "./setup.ts";

interface Manifest {
  readonly features: {
    readonly slash_commands: readonly { readonly command: string; readonly should_escape: boolean }[];
  };
  readonly oauth_config: { readonly scopes: { readonly bot: readonly string[] } };
  readonly settings: { readonly event_subscriptions: { readonly bot_events: readonly string[] } };
}

const manifest = parse(readFileSync(manifestFile, "utf8")) as Manifest; // its shape is what the first test is about
const folder = fileURLToPath(new URL("../../src/slack/", import.meta.url));
const source = readdirSync(folder, { recursive: true, encoding: "utf8" })
  .filter((name) => name.endsWith(".ts"))
  .map((name) => readFileSync(join(folder, name), "utf8"))
  .join("\n");

test("the manifest is one that Slack's own schema takes", () => {
  const schema: unknown = JSON.parse(
    readFileSync(fileURLToPath(new URL("../fixtures/slack-manifest.schema.json", import.meta.url)), "utf8"),
  );
  const ajv = new Ajv({ strict: false, allErrors: true, validateFormats: false });
  const validate = ajv.compile(schema as object); // a JSON schema is an object
  validate(manifest);
  expect(validate.errors ?? []).toEqual([]);
});

test("the manifest asks for the scopes that the code needs, and for no others", () => {
  expect([...manifest.oauth_config.scopes.bot].sort()).toEqual(botScopes);
});

test("the manifest subscribes to the events that have a listener", () => {
  expect([...manifest.settings.event_subscriptions.bot_events].sort()).toEqual(Object.keys(eventScopes).sort());
  for (const event of Object.keys(eventScopes)) expect(source).toContain(event.split(".")[0]);
});

test("the manifest has the commands that the code listens to, with mentions escaped", () => {
  expect(manifest.features.slash_commands.map(({ command }) => command)).toEqual([...commandNames]);
  expect(manifest.features.slash_commands.every(({ should_escape }) => should_escape)).toBe(true);
  for (const command of commandNames) expect(source).toContain(`app.command("${command}"`);
});

test("every Web API method that is called stands in the requirements, and none besides", () => {
  const called = [...source.matchAll(/\bweb\.((?:[a-zA-Z]+\.)+[a-zA-Z]+)\(/g)].map(([, method]) => method ?? "");
  expect([...new Set(called)].sort()).toEqual(Object.keys(methodScopes).sort());
});
