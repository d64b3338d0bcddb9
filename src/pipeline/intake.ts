import type { Reply } from "./reply.ts";
import type { ButtonAction } from "./reply.ts";

/** The border with Slack: what arrives, already freed of Slack's shapes. `id` is Slack's own identifier of the payload. */
export interface Incoming {
  /** The same for every delivery of the same payload (`trigger_id`, `event_id`). */
  readonly id: string;
  readonly teamId: string;
  readonly enterpriseId?: string;
  readonly userId: string;
  readonly userName: string;
  readonly channelId: string;
}

export interface IncomingCommand extends Incoming {
  readonly kind: "command";
  /** After `/lxd`, as Slack sent it. */
  readonly text: string;
  readonly responseUrl: string;
}

export interface IncomingClick extends Incoming {
  readonly kind: "click";
  readonly action: ButtonAction;
  readonly value: string;
  readonly responseUrl?: string;
  /** Opens a modal within three seconds. */
  readonly triggerId: string;
  /** The message that holds the button. */
  readonly message?: { readonly channel: string; readonly ts: string; readonly ephemeral: boolean };
}

/** A modal that was sent. `secrets` never reach the disk: they are handed on in memory. */
export interface IncomingSubmission extends Incoming {
  readonly kind: "submission";
  readonly view: string;
  /** The opaque id that the modal was opened with. */
  readonly value: string;
  readonly secrets: Readonly<Record<string, string>>;
}

/** `@lxd status` in a channel or a thread; there is no response URL. */
export interface IncomingMention extends Incoming {
  readonly kind: "mention";
  readonly text: string;
  readonly ts: string;
  readonly threadTs?: string;
}

/**
 * What is done before the acknowledgement: normalise, parse, one insert. Each resolves when what arrived is on disk.
 * It throws nothing that a person could mend: parse errors are the reply.
 */
export interface Intake {
  /** The text of the acknowledgement: a parse error, help, or that it was understood; seen by the asker alone. Null for a second delivery that needs none. */
  readonly command: (incoming: IncomingCommand) => Promise<Reply | null>;
  readonly click: (incoming: IncomingClick) => Promise<void>;
  /** Errors by input, shown in the modal; null when it was taken. */
  readonly submission: (incoming: IncomingSubmission) => Promise<Readonly<Record<string, string>> | null>;
  readonly mention: (incoming: IncomingMention) => Promise<void>;
}

/** A modal that asks for one secret (a trust password). */
export interface SecretModal {
  readonly view: string;
  readonly value: string;
  readonly title: string;
  readonly explanation: string;
  readonly label: string;
  readonly submit: string;
}

/** What the pipeline asks of Slack beside the outbox: things that cannot wait or be repeated. */
export interface SlackPort {
  readonly openSecretModal: (triggerId: string, modal: SecretModal, signal: AbortSignal) => Promise<void>;
}
