import { listRemotes, type RemoteRow } from "../../db/remotes.ts";
import { openStore, type Store } from "../../db/database.ts";
import { tryToWrite } from "../../db/settings.ts";
import { systemClock } from "../clock.ts";
import { readConfig, type Config, type Secrets } from "../config.ts";
import { messageOf, UserError } from "../errors.ts";
import { connect } from "../lxd/connection.ts";
import { explainLxdError } from "../lxd/explain.ts";
import { createLog } from "../log.ts";
import { ensureClientCertificate, type ClientCertificate } from "../remotes/client-certificate.ts";
import { endpointOf } from "../remotes/registry.ts";
import { examineSlack, type Finding } from "../slack/doctor.ts";

/** A remote that has not answered by then counts as not reachable. */
const remoteBudgetMs = 5_000;
const neededNode = 24;

/** API extensions that parts of the bot use, and what is missing without them (canonical/lxd, doc/api-extensions.md). */
const usefulExtensions = {
  operations_get_query_all_projects: "operations are asked for project by project",
  instance_create_start: "an instance is created and started in two requests",
  instances_rebuild: "instances cannot be rebuilt",
} as const satisfies Record<string, string>;

/** Looks at everything that the bot needs, a line and a cure each. 0 when all is well, 1 when not, 78 when it is the configuration. */
export async function doctor(options: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly json: boolean;
  readonly version: string;
}): Promise<number> {
  const findings: Finding[] = [examineNode()];
  let configFailed = false;
  try {
    const { config, secrets } = readConfig(options.environment);
    findings.push({
      name: "configuration",
      ok: true,
      says: config.mode.type === "socket" ? "Socket Mode." : `HTTP mode on port ${config.mode.port}.`,
    });
    findings.push(...(await examineParts(config, secrets)));
  } catch (error) {
    configFailed = true;
    findings.push(findingOf("configuration", error));
  }
  const ok = findings.every((finding) => finding.ok);
  if (options.json) process.stdout.write(`${JSON.stringify({ version: options.version, ok, findings }, null, 2)}\n`);
  else process.stdout.write(findings.map(lineOf).join(""));
  if (configFailed) return 78;
  return ok ? 0 : 1;
}

function lineOf({ name, ok, says, cure }: Finding): string {
  return `${ok ? "ok  " : "FAIL"}  ${name}: ${says}\n${cure === undefined ? "" : `      → ${cure}\n`}`;
}

function examineNode(): Finding {
  const version = process.versions.node;
  const ok = Number(version.split(".")[0]) >= neededNode;
  return { name: "Node", ok, says: version, ...(ok ? {} : { cure: `Use Node ${neededNode} or newer.` }) };
}

async function examineParts(config: Config, secrets: Secrets): Promise<readonly Finding[]> {
  const log = createLog("silent");
  const findings: Finding[] = [];
  let store: Store | undefined;
  try {
    store = await openStore(config.databaseFile);
    await store.write((transaction) => tryToWrite(transaction));
    findings.push({
      name: "database",
      ok: true,
      says: `${config.databaseFile} can be written, schema ${store.schema.at(-1) ?? ""}.`,
    });
  } catch (error) {
    findings.push(findingOf("database", error));
  }
  findings.push(
    ...(await examineSlack({
      botToken: secrets.slackBotToken,
      appToken: secrets.slackAppToken,
      apiUrl: config.slackApiUrl,
      log,
    })),
  );
  let certificate: ClientCertificate | undefined;
  try {
    certificate = await ensureClientCertificate({ dir: config.dataDir, clock: systemClock });
    findings.push({ name: "client certificate", ok: true, says: `sha256 ${certificate.fingerprint}` });
  } catch (error) {
    findings.push(findingOf("client certificate", error));
  }
  if (store && certificate) {
    const rows = await listRemotes(store.read);
    const own = certificate;
    findings.push(...(await Promise.all(rows.map((row) => examineRemote(row, own)))));
    if (rows.length === 0) {
      findings.push({
        name: "remotes",
        ok: true,
        says: "there is none yet.",
        cure: "On the server: lxc config trust add --name lxd-chatops. Then: lxd-chatops remote add NAME TOKEN",
      });
    }
  }
  await store?.[Symbol.asyncDispose]();
  return findings;
}

async function examineRemote(row: RemoteRow, certificate: ClientCertificate): Promise<Finding> {
  const name = `remote ${row.name}`;
  const endpoint = endpointOf(row);
  await using connection = connect({
    remote: row.name,
    endpoint: endpoint.type === "unix" ? endpoint : { ...endpoint, client: certificate },
    log: createLog("silent"),
  });
  try {
    const server = await connection
      .as({ requestId: "doctor", signal: AbortSignal.timeout(remoteBudgetMs) })
      .server.get();
    if (server.auth !== "trusted") {
      return {
        name,
        ok: false,
        says: "reachable, with the pinned certificate, and it does not trust the bot.",
        cure: `Make a join token on it (lxc config trust add --name lxd-chatops), then: lxd-chatops remote add ${row.name} TOKEN`,
      };
    }
    const lacking = Object.entries(usefulExtensions).filter(([extension]) => !server.apiExtensions.has(extension));
    const lacks =
      lacking.length === 0
        ? ""
        : ` It lacks ${lacking.map(([extension, without]) => `${extension} (${without})`).join(", ")}.`;
    const pinned = row.fingerprint === null ? "over its socket" : "with the pinned certificate";
    return { name, ok: true, says: `${server.name} ${server.version}, reachable ${pinned}, trusted.${lacks}` };
  } catch (error) {
    return findingOf(name, error);
  }
}

function findingOf(name: string, error: unknown): Finding {
  const known = error instanceof UserError ? error : explainLxdError(error);
  if (!known) return { name, ok: false, says: messageOf(error) };
  const why = known.why === undefined ? "" : known.why.includes("\n") ? `\n${known.why}` : ` ${known.why}`;
  return { name, ok: false, says: `${known.message}${why}`, ...(known.next === undefined ? {} : { cure: known.next }) };
}
