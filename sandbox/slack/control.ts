/**
 * What the page and the tests say to the local Slack, beside the Web API: a person's side of Slack.
 * All of it is JSON over HTTP under `/control/`; `as` is always the id of the person who acts.
 */

export interface Person {
  readonly id: string;
  readonly name: string;
  readonly real_name: string;
  readonly title: string;
  /** Shown on the page: "admin", "operator", "guest". */
  readonly role: string;
  readonly is_bot: boolean;
  readonly is_restricted: boolean;
  readonly is_ultra_restricted: boolean;
  readonly is_stranger: boolean;
  readonly deleted: boolean;
}

export interface Channel {
  readonly id: string;
  readonly name: string;
  readonly kind: "public" | "private" | "im";
  readonly topic: string;
  readonly members: readonly string[];
}

/** A message as one person sees it. An ephemeral one has `ephemeral_for`, and is seen by that person alone. */
export interface Message {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly text: string;
  /** Block Kit as the bot sent it. */
  readonly blocks: readonly unknown[];
  readonly edited: boolean;
  readonly reply_count: number;
  readonly ephemeral_for?: string;
  readonly files: readonly {
    readonly id: string;
    readonly name: string;
    readonly url: string;
    readonly size: number;
  }[];
}

/** An open modal (or the app's Home) of one person. */
export interface View {
  readonly id: string;
  readonly hash: string;
  readonly type: "modal" | "home";
  readonly title: string;
  readonly submit?: string;
  readonly close?: string;
  readonly blocks: readonly unknown[];
  /** Errors of the last submission by block_id (`response_action: "errors"`). */
  readonly errors: Readonly<Record<string, string>>;
}

/** `GET /control/state?as=U…` */
export interface State {
  readonly team: { readonly id: string; readonly name: string };
  readonly bot: { readonly user_id: string; readonly name: string; readonly connected: boolean };
  readonly people: readonly Person[];
  readonly channels: readonly Channel[];
  readonly messages: readonly Message[];
  readonly views: readonly View[];
  readonly commands: readonly { readonly command: string; readonly description: string; readonly usage_hint: string }[];
  /** Lines shown on the page so that a newcomer knows what to try. */
  readonly suggestions: readonly string[];
}

/**
 * `GET /control/events?as=U…`: server-sent events, each `data:` one of these.
 * After a lost connection the page asks for the state again; nothing is replayed.
 */
export type ControlEvent =
  | { readonly type: "message"; readonly message: Message }
  | { readonly type: "message_deleted"; readonly channel: string; readonly ts: string }
  | { readonly type: "view"; readonly view: View }
  | { readonly type: "view_closed"; readonly id: string }
  | { readonly type: "bot"; readonly connected: boolean }
  | { readonly type: "people"; readonly people: readonly Person[] };

/** `POST /control/say`: what a person types. A text that begins with `/` is a slash command (not possible in a thread, as in Slack). */
export interface Say {
  readonly as: string;
  readonly channel: string;
  readonly text: string;
  readonly thread_ts?: string;
}

/** `POST /control/act`: a click or a selection in a message or a view. */
export interface Act {
  readonly as: string;
  readonly container:
    | { readonly type: "message"; readonly channel: string; readonly ts: string }
    | { readonly type: "view"; readonly view_id: string };
  readonly block_id: string;
  readonly action_id: string;
  /** For selects and inputs: what was chosen or typed. Buttons send their own value. */
  readonly value?: string;
  /** State of the inputs of the same container: block_id → action_id → Slack's element state. */
  readonly state?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/** `POST /control/submit` and `POST /control/close`: a modal is sent or dismissed. */
export interface Submit {
  readonly as: string;
  readonly view_id: string;
  readonly state: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
}

/**
 * The answer to `say`, `act`, `submit`, `close`: what Slack would show to that person.
 * `error` is Slack's own word (`dispatch_failed`, `operation_timeout`, `not_in_thread` …).
 */
export interface Delivered {
  readonly ok: boolean;
  /** Names the delivery for `/control/redeliver`. */
  readonly delivery: string;
  /** Milliseconds until the app acknowledged. */
  readonly ack_ms?: number;
  readonly error?: string;
  /** The sentence that Slack shows to the person when it failed. */
  readonly shown?: string;
}

/** `POST /control/home`: a person opens the app's Home tab (`app_home_opened`); answered by `Delivered`, the Home itself comes as a `view` event. */
export interface OpenHome {
  readonly as: string;
}

/** `POST /control/suggest`: what was typed into an external select so far (`block_suggestion`). */
export interface Suggest {
  readonly as: string;
  readonly container: Act["container"];
  readonly block_id: string;
  readonly action_id: string;
  readonly value: string;
}

/** The answer to `suggest`: options or groups as the app sent them; `shown` as in `Delivered` when the app did not answer. */
export interface Suggested {
  readonly ok: boolean;
  readonly options: readonly unknown[];
  readonly option_groups?: readonly unknown[];
  readonly shown?: string;
}

/*
 * What the page counts on beside the types:
 * - `GET /control/state` without `as` answers as the first person who is no bot (the page does not know any id yet);
 * - every block of a message or view has a `block_id`, every interactive element an `action_id` (Slack makes up missing ones);
 * - the page always sends the clicked element's own state in `Act.state[block_id][action_id]`
 *   (`selected_option`, `selected_options`, `selected_user`, `selected_date`, …); an element with several choices is read from there alone;
 * - `Say.text` is what was typed: turning `@name`, `#name`, `&`, `<` and `>` into Slack's escapes is the server's work;
 * - everything below `sandbox/slack/page/`, folders too, is served at `/` with a charset.
 */
