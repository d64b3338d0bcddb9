import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "../../db/database.ts";
import { saveRemote, setChannelDefault, setDefaultRemote } from "../../db/remotes.ts";
import { startSimulatedLxd } from "../../sandbox/lxd/server.ts";
import { systemClock } from "../../src/clock.ts";
import { UserError } from "../../src/errors.ts";
import { Inventory } from "../../src/inventory/inventory.ts";
import { createResolver, type Resolver } from "../../src/pipeline/resolve.ts";
import { Remotes } from "../../src/remotes/registry.ts";
import { patience, silent } from "../lxd/setup.ts";

const channel = { teamId: "T1", channelId: "C1" };
// sockets need none
const certificate = { certificatePem: "", keyPem: "", fingerprint: "" };

const shared = new AsyncDisposableStack();
let directory = "";
beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), "resolve-"));
  shared.defer(() => rm(directory, { recursive: true, force: true }));
  const seeds = {
    lxd1: [{ name: "web1" }, { name: "both" }],
    lxd2: [{ name: "db1" }, { name: "both" }],
  };
  for (const [name, instances] of Object.entries(seeds)) {
    const listen = { type: "unix", path: join(directory, `${name}.socket`) } as const;
    shared.use(await startSimulatedLxd({ name, listen, seed: { instances } }));
  }
});
afterAll(() => shared.disposeAsync());

interface Place extends AsyncDisposable {
  readonly store: Store;
  readonly registry: Remotes;
  readonly resolver: Resolver;
}

/** A resolver for what is typed in a channel; nothing listens behind remotes of other names than lxd1 and lxd2. */
async function place(
  remotes: readonly string[],
  prepare: (store: Store) => Promise<void> = noDefaults,
): Promise<Place> {
  const stack = new AsyncDisposableStack();
  const store = stack.use(await openStore(":memory:"));
  await store.write(async (transaction) => {
    for (const name of remotes) {
      await saveRemote(transaction, {
        name,
        kind: "unix",
        addresses: JSON.stringify([join(directory, `${name}.socket`)]),
        certificate_pem: null,
        fingerprint: null,
        server: "lxd",
        version: "5.0.2",
        added_by: "test",
        added_at: 1_000,
      });
    }
  });
  await prepare(store);
  const registry = stack.use(new Remotes({ store, log: silent, certificate }));
  await registry.reload();
  const inventory = stack.use(new Inventory({ registry, clock: systemClock, log: silent }));
  const resolver = createResolver({ registry, inventory, store: store.read, request: channel, signal: patience() });
  return { store, registry, resolver, [Symbol.asyncDispose]: () => stack.disposeAsync() };
}

async function noDefaults(): Promise<void> {
  await Promise.resolve();
}
const channelHas =
  (remote: string | null, project: string | null = null) =>
  (store: Store): Promise<void> =>
    store.write((transaction) => setChannelDefault(transaction, channel, { remote, project }));
const botHas =
  (remote: string) =>
  (store: Store): Promise<void> =>
    store.write((transaction) => setDefaultRemote(transaction, remote));

const options = { project: undefined, typed: (remote: string) => `stop ${remote}:it` };

/** `lxd1:web1`, and in brackets the project that is not the default one. */
async function instance({ resolver }: Place, typed: string, project?: string): Promise<string> {
  const [name = "", remote] = typed.split(":").toReversed();
  const reference = remote === undefined ? { name } : { remote, name };
  const found = await resolver.instance(reference, { ...options, project });
  return `${found.remote}:${found.name}${found.project === "default" ? "" : ` [${found.project}]`}`;
}

