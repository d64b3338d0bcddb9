import fc from "fast-check";
import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { systemClock } from "../../src/clock.ts";
import { looksLikeJoinToken, parseJoinToken } from "../../src/remotes/join-token.ts";

const nowMs = Date.parse("2026-06-01T00:00:00Z");
const clock = { ...systemClock, now: () => nowMs };
const payload = {
  client_name: "bot",
  fingerprint: "ab".repeat(32),
  addresses: ["10.0.0.1:8443", "[fd00::1]:8443", "lxd.test:8443"],
  secret: "s3cret",
  expires_at: "0001-01-01T00:00:00Z",
};

const encode = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64");

function problem(text: string): UserError {
  try {
    parseJoinToken(text, { clock });
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
  throw new Error("it was expected to be refused");
}

test("a token tells whom to reach, what to pin, and as whom", () => {
  const text = encode(payload);
  expect(parseJoinToken(` ${text}\n`, { clock })).toEqual({
    clientName: "bot",
    fingerprint: "ab".repeat(32),
    addresses: ["https://10.0.0.1:8443", "https://[fd00::1]:8443", "https://lxd.test:8443"],
    text,
  });
});

test("a token that expires says when, one without the field does not expire", () => {
  const later = encode({ ...payload, expires_at: "2026-06-01T02:00:00+02:00" });
  expect(problem(later).message).toBe("The join token has expired.");
  const soon = parseJoinToken(encode({ ...payload, expires_at: "2026-06-01T00:00:01Z" }), { clock });
  expect(soon.expiresAt).toBe(nowMs + 1_000);
  const { expires_at: _none, ...older } = payload;
  expect(parseJoinToken(encode(older), { clock })).not.toHaveProperty("expiresAt");
});

test.each([
  ["", "not the base64 text"],
  ["hello world", "not the base64 text"],
  ["aGVsbG8=", "not the base64 text"],
  [encode(payload).slice(0, -40), "perhaps a part of it is missing"],
  [encode(["a"]), "not the base64 text of a JSON object"],
  [encode({}), "missing or malformed: client_name, fingerprint, addresses, secret"],
  [encode({ ...payload, fingerprint: "short", secret: "" }), "malformed: fingerprint, secret"],
  [encode({ ...payload, addresses: [] }), "malformed: addresses"],
  [encode({ ...payload, addresses: ["a b:1"] }), '"a b:1" is not an address'],
  [encode({ ...payload, addresses: ["host:8443/path"] }), "is not an address"],
  [encode({ server_name: "node2", fingerprint: "x" }), "joins a cluster"],
  ["A".repeat(10_000), "not the base64 text"],
])("%# what is no token is refused with a reason and a cure", (text, why) => {
  const thrown = problem(text);
  expect(thrown.code).toBe("remote-token");
  expect(thrown.why).toContain(why);
  expect(thrown.next).toContain("lxc config trust add");
});

test("nothing but a UserError comes of any text, and no secret stands in it", () => {
  fc.assert(
    fc.property(
      fc.oneof(
        fc.string(),
        fc.json().map((json) => Buffer.from(json).toString("base64")),
      ),
      (text) => {
        expect(problem(text).code).toBe("remote-token");
      },
    ),
  );
  expect(JSON.stringify(problem(encode({ ...payload, addresses: [] })))).not.toContain("s3cret");
});

test("a token is recognised by its look", () => {
  expect(looksLikeJoinToken(encode(payload))).toBe(true);
  expect(looksLikeJoinToken("https://10.0.0.1:8443")).toBe(false);
});
