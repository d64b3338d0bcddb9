import { expect, test } from "vitest";
import { redact, redactedText, redactPath } from "../../src/lxd/redact.ts";

test("secrets are redacted by the name of their field, at any depth", () => {
  expect(
    redact({
      password: "hunter2",
      trust_token: "abc",
      token: "eyJ",
      config: { "core.trust_password": "x", "oidc.client.secret": "x", "limits.cpu": "2" },
      source: { secret: "s", secrets: { control: "c" }, alias: "busybox" },
      list: [{ secret: "in a list" }],
    }),
  ).toEqual({
    password: "[redacted]",
    trust_token: "[redacted]",
    token: "[redacted]",
    config: { "core.trust_password": "[redacted]", "oidc.client.secret": "[redacted]", "limits.cpu": "2" },
    source: { secret: "[redacted]", secrets: "[redacted]", alias: "busybox" },
    list: [{ secret: "[redacted]" }],
  });
});

test("what people put into an instance's configuration is redacted, what the bot writes is not", () => {
  expect(
    redact({
      "user.user-data": "#cloud-config\npassword: x",
      "user.note": "anything",
      "environment.API_KEY": "k",
      "cloud-init.user-data": "#cloud-config",
      "user.chatops.owner": "T1/U1",
      "volatile.uuid": "u",
    }),
  ).toEqual({
    "user.user-data": "[redacted]",
    "user.note": "[redacted]",
    "environment.API_KEY": "[redacted]",
    "cloud-init.user-data": "[redacted]",
    "user.chatops.owner": "T1/U1",
    "volatile.uuid": "u",
  });
});

test("private keys are redacted wherever they stand, certificates are not", () => {
  const key = "-----BEGIN EC PRIVATE KEY-----\nMHc\n-----END EC PRIVATE KEY-----";
  const certificate = "-----BEGIN CERTIFICATE-----\nMII\n-----END CERTIFICATE-----";
  expect(redact([key, certificate])).toEqual(["[redacted]", certificate]);
});

test("the secrets that open an operation's sockets are redacted, a file system of that name is not", () => {
  const secret = "a".repeat(64);
  expect(redact({ fds: { 0: secret, control: secret }, control: secret, fs: secret })).toEqual({
    fds: "[redacted]",
    control: "[redacted]",
    fs: "[redacted]",
  });
  expect(redact({ fs: "ext4", token: true, password: "" })).toEqual({ fs: "ext4", token: true, password: "" });
});

test("a secret in a query is redacted", () => {
  expect(redactPath("/1.0/operations/1/websocket?secret=abc&project=p")).toBe(
    "/1.0/operations/1/websocket?secret=[redacted]&project=p",
  );
});

test("long texts are cut and say how long they were, long lists say how much is left out", () => {
  expect(redactedText({ a: "x".repeat(50) }, 10)).toBe('{"a":"xxxx… (58 characters)');
  expect(redactedText([1, 2, 3, 4, 5, 6, 7], 100)).toBe("[1,2,3,4,5] and 2 more");
});
