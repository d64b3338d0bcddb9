import { expect, test } from "vitest";
import { systemClock } from "../../../sandbox/slack/clock.ts";
import { escapeTyped } from "../../../sandbox/slack/delivery/typed-text.ts";
import { Store } from "../../../sandbox/slack/state/store.ts";
import { defaultWorkspace } from "../../../sandbox/slack/workspace.ts";
import { alice, carl } from "./calling.ts";

const store = new Store(defaultWorkspace, { clock: systemClock, botName: "lxd" });

test.each([
  ["grant @bob operator", "grant <@U0BOB0001|bob> operator"],
  ["audit by @bob, please", "audit by <@U0BOB0001|bob>, please"],
  ["notify #ops", "notify <#C0OPS0001|ops>"],
  ["notify @ops-team", "notify <!subteam^S0OPSTEAM|@ops-team>"],
  ["wake @here", "wake <!here>"],
  ["mail bob@acme.example", "mail bob@acme.example"],
  ["ask @nobody", "ask @nobody"],
  ["a < b & c > d", "a &lt; b &amp; c &gt; d"],
  ["add https://10.0.0.1:8443/x?a=1&b=2.", "add <https://10.0.0.1:8443/x?a=1&amp;b=2>."],
  ['exec web1 -- sh -c "echo @bob"', 'exec web1 -- sh -c "echo <@U0BOB0001|bob>"'],
])("a command's text %s arrives as %s", (typed, sent) => {
  expect(escapeTyped(typed, { store, as: alice, names: true })).toBe(sent);
});

test("private channels are completed for their members only", () => {
  expect(escapeTyped("#secret", { store, as: alice, names: true })).toBe("<#C0SECRET1|secret>");
  expect(escapeTyped("#secret", { store, as: carl, names: true })).toBe("#secret");
});

test("in a message a mention is the id alone", () => {
  expect(escapeTyped("@lxd status", { store, as: alice, names: false })).toBe("<@U0LXDBOT1> status");
});
