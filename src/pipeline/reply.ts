/**
 * What a command says, without knowing Slack: plain data, stored as it is in the outbox, rendered by `src/slack/render`.
 * Text in it is never markup: whatever a container, a server or a person wrote is shown letter by letter.
 */

export type Span =
  | string
  | { readonly code: string }
  | { readonly bold: string }
  | { readonly italic: string }
  | { readonly user: string }
  | { readonly channel: string }
  | { readonly link: string; readonly text: string }
  /** Milliseconds since 1970; each reader sees it in their own time zone. */
  | { readonly time: number };

export type Text = Span | readonly Span[];

export interface Button {
  readonly label: string;
  /** What the click means; `<noun>.<verb>`. */
  readonly action: ButtonAction;
  /** An opaque id of a row in the database; what it stands for is read there, never from the button. */
  readonly value: string;
  readonly style?: "primary" | "danger";
}

export const buttonActions = ["question.confirm", "question.decline", "job.cancel", "offer.run", "secret.ask"] as const;
export type ButtonAction = (typeof buttonActions)[number];

export type Part =
  | { readonly type: "text"; readonly text: Text }
  | { readonly type: "header"; readonly text: string }
  | { readonly type: "list"; readonly items: readonly Text[] }
  | { readonly type: "fields"; readonly fields: readonly (readonly [label: string, value: Text])[] }
  /** Columns as wide as their widest cell; shown in a fixed-width font. */
  | { readonly type: "table"; readonly columns: readonly string[]; readonly rows: readonly (readonly string[])[] }
  | { readonly type: "code"; readonly text: string }
  /** Small print. */
  | { readonly type: "note"; readonly text: Text }
  | { readonly type: "divider" }
  | { readonly type: "buttons"; readonly buttons: readonly Button[] };

export interface Reply {
  /** One line for notifications, screen readers and logs. */
  readonly summary: string;
  readonly parts: readonly Part[];
}

/** A reply of one paragraph. */
export function say(...spans: readonly Span[]): Reply {
  return { summary: plain(spans), parts: [{ type: "text", text: spans }] };
}

/** A sentence with `code` between backticks. */
export function prose(sentence: string): readonly Span[] {
  return sentence.split("`").map((piece, index) => (index % 2 === 0 ? piece : { code: piece }));
}

/** The letters of a text, without its looks. */
export function plain(text: Text): string {
  if (Array.isArray(text)) return (text as readonly Span[]).map((span) => plainSpan(span)).join("");
  return plainSpan(text as Span);
}

function plainSpan(span: Span): string {
  if (typeof span === "string") return span;
  if ("code" in span) return span.code;
  if ("bold" in span) return span.bold;
  if ("italic" in span) return span.italic;
  if ("user" in span) return `<@${span.user}>`;
  if ("channel" in span) return `<#${span.channel}>`;
  if ("link" in span) return span.text;
  return new Date(span.time).toISOString().replace("T", " ").slice(0, 16) + " UTC";
}
