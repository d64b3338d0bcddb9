import type { Act, Delivered, OpenHome, Say, Submit, Suggest, Suggested } from "./control.ts";
import type { Clock } from "./clock.ts";
import type { DeliveryRecord } from "./delivery/deliveries.ts";
import type { DisconnectReason } from "./delivery/sockets.ts";
import type { Answer } from "./delivery/transport.ts";
import type { Json } from "./json.ts";
import type { StoredMessage } from "./state/store.ts";
import type { StoredView } from "./state/views.ts";
import type { CallRecord } from "./web-api/api.ts";
import type { Fault } from "./web-api/faults.ts";
import type { ChannelSeed, GroupSeed, PersonSeed, WorkspaceSeed } from "./workspace.ts";

export type Mode = { readonly type: "socket" } | { readonly type: "http"; readonly requestUrl?: string };

export interface LocalSlackOptions {
  /** 0 (the default): any free port. */
  readonly port?: number;
  readonly host?: string;
  readonly mode?: Mode;
  readonly botToken?: string;
  readonly appToken?: string;
  readonly signingSecret?: string;
  /** An app manifest as an object, or the path of its file. Without one the app may do everything. */
  readonly manifest?: string | Json;
  /** The granted bot scopes; by default those of the manifest. */
  readonly scopes?: readonly string[];
  readonly workspace?: WorkspaceSeed;
  readonly rateLimits?: "slack" | "off";
  readonly ackDeadlineMs?: number;
  /** Waits before an event that was not acknowledged is sent again; Slack's are 0, 1 and 5 minutes. */
  readonly retryDelaysMs?: readonly number[];
  /** For ages (triggers, `response_url`s, rate limits); the 3 seconds of an acknowledgement are real time. */
  readonly clock?: Clock;
  /** Lines that the page shows to a newcomer. */
  readonly suggestions?: readonly string[];
  readonly pageFolder?: string;
}

/** A running local Slack. */
export interface LocalSlack extends AsyncDisposable {
  /** The page, with a slash at the end. */
  readonly url: string;
  /** What the bot gets as `SLACK_API_URL`, with a slash at the end. */
  readonly apiUrl: string;
  readonly botToken: string;
  readonly appToken: string;
  readonly signingSecret: string;
  readonly workspace: WorkspaceSeed;

  /** What people do. */
  readonly say: (said: Say) => Promise<Delivered>;
  readonly act: (acted: Act) => Promise<Delivered>;
  readonly suggest: (typed: Suggest) => Promise<Suggested>;
  readonly submit: (sent: Submit) => Promise<Delivered>;
  readonly closeView: (closed: Submit) => Promise<Delivered>;
  readonly openHome: (opened: OpenHome) => Promise<Delivered>;

  /** What there is to see. Messages with their replies, oldest first, without the ephemeral ones. */
  readonly messages: (channel: string) => readonly StoredMessage[];
  readonly ephemerals: (user?: string) => readonly StoredMessage[];
  /** Modals of a person, the topmost last. */
  readonly views: (user: string) => readonly StoredView[];
  readonly home: (user: string) => StoredView | undefined;
  readonly calls: (method?: string) => readonly CallRecord[];
  readonly deliveries: () => readonly DeliveryRecord[];
  readonly connections: () => number;
  /**
   * Waits until `probe` gives something: asked at once and after every change.
   *
   * @throws Error after `timeoutMs` (10 s by default).
   */
  readonly until: <T>(probe: () => T | undefined | false, timeoutMs?: number) => Promise<T>;

  /** What befalls the app. */
  readonly redeliver: (delivery: string) => Promise<Answer | undefined>;
  readonly fail: (method: string, fault: Fault) => void;
  readonly disconnectSockets: (reason: DisconnectReason) => void;
  /** HTTP mode from now on; Slack asks the URL for its challenge first. @throws Error when it does not answer. */
  readonly setRequestUrl: (url: string) => Promise<void>;
  /** False when there is no such person. Sends `user_change`. */
  readonly setUser: (id: string, changes: Partial<PersonSeed>) => boolean;
  readonly addPerson: (person: PersonSeed) => void;
  readonly addChannel: (channel: ChannelSeed) => void;
  readonly addGroup: (group: GroupSeed) => void;
  /** A person (or the bot) comes into a channel. Sends `member_joined_channel`. */
  readonly join: (channel: string, user: string) => void;
  readonly close: () => Promise<void>;
}
