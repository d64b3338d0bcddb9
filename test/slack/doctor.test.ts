import { expect, test } from "vitest";
import { createLog } from "../../src/log.ts";
import { examineSlack } from "../../src/slack/doctor.ts";
import { localSlack } from "./setup.ts";

const log = createLog("silent");

test("the doctor finds a good workspace good", async () => {
  await using world = await localSlack();
  const findings = await examineSlack({
    botToken: world.botToken,
    appToken: world.appToken,
    apiUrl: world.apiUrl,
    log,
  });
  expect(findings.map(({ name, ok }) => [name, ok])).toEqual([
    ["Slack token", true],
    ["Slack scopes", true],
    ["Slack Socket Mode", true],
  ]);
});

test("the doctor names the scopes that are missing, and wrong tokens", async () => {
  await using world = await localSlack({ scopes: ["commands", "chat:write"] });
  const findings = await examineSlack({ botToken: world.botToken, appToken: "xapp-wrong", apiUrl: world.apiUrl, log });
  expect(findings[1]).toMatchObject({ ok: false });
  expect(findings[1]?.says).toContain("users:read");
  expect(findings[2]).toMatchObject({ ok: false, says: "Slack gives out no connection: invalid_auth." });
  const [token] = await examineSlack({ botToken: "xoxb-wrong", apiUrl: world.apiUrl, log });
  expect(token?.says).toContain("invalid_auth");
});

test("the doctor says when Slack is not there", async () => {
  const [token] = await examineSlack({ botToken: "xoxb-any", apiUrl: "http://127.0.0.1:1/api/", log });
  expect(token).toMatchObject({ ok: false });
  expect(token?.says).toContain("could not be asked");
});
