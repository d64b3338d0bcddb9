/**
 * Two families of errors: a `UserError` is shown as written; everything else is a bug or an outage, of which a person
 * sees a reference and the log has the rest. Every code stands here and in `docs/errors.md`; a test compares the two.
 */
export const errorCodes = {
  // what was typed
  "command-empty": "Nothing was typed after `/lxd`.",
  "command-unknown": "There is no such command.",
  "command-too-long": "The command is longer than the bot reads.",
  "quote-unterminated": "A quotation mark was opened and not closed.",
  "option-unknown": "The command has no such option.",
  "option-value": "An option lacks its value, or has one that it does not take.",
  "argument-missing": "A required argument was not given.",
  "argument-extra": "There is an argument too many.",
  "argument-invalid": "A value does not have the form that it must have.",
  // who asks
  "identity-refused": "Guests, people from other workspaces, deactivated people and bots may not use the bot.",
  "identity-unknown": "Slack did not say who the person is, so nothing was done.",
  "not-allowed": "No grant allows this.",
  "not-yours": "Only the person who asked may click here.",
  // names
  "remote-unknown": "No remote has this name.",
  "remote-needed": "The name has no remote, and none follows from the channel or from the inventory.",
  "remote-taken": "A remote with this name exists.",
  "remote-address": "The address is malformed, or outside the allow-list.",
  "remote-token": "The join token cannot be used.",
  "remote-password": "The trust password was refused or lost.",
  "remote-in-use": "The remote is still used.",
  "instance-missing": "There is no such instance.",
  "instance-taken": "An instance with this name exists.",
  "image-missing": "There is no such image.",
  "image-server-unknown": "There is no image server of this name.",
  "project-missing": "The remote has no such project.",
  "profile-missing": "The remote has no such profile.",
  "pool-missing": "The remote has no such storage pool.",
  "network-missing": "The remote has no such network.",
  "operation-missing": "There is no such operation.",
  "operation-fixed": "The operation cannot be cancelled.",
  "job-missing": "There is no such job.",
  "job-ended": "The job has ended.",
  "reference-missing": "Nothing is known of this reference.",
  // servers
  "lxd-refused": "LXD said no.",
  "lxd-unreachable": "The server could not be reached.",
  "lxd-certificate": "The server shows another certificate than the pinned one.",
  "lxd-nonsense": "The server answered something that the bot does not understand.",
  "lxd-lacks": "The server is too old, or too new, for this.",
  "lxd-untrusted": "The server does not trust the bot's certificate.",
  // asking and running
  "state-unfit": "The instance is not in a state in which this can be done.",
  "question-expired": "The question has expired.",
  "question-decided": "The question was answered before.",
  "plan-changed": "What was asked about has changed since.",
  "message-foreign": "The message belongs to a question that the bot no longer knows.",
  "outcome-unknown": "It cannot be known whether it happened.",
  // the bot itself
  "access-role": "There is no such role.",
  "access-grant": "There is no such grant.",
  "store-full": "The bot cannot write to its disk, so nothing was done.",
  "store-newer": "The database was written by a newer program.",
  "config-invalid": "The configuration is missing something or contradicts itself.",
  "slack-unreachable": "Slack does not answer.",
  "certificate-broken": "The bot's own key or certificate cannot be used.",
  internal: "A bug, or an outage: the reference leads to the story.",
} as const satisfies Record<string, string>;

export type ErrorCode = keyof typeof errorCodes;

export interface UserErrorParts {
  /** What happened, as a sentence. */
  readonly what: string;
  /** Why: LXD's own words where there are some. */
  readonly why?: string;
  /** What to do next. */
  readonly next?: string;
  /** Commands that would do, offered as buttons. */
  readonly offers?: readonly Offer[];
  readonly cause?: unknown;
}

/** A command that is offered as a button; a click runs it as if the person who clicks had typed it. */
export interface Offer {
  readonly label: string;
  /** What would be typed after `/lxd`. */
  readonly text: string;
}

/** The user's mistake, or a plain fact that stands in the way: shown as written, logged at info. */
export class UserError extends Error {
  readonly code: ErrorCode;
  readonly why: string | undefined;
  readonly next: string | undefined;
  readonly offers: readonly Offer[];

  constructor(code: ErrorCode, parts: UserErrorParts) {
    super(parts.what, parts.cause === undefined ? undefined : { cause: parts.cause });
    this.name = "UserError";
    this.code = code;
    this.why = parts.why;
    this.next = parts.next;
    this.offers = parts.offers ?? [];
  }
}

/** The message of anything that was thrown. */
export function messageOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}
