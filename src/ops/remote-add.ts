import { once } from "node:events";
import { createInterface } from "node:readline/promises";
import { listRemotes, saveRemote } from "../../db/remotes.ts";
import { openStore } from "../../db/database.ts";
import { systemClock } from "../clock.ts";
import type { LocalConfig } from "../config.ts";
import { UserError } from "../errors.ts";
import { createLog } from "../log.ts";
import { createAddressCheck } from "../remotes/allow-list.ts";
import { ensureClientCertificate } from "../remotes/client-certificate.ts";
import { planRemoteAdd, requireSameServer } from "../remotes/plan-add.ts";
import { trustByToken } from "../remotes/trust.ts";
import { Remotes } from "../remotes/registry.ts";
import { remoteName } from "../pipeline/references.ts";

const budgetMs = 60_000;

/**
 * `lxd-chatops remote add` on the bot's host: the same look, pin and trust as `/lxd remote add`, without Slack. A bot that
 * runs sees the new remote at its next request.
 */
export async function remoteAddFromHost(
  config: LocalConfig,
  wanted: { readonly name: string; readonly where: string; readonly token: string | undefined },
): Promise<void> {
  const checked = remoteName.safeParse(wanted.name);
  if (!checked.success) {
    throw new UserError("argument-invalid", {
      what: `${wanted.name} is no name for a remote.`,
      why: checked.error.issues[0]?.message ?? "",
    });
  }
  const signal = AbortSignal.timeout(budgetMs);
  const log = createLog(config.logLevel === "info" ? "warn" : config.logLevel);
  const certificate = await ensureClientCertificate({ dir: config.dataDir, clock: systemClock });
  await using store = await openStore(config.databaseFile);
  await using remotes = new Remotes({ store, log, certificate });
  const caller = { requestId: "host", signal };
  const found = await planRemoteAdd(wanted, {
    dial: (remote, endpoint) => remotes.dial(remote, endpoint, caller),
    clock: systemClock,
    checkAddress: createAddressCheck(config.remoteAllowList),
    signal,
  });
  const known = (await listRemotes(store.read)).find(({ name }) => name === wanted.name);
  requireSameServer(known, found);
  print(
    `${found.addresses.join(", ")}${found.server?.version ? `: ${found.server.name} ${found.server.version}` : ""}`,
  );
  if (found.fingerprint !== null) print(`certificate sha256 ${found.fingerprint}`);
  if (found.askFirst && !(await confirmed())) throw new UserError("question-decided", { what: "Nothing was added." });
  if (found.trustToken !== undefined && found.certificatePem !== null) {
    const endpoint = { type: "https", addresses: found.addresses, certificatePem: found.certificatePem } as const;
    await trustByToken(remotes.dial(wanted.name, endpoint, caller), found.trustToken);
  }
  await store.write((transaction) =>
    saveRemote(transaction, {
      name: wanted.name,
      kind: found.kind,
      addresses: JSON.stringify(found.addresses),
      certificate_pem: found.certificatePem,
      fingerprint: found.fingerprint,
      server: found.server?.name ?? null,
      version: found.server?.version ?? null,
      added_by: "host",
      added_at: systemClock.now(),
    }),
  );
  print(`${wanted.name} is added.`);
  if (found.needsTrust)
    print(`It does not trust the bot yet: /lxd remote trust ${wanted.name}, or add it again with a join token.`);
}

/** No answer (the input ends) is no. */
async function confirmed(): Promise<boolean> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  const closed = once(lines, "close").then(() => "");
  const answer = await Promise.race([
    lines.question("Is this the server's own certificate (lxc info shows it there)? Type yes: "),
    closed,
  ]);
  lines.close();
  return answer.trim().toLowerCase() === "yes";
}

function print(line: string): void {
  process.stdout.write(`${line}\n`);
}
