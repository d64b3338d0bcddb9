import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { matcherOf } from "../../../commands/instance/list-filter.ts";
import { row } from "./rows.ts";

const remotes = ["lxd1", "lxd2"];
const holds = (filter: string, ...rest: Parameters<typeof row>): boolean =>
  matcherOf(filter, remotes).matches(row(...rest));

describe("a name", () => {
  test.each([
    ["web1", true],
    ["web", true],
    ["eb1", false],
    ["w*1", true],
    ["*b*", true],
    ["w*x", false],
    ["web.*", true],
    ["^web", true],
    ["^web1$", true],
    ["web$", false],
    ["*1$", true],
    ["WEB", false],
    ["", true],
  ])("%s holds web1: %s", (filter, expected) => {
    expect(holds(filter)).toBe(expected);
  });

  test("with `$` ends there, also where its last letters occur before", () => {
    expect(holds("*1$", { name: "web1-1" })).toBe(true);
    expect(holds("a*b$", { name: "abxb" })).toBe(true);
    expect(holds("a*b$", { name: "abx" })).toBe(false);
    expect(holds("a*a$", { name: "a" })).toBe(false);
  });

  test("is held as a regular expression of its stars would hold it", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{1,6}$/), fc.stringMatching(/^[ab]{1,8}$/), (pattern, name) => {
        const expression = pattern.replaceAll("*", ".*");
        expect(holds(pattern, { name })).toBe(new RegExp(`^${expression}`).test(name));
        expect(holds(`${pattern}$`, { name })).toBe(new RegExp(`^${expression}$`).test(name));
      }),
      { numRuns: 500 },
    );
  });
});

describe("a remote", () => {
  test("before a colon holds its own instances, and is told", () => {
    expect(matcherOf("lxd1:", remotes)).toMatchObject({ kind: "name", remote: "lxd1" });
    expect([holds("lxd1:"), holds("lxd2:"), holds("lxd1:web"), holds("lxd1:db")]).toEqual([true, false, true, false]);
    expect(matcherOf("lxd9:", remotes).remote).toBe("lxd9");
  });

  test("whose colon was forgotten is meant, beside instances whose names begin like it", () => {
    expect(matcherOf("lxd2", remotes).remote).toBeUndefined();
    expect(holds("lxd2", {}, { remote: "lxd2" })).toBe(true);
    expect(holds("lxd2", { name: "lxd2-proxy" })).toBe(true);
    expect(holds("lxd2")).toBe(false);
  });
});

describe("a setting", () => {
  test.each([
    ["status=running", true],
    ["STATUS=RUNNING", true],
    ["state=stopped", false],
    ["type=container", true],
    ["type=persistent", true],
    ["type=ephemeral", false],
    ["type=virtual-machine", false],
    ["architecture=x86_64", true],
    ["location=none", true],
    ["name=web", true],
    ["ipv4=10.0.3.7", true],
    ["ipv4=10.0.0.0/8", true],
    ["ipv4=10.0.4.0/24", false],
    ["ipv6=fd42::/16", true],
    ["ipv6=10.0.0.0/8", false],
    ["ipv4=10.0.0.0/99", false],
    ["ipv4=everything", false],
    ["user.team=ops", true],
    ["user.team=dev", false],
    ["u.t=ops", true],
    ["user=ops", false],
    ["limits.cpu=2", true],
    ["limits.cpu=", false],
    ["no.such=1", false],
    ["constructor=1", false],
  ])("%s: %s", (filter, expected) => {
    expect(holds(filter)).toBe(expected);
  });

  test("of addresses holds nothing that has no state", () => {
    expect(holds("ipv4=10.0.0.0/8", { state: null })).toBe(false);
  });

  test("filters of one key are of one kind, those of names too", () => {
    const kinds = ["status=running", "status=frozen", "web", "lxd1:db"].map(
      (filter) => matcherOf(filter, remotes).kind,
    );
    expect(kinds).toEqual(["status", "status", "name", "name"]);
  });

  test("keys that mean the same are of one kind, however they are written", () => {
    expect(matcherOf("STATUS=running", remotes).kind).toBe(matcherOf("status=stopped", remotes).kind);
  });
});
