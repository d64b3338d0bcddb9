import type { InboxRow } from "../../db/inbox.ts";
import { findOffer } from "../../db/offers.ts";
import { record, recordCalls } from "../audit/trail.ts";
import { UserError } from "../errors.ts";
import { certificateName } from "../remotes/trust.ts";
import { LxdRefused } from "../lxd/errors.ts";
import { endWithAnswer } from "./answer.ts";
import { requireAllowed, targetOf } from "./authorize.ts";
import { subjectOf, type Desk } from "./desk.ts";
import type { Identity } from "./identify.ts";
import type { IncomingClick, IncomingSubmission, SlackPort } from "./intake.ts";
import { say } from "./reply.ts";

export const trustPasswordView = "remote.trust-password";
const trustPasswordField = "password";

/** Secrets on their way from a modal to a server: in memory only, each handed out once. A restart forgets them. */
export class SecretKeeper {
  readonly #byArrival = new Map<string, Readonly<Record<string, string>>>();

  keep(arrivalId: string, secrets: Readonly<Record<string, string>>): void {
    this.#byArrival.set(arrivalId, secrets);
  }

  take(arrivalId: string): Readonly<Record<string, string>> | undefined {
    const secrets = this.#byArrival.get(arrivalId);
    this.#byArrival.delete(arrivalId);
    return secrets;
  }
}

/** Opens the modal for a remote's trust password, for those who may add remotes. */
export async function askForPassword(
  desk: Desk,
  {
    port,
    click,
    identity,
    signal,
  }: {
    readonly port: SlackPort;
    readonly click: IncomingClick;
    readonly identity: Identity;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const remote = await remoteOf(desk, click.value);
  requireMayWrite(desk, { identity, channelId: click.channelId, remote });
  await port.openSecretModal(
    click.triggerId,
    {
      view: trustPasswordView,
      value: click.value,
      title: "Trust password",
      explanation: `The password goes to ${remote} once, over the pinned connection. It is neither stored nor logged.`,
      label: `core.trust_password of ${remote}`,
      submit: "Trust",
    },
    signal,
  );
}

/** Uses the password that was typed into the modal, once. */
export async function trustByPassword(
  desk: Desk,
  {
    row,
    incoming,
    identity,
    secrets,
    signal,
  }: {
    readonly row: InboxRow;
    readonly incoming: Omit<IncomingSubmission, "secrets">;
    readonly identity: Identity;
    readonly secrets: SecretKeeper;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const password = secrets.take(row.id)?.[trustPasswordField];
  const remote = await remoteOf(desk, incoming.value);
  requireMayWrite(desk, { identity, channelId: incoming.channelId, remote });
  if (password === undefined) {
    throw new UserError("remote-password", {
      what: `The bot was restarted before it could give the password to ${remote}, and has not kept it.`,
      next: "Type it again.",
    });
  }
  const lxd = desk.remotes.lxd(remote, {
    requestId: row.request_id,
    signal,
    record: recordCalls(desk.store.read, desk.clock, desk.log),
  });
  if ((await lxd.server.get()).auth !== "trusted") {
    try {
      await lxd.certificates.add({ password, name: certificateName });
    } catch (error) {
      if (!(error instanceof LxdRefused) || error.status !== 403) throw error;
      throw new UserError("remote-password", {
        what: `${remote} did not accept the password.`,
        why: error.errorText,
        next: `Check \`lxc config get core.trust_password\` on ${remote}, or use a join token: \`/lxd remote add ${remote} TOKEN\`.`,
        cause: error,
      });
    }
  }
  await desk.store.write(async (transaction) => {
    const answered = await endWithAnswer(transaction, {
      arrivalId: row.id,
      requestId: row.request_id,
      destination: { type: "ephemeral", channel: incoming.channelId, user: incoming.userId },
      reply: say("✅ ", { code: remote }, " trusts the bot now."),
      at: desk.clock.now(),
    });
    if (!answered) return;
    const { teamId, userId } = identity.actor;
    await record(transaction, desk.clock, {
      requestId: row.request_id,
      kind: "step",
      teamId,
      userId,
      target: remote,
      outcome: "trusted",
      body: { by: "password" },
    });
  });
}

async function remoteOf(desk: Desk, offerId: string): Promise<string> {
  const offer = await findOffer(desk.store.read, offerId);
  if (!offer) {
    throw new UserError("message-foreign", {
      what: "The bot knows nothing of this button, so nothing was done.",
      next: "Type `/lxd remote add` again.",
    });
  }
  if (!desk.remotes.has(offer.text)) throw desk.remotes.unknown(offer.text);
  return offer.text;
}

function requireMayWrite(
  desk: Desk,
  { identity, channelId, remote }: { readonly identity: Identity; readonly channelId: string; readonly remote: string },
): void {
  const decision = desk.policy.decide({
    subject: subjectOf(identity, channelId),
    demand: "remote.write",
    target: targetOf({ kind: "remote", remote, project: "default", name: remote }),
  });
  requireAllowed(decision, `You may not change ${remote}.`);
}
