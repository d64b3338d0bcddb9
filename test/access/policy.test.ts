import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { builtInRoles, permissions, unbounded, type Permission } from "../../src/access/permissions.ts";
import {
  decide,
  isPattern,
  matches,
  type Grant,
  type Policy,
  type PolicyTarget,
  type Subject,
} from "../../src/access/policy.ts";

const now = 1_000_000;
const alice: Subject = { teamId: "T1", userId: "U1", groups: ["S1"], channelId: "C1" };
const web1: PolicyTarget = { remote: "lxd1", name: "web1", project: "default" };
const nobody: Policy = { admins: [], roles: {}, grants: [] };
const every = Object.keys(permissions) as readonly Permission[]; // the keys of a const object are exactly its key type

function grant(more: Partial<Grant> = {}): Grant {
  return { id: "g-1", subject: { kind: "user", id: "U1" }, role: "operator", pattern: "*", expiresAt: null, ...more };
}
function may(grants: readonly Grant[], demand: Permission = "instance.stop", target: PolicyTarget = web1): boolean {
  return decide({ ...nobody, grants }, { subject: alice, demand, target, now }).allow;
}

const names = fc.stringMatching(/^[a-z0-9.-]{1,8}$/);
const subjects = fc.record({
  teamId: fc.constantFrom("T1", "T2"),
  userId: fc.constantFrom("U1", "U2"),
  groups: fc.subarray(["S1", "S2"]),
  channelId: fc.constantFrom("C1", "C2"),
});
const targets = fc.record({ remote: names, name: names, project: fc.constantFrom("default", "staging") });
const demands = fc.constantFrom(...every);
const patterns = fc.oneof(
  fc.constantFrom("*", "owner=self", "project=staging", "*:*"),
  fc
    .tuple(fc.stringMatching(/^[a-z0-9*.-]{1,6}$/), fc.stringMatching(/^[a-z0-9*.-]{1,6}$/))
    .map((two) => two.join(":")),
);
const grants = fc.array(
  fc.record({
    id: fc.stringMatching(/^g-[0-9]{4}$/),
    subject: fc.oneof(
      fc.record({ kind: fc.constant("user" as const), id: fc.constantFrom("U1", "U2") }),
      fc.record({ kind: fc.constant("group" as const), id: fc.constantFrom("S1", "S2") }),
      fc.record({ kind: fc.constant("channel" as const), id: fc.constantFrom("C1", "C2") }),
    ),
    role: fc.constantFrom("viewer", "operator", "admin", "deployer", "constructor", "no-such-role"),
    pattern: patterns,
    expiresAt: fc.option(fc.integer({ min: now - 5, max: now + 5 })),
  }),
  { maxLength: 6 },
);
const roles = { deployer: ["instance.create"], viewer: every } as const;

describe("by default", () => {
  test("nobody may do anything, but what everybody may", () => {
    fc.assert(
      fc.property(subjects, demands, targets, (subject, demand, target) => {
        expect(decide(nobody, { subject, demand, target, now }).allow).toBe(false);
        expect(decide(nobody, { subject, demand: "anyone", target, now }).allow).toBe(true);
      }),
    );
  });

  test("a refusal says what is missing", () => {
    const { because } = decide(nobody, { subject: alice, demand: "instance.delete", target: web1, now });
    expect(because).toBe("No grant gives instance.delete (delete instances).");
  });
});

describe("grants", () => {
  test("decide the same in any order", () => {
    fc.assert(
      fc.property(
        grants.chain((all) => fc.tuple(fc.constant(all), fc.shuffledSubarray(all, { minLength: all.length }))),
        fc.record({ subject: subjects, demand: demands, target: targets }),
        ([all, shuffled], question) => {
          const answers = [all, shuffled].map(
            (each) => decide({ ...nobody, roles, grants: each }, { ...question, now }).allow,
          );
          expect(answers[0]).toBe(answers[1]);
        },
      ),
    );
  });

  test("only add: one more never takes anything away", () => {
    fc.assert(
      fc.property(grants, grants, subjects, demands, targets, (some, more, subject, demand, target) => {
        const question = { subject, demand, target, now };
        fc.pre(decide({ ...nobody, roles, grants: some }, question).allow);
        expect(decide({ ...nobody, roles, grants: [...some, ...more] }, question).allow).toBe(true);
      }),
    );
  });

  test("that have expired are as if they were not there", () => {
    fc.assert(
      fc.property(grants, subjects, demands, targets, (all, subject, demand, target) => {
        const living = all.filter(({ expiresAt }) => expiresAt === null || expiresAt > now);
        const question = { subject, demand, target, now };
        expect(decide({ ...nobody, roles, grants: all }, question)).toEqual(
          decide({ ...nobody, roles, grants: living }, question),
        );
      }),
    );
    expect([may([grant({ expiresAt: now + 1 })]), may([grant({ expiresAt: now })])]).toEqual([true, false]);
  });

  test.each([
    [{ kind: "user", id: "U1" }, true],
    [{ kind: "user", id: "U2" }, false],
    [{ kind: "group", id: "S1" }, true],
    [{ kind: "group", id: "S2" }, false],
    [{ kind: "channel", id: "C1" }, true],
    [{ kind: "channel", id: "U1" }, false],
    [{ kind: "group", id: "U1" }, false],
  ] as const)("to %o are for alice: %s", (subject, expected) => {
    expect(may([grant({ subject })])).toBe(expected);
  });

  test("of a role that does not exist give nothing, whatever it is called", () => {
    for (const role of ["no-such-role", "constructor", "__proto__", "toString", ""]) {
      for (const demand of every) expect(may([grant({ role })], demand)).toBe(false);
    }
  });

  test("of a role of the database never widen a built-in one", () => {
    const policy = { ...nobody, roles, grants: [grant({ role: "viewer" })] };
    expect(decide(policy, { subject: alice, demand: "instance.delete", target: web1, now }).allow).toBe(false);
  });

  test("without a target count when there is any target", () => {
    const question = { subject: alice, demand: "instance.stop", now } as const;
    expect(decide({ ...nobody, grants: [grant({ pattern: "lxd9:x" })] }, question).allow).toBe(true);
    expect(decide({ ...nobody, grants: [grant({ role: "viewer" })] }, question).allow).toBe(false);
  });

  test("say which of them decided", () => {
    const policy = { ...nobody, grants: [grant({ pattern: "lxd1:*" })] };
    const { because } = decide(policy, { subject: alice, demand: "instance.stop", target: web1, now });
    expect(because).toBe("operator on lxd1:* (g-1)");
  });
});

