import type { App } from "@slack/bolt";
import { messageOf, UserError } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Intake } from "../../pipeline/intake.ts";
import { say, type Reply } from "../../pipeline/reply.ts";
import { renderReply } from "../render/reply.ts";
import { readClick, readCommand, readMention, readSubmission } from "./payloads.ts";

export interface Listening {
  readonly intake: Intake;
  readonly log: Log;
  readonly botUserId: () => string;
  /** A response URL that has just come in: five posts, half an hour. */
  readonly onResponseUrl: (seen: { readonly userId: string; readonly channelId: string; readonly url: string }) => void;
  readonly onUserChange: (id: { readonly teamId: string; readonly userId: string }) => void;
  readonly onHomeOpened: (userId: string) => void;
}

/**
 * What Slack may send, and where it goes. Each listener hands over to the intake and answers with what that says:
 * nothing here asks Slack anything before the acknowledgement.
 */
export function listen(
  app: App,
  { intake, log, botUserId, onResponseUrl, onUserChange, onHomeOpened }: Listening,
): void {
  app.command("/lxd", async ({ body, ack }) => {
    const incoming = readCommand(body);
    onResponseUrl({ userId: incoming.userId, channelId: incoming.channelId, url: incoming.responseUrl });
    const reply = await intake.command(incoming).catch((error: unknown) => refusal(error, log));
    await (reply === null ? ack() : ack({ response_type: "ephemeral", ...renderReply(reply) }));
  });

  app.action(/./, async ({ body, ack }) => {
    const incoming = readClick(body);
    if (incoming === null) {
      log.warn("a button that nobody knows was clicked");
    } else {
      if (incoming.responseUrl !== undefined) {
        onResponseUrl({ userId: incoming.userId, channelId: incoming.channelId, url: incoming.responseUrl });
      }
      await intake.click(incoming);
    }
    await ack();
  });

  app.view({ type: "view_submission", callback_id: /./ }, async ({ body, ack }) => {
    const errors = await intake.submission(readSubmission(body));
    await (errors === null ? ack() : ack({ response_action: "errors", errors: { ...errors } }));
  });

  app.event("app_mention", async ({ body }) => {
    const incoming = readMention(body, botUserId());
    if (incoming !== null) await intake.mention(incoming);
  });

  app.event("message", async ({ body, event }) => {
    // in channels the bot hears its mentions only
    if (!("channel_type" in event) || event.channel_type !== "im") return;
    const incoming = readMention(body, botUserId());
    if (incoming !== null) await intake.mention(incoming);
  });

  app.event("user_change", async ({ body, event }) => {
    onUserChange({ teamId: event.user.team_id ?? body.team_id, userId: event.user.id });
  });

  app.event("app_home_opened", async ({ event }) => {
    if (event.tab === "home") onHomeOpened(event.user);
  });

  app.event(/^(tokens_revoked|app_uninstalled)$/, async ({ event }) => {
    log.error({ event: event.type }, "the workspace has taken the app's access away");
  });

  // the receivers do not acknowledge what throws
  app.error(async (error) => {
    log.error({ error: messageOf(error) }, "a listener failed");
    throw error;
  });
}

/** What the person reads when the command could not even be kept. */
function refusal(error: unknown, log: Log): Reply {
  if (error instanceof UserError) {
    const lines = [error.message, error.why, error.next].filter((line) => line !== undefined);
    return { summary: error.message, parts: lines.map((line) => ({ type: "text", text: line })) };
  }
  log.error({ error: messageOf(error) }, "a command was not taken");
  return say(
    "Something is broken on the bot's side, so nothing was done. Please type the command again; the log has more.",
  );
}
