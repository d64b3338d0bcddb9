import { findJob } from "../../db/jobs.ts";
import { UserError } from "../errors.ts";
import { subjectOf, type Desk } from "./desk.ts";
import type { Identity } from "./identify.ts";
import type { IncomingClick } from "./intake.ts";
import { say, type Reply } from "./reply.ts";

/** The button that ends a job: for who asked, and for those who may cancel other people's. @throws UserError `not-yours`, `message-foreign` */
export async function cancelByClick(
  desk: Desk,
  { click, identity }: { readonly click: IncomingClick; readonly identity: Identity },
): Promise<Reply> {
  const job = await findJob(desk.store.read, click.value);
  if (!job) throw foreignButton();
  const mine = job.team_id === identity.actor.teamId && job.user_id === identity.actor.userId;
  const decision = desk.policy.decide({ subject: subjectOf(identity, click.channelId), demand: "job.cancel" });
  if (!mine && !decision.allow) {
    throw new UserError("not-yours", {
      what: `Only the person who asked may cancel ${job.id}; nothing was changed.`,
      why: decision.because,
      next: "Ask them, or an admin of the bot.",
    });
  }
  const asked = await desk.cancelJob(job.id);
  return say(
    asked
      ? `Cancelling ${job.id}: it ends at its next safe point.`
      : `${job.id} has ended, or is being cancelled already.`,
  );
}

/** A button whose meaning is in no database of ours. */
export function foreignButton(): UserError {
  return new UserError("message-foreign", {
    what: "The bot knows nothing of this button, so nothing was done.",
    why: "It may be older than the bot's database (restored from a backup?).",
    next: "Type the command.",
  });
}