test("only an admin may everything: an operator neither grants nor reaches the host", () => {
  expect([...builtInRoles.admin].toSorted()).toEqual(every.toSorted());
  const forbidden = every.filter((demand) => !may([grant({ role: "operator" })], demand));
  expect(forbidden).toEqual(["job.cancel", "remote.write", "access.read", "access.write", "host.reach", "audit.read"]);
});

test("an admin of ADMIN_USER_IDS may everything, in the workspace that is named", () => {
  const answers = [{ userId: "U1" }, { teamId: "T1", userId: "U1" }, { teamId: "T2", userId: "U1" }].map(
    (admin) =>
      decide({ ...nobody, admins: [admin] }, { subject: alice, demand: "host.reach", target: web1, now }).allow,
  );
  expect(answers).toEqual([true, true, false]);
});

describe("patterns", () => {
  test.each([
    ["*", true],
    ["*:*", true],
    ["lxd1:*", true],
    ["lxd1:web1", true],
    ["lxd*:w*1", true],
    ["*:web*", true],
    ["lxd1:web", false],
    ["lxd1:web1*1", false],
    ["lxd2:*", false],
    ["lxd1*", false],
    ["web1", false],
    ["lxd1", false],
    ["lxd1:", false],
    [":web1", false],
    ["lxd1:web1:x", false],
    ["lxd1:web?", false],
    ["lxd1:.*", false],
    ["LXD1:web1", false],
    ["project=default", true],
    ["project=staging", false],
    ["project=*", false],
    ["owner=self", false],
    ["owner=U1", false],
    ["", false],
  ])("%s holds lxd1:web1: %s", (pattern, expected) => {
    expect(matches(pattern, web1, alice)).toBe(expected);
  });

  test("never match across the colon: each half is held against its own half", () => {
    const piece = fc.stringMatching(/^[ab*]{1,3}$/);
    const target = fc.record({
      remote: fc.stringMatching(/^[ab]{1,3}$/),
      name: fc.stringMatching(/^[ab]{1,3}$/),
      project: fc.constant("default"),
    });
    fc.assert(
      fc.property(piece, piece, target, (remote, name, one) => {
        const [both, byRemote, byName] = [`${remote}:${name}`, `${remote}:*`, `*:${name}`].map((pattern) =>
          matches(pattern, one, alice),
        );
        expect(both).toBe(byRemote && byName);
      }),
      { numRuns: 500 },
    );
  });

  test("of one remote match no other remote", () => {
    fc.assert(
      fc.property(names, fc.stringMatching(/^[a-z0-9*.-]{1,6}$/), targets, (remote, name, target) => {
        fc.pre(target.remote !== remote);
        expect(matches(`${remote}:${name}`, target, alice)).toBe(false);
      }),
    );
  });

  test("match as their stars say, as a regular expression of them would", () => {
    fc.assert(
      fc.property(fc.stringMatching(/^[ab*]{1,7}$/), fc.stringMatching(/^[ab]{1,8}$/), (pattern, name) => {
        const expected = new RegExp(`^${pattern.replaceAll("*", ".*")}$`).test(name);
        expect(matches(`lxd1:${pattern}`, { ...web1, name }, alice)).toBe(expected);
      }),
      { numRuns: 500 },
    );
  });

  test("of the owner hold what carries the person's own id, in their workspace", () => {
    const owners = ["T1/U1", "T2/U1", "U1", "T1/U2", ""];
    const held = owners.filter((owner) => matches("owner=self", { ...web1, owner }, alice));
    expect(held).toEqual(["T1/U1"]);
  });

  test("that are none are refused where they are written", () => {
    for (const good of ["*", "lxd1:*", "*:web-*", "project=p_1", "owner=self"]) expect(isPattern(good)).toBe(true);
    for (const bad of ["", "**", "lxd1", "a:b:c", "a: b", "project=", "project=a=b", "owner=me", "*\n"])
      expect(isPattern(bad)).toBe(false);
  });
});

const scoped = (pattern: string): Policy => ({
  admins: [],
  roles: {},
  grants: [{ id: "g-1", subject: { kind: "user", id: "U1" }, role: "admin", pattern, expiresAt: null }],
});
const subject: Subject = { teamId: "T1", userId: "U1", groups: [], channelId: "C1" };

describe("what is about the bot itself", () => {
  test.each(unbounded)("%s is not had by an admin of some instances", (demand) => {
    const bounded = ["lxd1:web-*", "lxd1:*", "*:web-*", "project=staging", "owner=self"];
    expect(bounded.filter((pattern) => decide(scoped(pattern), { subject, demand, now: 0 }).allow)).toEqual([]);
    expect(decide(scoped("*"), { subject, demand, now: 0 }).allow).toBe(true);
    expect(decide(scoped("*:*"), { subject, demand, now: 0 }).allow).toBe(true);
  });
});
