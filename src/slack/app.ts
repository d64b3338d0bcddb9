import { App } from "@slack/bolt";
import type { Store } from "../../db/database.ts";
import type { Clock } from "../clock.ts";
import { messageOf, UserError } from "../errors.ts";
import type { Log } from "../log.ts";
import type { Directory } from "../people/directory.ts";
import type { Intake, SlackPort } from "../pipeline/intake.ts";
import { createDirectory } from "./directory.ts";
import { publishHome } from "./home.ts";
import { OutboxSender } from "./outbox-sender.ts";
import { HttpReceiver } from "./receive/http-receiver.ts";
import { listen } from "./receive/listeners.ts";
import { SocketReceiver } from "./receive/socket-receiver.ts";
import { createPort } from "./secret-modal.ts";
import { ResponseUrls } from "./send/response-url.ts";
import { bridgeLog } from "./web/bridge-log.ts";
import { createWebClient } from "./web/client.ts";
import { failureOf, isFatal } from "./web/failures.ts";

const defaultFlushMs = 5_000;

export type SlackMode =
  | { readonly type: "socket"; readonly appToken: string }
  | { readonly type: "http"; readonly signingSecret: string; readonly port: number };

export interface SlackOptions {
  readonly mode: SlackMode;
  readonly botToken: string;
  /** Another Slack than slack.com, with its `/api/`. */
  readonly apiUrl?: string | undefined;
  readonly intake: Intake;
  readonly store: Store;
  readonly log: Log;
  readonly clock: Clock;
  /** Where stories go that may not be told in the channel of their command. */
  readonly opsChannel?: string | undefined;
  /** The tokens are no longer accepted: the program should end, and somebody mend them. */
  readonly onFatal: (error: Error) => void;
  readonly limits?: {
    /** How long `stop` goes on sending. */
    readonly flushMs?: number;
    /** How old a message becomes before it is given up. */
    readonly giveUpAfterMs?: number;
  };
}

/** Who we are, as `auth.test` says. */
export interface SlackIdentity {
  readonly teamId: string;
  readonly teamName: string;
  readonly enterpriseId?: string | undefined;
  readonly botUserId: string;
  readonly botId: string;
}

export interface Slack {
  /**
   * Resolves when commands are taken.
   * @throws UserError `config-invalid` when Slack does not accept a token; else what the network says
   */
  readonly start: () => Promise<void>;
  /** Takes nothing more; what was taken is acknowledged. About three seconds at most. */
  readonly stopReceiving: () => Promise<void>;
  /** Takes nothing more and sends what waits, within `limits.flushMs`. */
  readonly stop: () => Promise<void>;
  readonly directory: Directory;
  readonly port: SlackPort;
  /** Throws before `start`. */
  readonly identity: () => SlackIdentity;
  readonly onUserChange: (listener: (id: { readonly teamId: string; readonly userId: string }) => void) => void;
  /** `connections` counts sockets; in HTTP mode it is 1 while the port (`httpPort`) is open. */
  readonly state: () => { readonly connections: number; readonly httpPort?: number | undefined };
  /** `kick` after every commit that has put something into the outbox. */
  readonly outbox: { readonly kick: () => void };
}

/** The bot's side of Slack: receives by Socket Mode or HTTP, and sends the outbox. */
export function createSlack(options: SlackOptions): Slack {
  const { mode, botToken, apiUrl, intake, store, log, clock, opsChannel } = options;
  const logger = bridgeLog(log);
  const web = createWebClient(botToken, { apiUrl, logger });
  const urls = new ResponseUrls();
  const listeners: ((id: { readonly teamId: string; readonly userId: string }) => void)[] = [];
  let me: SlackIdentity | undefined;

  function identity(): SlackIdentity {
    if (me === undefined) throw new Error("Slack has not been asked yet who we are");
    return me;
  }

  const receiver =
    mode.type === "socket"
      ? new SocketReceiver({ appToken: mode.appToken, apiUrl, logger, log, clock, onFatal: options.onFatal })
      : new HttpReceiver({ signingSecret: mode.signingSecret, port: mode.port, logger, clock });
  const app = new App({
    receiver,
    logger,
    convoStore: false,
    // Bolt would ask `auth.test` for every payload otherwise; it writes into what it gets, so each has its own
    authorize: () => Promise.resolve({ botId: identity().botId, botUserId: identity().botUserId }),
  });
  const directory = createDirectory({ web, clock, home: identity });
  const sender = new OutboxSender({
    store,
    web,
    clock,
    log,
    urls,
    opsChannel,
    giveUpAfterMs: options.limits?.giveUpAfterMs,
  });

  listen(app, {
    intake,
    log,
    botUserId: () => identity().botUserId,
    onResponseUrl: (seen) => urls.keep(seen, clock.now()),
    onUserChange: (id) => {
      directory.forget(id);
      for (const listener of listeners) listener(id);
    },
    onHomeOpened: (userId) => {
      publishHome(web, userId).catch((error: unknown) => log.warn({ error: messageOf(error) }, "Home was not shown"));
    },
  });

  return {
    async start() {
      try {
        const answer = await web.auth.test();
        me = {
          teamId: answer.team_id ?? "",
          teamName: answer.team ?? "",
          ...(answer.enterprise_id ? { enterpriseId: answer.enterprise_id } : {}),
          botUserId: answer.user_id ?? "",
          botId: answer.bot_id ?? "",
        };
        await receiver.start();
      } catch (error) {
        throw asConfigError(error);
      }
      sender.kick();
    },
    stopReceiving: () => receiver.stop(),
    async stop() {
      await receiver.stop();
      await sender.stop(clock.now() + (options.limits?.flushMs ?? defaultFlushMs));
    },
    directory,
    port: createPort(web),
    identity,
    onUserChange: (listener) => void listeners.push(listener),
    state: () =>
      receiver instanceof SocketReceiver
        ? { connections: receiver.connections }
        : { connections: receiver.port === undefined ? 0 : 1, httpPort: receiver.port },
    outbox: { kick: () => sender.kick() },
  };
}

function asConfigError(error: unknown): unknown {
  if (error instanceof Error && "code" in error && (error.code === "EADDRINUSE" || error.code === "EACCES")) {
    return new UserError("config-invalid", {
      what: "The port of PORT cannot be opened.",
      why: messageOf(error),
      next: "Choose another PORT, or end what has it.",
      cause: error,
    });
  }
  const failure = failureOf(error);
  if (failure.kind !== "refused") {
    return new UserError("slack-unreachable", {
      what: "Slack cannot be reached, so the bot does not start.",
      why: messageOf(error),
      next: "Check the network of this host, and SLACK_API_URL where it is set; then start again.",
      cause: error,
    });
  }
  if (!isFatal(failure.error)) return error;
  return new UserError("config-invalid", {
    what: "Slack does not accept a token.",
    why: `Slack says: ${failure.error}`,
    next: "Check SLACK_BOT_TOKEN (xoxb-…) and SLACK_APP_TOKEN (xapp-…), and that the app is installed in the workspace.",
    cause: error,
  });
}
