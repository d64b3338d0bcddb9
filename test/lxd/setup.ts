import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect, type Lxd, type LxdConnection } from "../../src/lxd/connection.ts";
import type { Limits } from "../../src/lxd/limits.ts";
import type { CallRecord } from "../../src/lxd/transport/exchange.ts";
import type { Endpoint } from "../../src/lxd/transport/routes.ts";
import { createLog, type Log } from "../../src/log.ts";
import { scriptedServer, type ScriptedServer, type ScriptOptions } from "./scripted-server.ts";

export const silent = createLog("silent");

/** No test waits longer. */
export const patience = (): AbortSignal => AbortSignal.timeout(15_000);

export async function temporaryDirectory(): Promise<{ readonly path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), "lxd-client-"));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true, force: true }) };
}

/** A connection for a test; what it sends is recorded. */
export function client(
  endpoint: Endpoint,
  options: { readonly limits?: Partial<Limits>; readonly log?: Log; readonly signal?: AbortSignal } = {},
): { readonly connection: LxdConnection; readonly lxd: Lxd; readonly calls: readonly CallRecord[] } & AsyncDisposable {
  const calls: CallRecord[] = [];
  const connection = connect({
    remote: "lxd1",
    endpoint,
    log: options.log ?? silent,
    random: () => 0,
    limits: { reconnectFirstMs: 20, reconnectMaxMs: 50, ...options.limits },
  });
  const lxd = connection.as({
    requestId: "r-test",
    signal: options.signal ?? patience(),
    record: (call) => calls.push(call),
  });
  return { connection, lxd, calls, [Symbol.asyncDispose]: () => connection[Symbol.asyncDispose]() };
}

/** A scripted server on a Unix socket, and a connection to it. */
export async function pair(
  script: ScriptOptions = {},
  options: Parameters<typeof client>[1] = {},
): Promise<{ readonly server: ScriptedServer } & ReturnType<typeof client>> {
  const directory = await temporaryDirectory();
  const server = await scriptedServer({ socketPath: join(directory.path, "unix.socket"), ...script });
  const connected = client(server.endpoint, options);
  return {
    server,
    ...connected,
    [Symbol.asyncDispose]: async () => {
      await connected[Symbol.asyncDispose]();
      await using _directory = directory;
      await server[Symbol.asyncDispose]();
    },
  };
}

/** Polls until `condition` holds. */
export async function until(condition: () => boolean, deadlineMs = 10_000): Promise<void> {
  const endMs = Date.now() + deadlineMs;
  while (!condition()) {
    if (Date.now() > endMs) throw new Error("it did not come about in time");
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

/** What a promise is rejected with. */
export async function rejection(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (thrown) {
    return thrown;
  }
  throw new Error("it was expected to be rejected");
}
