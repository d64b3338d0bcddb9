import { expect, test } from "vitest";
import { UserError } from "../../src/errors.ts";
import { createAddressCheck } from "../../src/remotes/allow-list.ts";

const allowList = ["lxd1.example.org", "*.lab.example.org", "10.0.0.0/8", "192.0.2.7", "fd00::/8"];

function isAllowed(address: string, list: readonly string[] = allowList): boolean {
  try {
    createAddressCheck(list)(address);
    return true;
  } catch (thrown) {
    if (thrown instanceof UserError && thrown.code === "remote-address") return false;
    throw thrown;
  }
}

test("without a list any address will do", () => {
  for (const address of ["https://anything:8443", "https://[2001:db8::1]:8443", "unix:///run/lxd.socket"])
    expect(isAllowed(address, [])).toBe(true);
});

test.each([
  ["https://lxd1.example.org:8443", true],
  ["https://LXD1.Example.Org:8443", true],
  ["https://lxd2.example.org:8443", false],
  ["https://lxd1.example.org.evil.test:8443", false],
  ["https://a.lab.example.org:8443", true],
  ["https://a.b.lab.example.org:8443", true],
  ["https://lab.example.org:8443", false],
  ["https://evillab.example.org:8443", false],
  ["https://10.1.2.3:8443", true],
  ["https://11.0.0.1:8443", false],
  // other ways to write 10.0.0.1 and 11.0.0.1
  ["https://167772161:8443", true],
  ["https://0x0b000001:8443", false],
  ["https://192.0.2.7", true],
  ["https://192.0.2.8", false],
  ["https://[fd12::1]:8443", true],
  ["https://[2001:db8::1]:8443", false],
  ["https://[::ffff:10.0.0.1]:8443", true],
  ["https://[::ffff:11.0.0.1]:8443", false],
  ["unix:///var/lib/lxd/unix.socket", false],
])("%s is allowed: %s", (address, expected) => {
  expect(isAllowed(address)).toBe(expected);
});

test("sockets are allowed by the word unix, which allows nothing else", () => {
  expect(isAllowed("unix:///run/lxd.socket", ["unix"])).toBe(true);
  expect(isAllowed("https://10.0.0.1:8443", ["unix"])).toBe(false);
});

test("a refusal names the address, the list and whom to ask", () => {
  const check = createAddressCheck(["10.0.0.0/8", "unix"]);
  let refusal: unknown;
  try {
    check("https://11.0.0.1:8443");
  } catch (thrown) {
    refusal = thrown;
  }
  expect(refusal).toMatchObject({
    message: "https://11.0.0.1:8443 is not among the addresses that remotes may have.",
    why: "REMOTE_ALLOW_LIST: 10.0.0.0/8, unix.",
    next: "Ask the people who run the bot.",
  });
});