async function refusal(promise: Promise<unknown>): Promise<UserError> {
  try {
    await promise;
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
  throw new Error("it was expected to be refused");
}
const offered = (error: UserError): readonly string[] => error.offers.map(({ text }) => text);

describe("an instance", () => {
  test("is where its remote is typed, before every default, and need not exist", async () => {
    await using at = await place(["lxd1", "lxd2"], channelHas("lxd2"));
    expect(await instance(at, "lxd1:new1")).toBe("lxd1:new1");
  });

  test("of a remote that is not there is refused, with the nearest", async () => {
    await using at = await place(["lxd1", "lxd2"], channelHas("lxd2"));
    const error = await refusal(instance(at, "lxd3:web1"));
    expect(error).toMatchObject({ code: "remote-unknown", message: "There is no remote called lxd3." });
    expect(error.next).toMatch(/Did you mean lxd[12]\?/);
  });

  test("without remote is on the channel's default, before the bot's", async () => {
    await using at = await place(["lxd1", "lxd2"], async (store) => {
      await channelHas("lxd2")(store);
      await botHas("lxd1")(store);
    });
    expect(await instance(at, "web1")).toBe("lxd2:web1");
  });

  test("is on the bot's default where the channel has none", async () => {
    await using at = await place(["lxd1", "lxd2"], botHas("lxd2"));
    expect(await instance(at, "web1")).toBe("lxd2:web1");
  });

  test("of a channel of its own takes nothing from another channel's default", async () => {
    await using at = await place(["lxd1", "lxd2"], (store) =>
      store.write((transaction) =>
        setChannelDefault(transaction, { ...channel, channelId: "C2" }, { remote: "lxd2", project: "staging" }),
      ),
    );
    expect(await instance(at, "web1")).toBe("lxd1:web1");
  });

  test("is not sought on a default that is no remote any more", async () => {
    await using at = await place(["lxd1", "lxd2"], channelHas("gone"));
    expect(await instance(at, "db1")).toBe("lxd2:db1");
  });

  test("is on the only remote there is, even when it does not answer", async () => {
    await using at = await place(["dark"]);
    expect(await instance(at, "web1")).toBe("dark:web1");
  });

  test("is on the only remote that has it", async () => {
    await using at = await place(["lxd1", "lxd2"]);
    expect([await instance(at, "web1"), await instance(at, "db1")]).toEqual(["lxd1:web1", "lxd2:db1"]);
  });

  test("that several remotes have is a question, with each as a button", async () => {
    await using at = await place(["lxd1", "lxd2"]);
    const error = await refusal(instance(at, "both"));
    expect(error).toMatchObject({ code: "remote-needed", why: "lxd1 and lxd2 have it." });
    expect(offered(error)).toEqual(["stop lxd1:it", "stop lxd2:it"]);
  });

  test("is not guessed while a remote that may have it does not answer", async () => {
    await using at = await place(["lxd1", "dark"]);
    const error = await refusal(instance(at, "web1"));
    expect(error.why).toBe("lxd1 has it; dark does not answer, so may have it too.");
    expect(offered(error)).toEqual(["stop lxd1:it", "stop dark:it"]);
    const nowhere = await refusal(instance(at, "nowhere"));
    expect(nowhere.why).toBe("dark does not answer, so may have it too.");
  });

  test("that no remote has is missing, and where was looked is said", async () => {
    await using at = await place(["lxd1", "lxd2"]);
    expect(await refusal(instance(at, "nowhere"))).toMatchObject({
      code: "instance-missing",
      message: "No remote has an instance called nowhere.",
      why: "Looked at lxd1, lxd2.",
    });
    const staging = await refusal(instance(at, "web1", "staging"));
    expect(staging.message).toBe("No remote has an instance called web1 in project staging.");
  });

  test("without any remote cannot be, and how to add one is said", async () => {
    await using at = await place([]);
    const error = await refusal(instance(at, "web1"));
    expect(error.code).toBe("remote-unknown");
    expect(error.next).toContain("/lxd remote add NAME TOKEN");
  });

  test("is in the project that is typed, else the channel's, else the default one", async () => {
    await using at = await place(["lxd1", "lxd2"], channelHas("lxd1", "staging"));
    expect(await instance(at, "web1", "prod")).toBe("lxd1:web1 [prod]");
    expect(await instance(at, "web1")).toBe("lxd1:web1 [staging]");
    expect(await instance(at, "lxd2:db1")).toBe("lxd2:db1 [staging]");
    expect(await instance(at, "web1", "default")).toBe("lxd1:web1");
  });
});

describe("a remote for something new", () => {
  test("is what is typed, else the channel's default, else the bot's", async () => {
    await using at = await place(["lxd1", "lxd2"], channelHas("lxd2"));
    expect(await at.resolver.remote("lxd1", options)).toEqual({ remote: "lxd1", project: "default" });
    expect(await at.resolver.remote(undefined, options)).toEqual({ remote: "lxd2", project: "default" });
    expect((await refusal(at.resolver.remote("lxd9", options))).code).toBe("remote-unknown");
    await using other = await place(["lxd1", "lxd2"], botHas("lxd1"));
    expect(await other.resolver.remote(undefined, options)).toEqual({ remote: "lxd1", project: "default" });
  });

  test("is the only one there is", async () => {
    await using at = await place(["lxd2"]);
    expect(await at.resolver.remote(undefined, { ...options, project: "p" })).toEqual({ remote: "lxd2", project: "p" });
  });

  test("is a question where there are several, and cannot be where there is none", async () => {
    await using at = await place(["lxd1", "lxd2"]);
    const error = await refusal(at.resolver.remote(undefined, options));
    expect(error).toMatchObject({ code: "remote-needed", message: "The remote is missing." });
    expect(offered(error)).toEqual(["stop lxd1:it", "stop lxd2:it"]);
    await using none = await place([]);
    expect((await refusal(none.resolver.remote(undefined, options))).code).toBe("remote-unknown");
  });
});
