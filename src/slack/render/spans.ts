import type { ContextBlock, RichTextElement, RichTextSection } from "@slack/types";
import { plain, type Span, type Text } from "../../pipeline/reply.ts";
import { clean, cleanLine } from "./clean.ts";
import { cut, limits } from "./limits.ts";

const userPattern = /^[UW][A-Z0-9]{2,30}$/;
const channelPattern = /^[CGD][A-Z0-9]{2,30}$/;
/** Each reader sees it in their own time zone, with "today" and "yesterday". */
const dateFormat = "{date_short_pretty} {time}";

export function spansOf(text: Text): readonly Span[] {
  // the type guard of an array does not know `readonly`
  return Array.isArray(text) ? (text as readonly Span[]) : [text as Span];
}

/** A text as elements that Slack shows letter by letter; only a `user`, `channel` or `time` span becomes one of those. */
export function richElements(text: Text, max: number = limits.text): RichTextElement[] {
  const elements: RichTextElement[] = [];
  let room = max;
  for (const span of spansOf(text)) {
    if (room <= 0) break;
    const element = richElement(span, room);
    if (element === null) continue;
    elements.push(element);
    room -= plain(span).length;
  }
  return elements;
}

export function section(text: Text, max: number = limits.text): RichTextSection | null {
  const elements = richElements(text, max);
  return elements.length === 0 ? null : { type: "rich_text_section", elements };
}

function richElement(span: Span, room: number): RichTextElement | null {
  if (typeof span === "string") return words(span, room);
  if ("code" in span) return words(span.code, room, { code: true });
  if ("bold" in span) return words(span.bold, room, { bold: true });
  if ("italic" in span) return words(span.italic, room, { italic: true });
  if ("user" in span) {
    return userPattern.test(span.user) ? { type: "user", user_id: span.user } : words(span.user, room);
  }
  if ("channel" in span) {
    return channelPattern.test(span.channel)
      ? { type: "channel", channel_id: span.channel }
      : words(span.channel, room);
  }
  if ("link" in span) {
    const url = webAddress(span.link);
    if (url === null || url.length > room) return words(`${span.text} (${span.link})`, room);
    const label = cut(clean(span.text), room);
    return label === "" ? { type: "link", url } : { type: "link", url, text: label };
  }
  return { type: "date", timestamp: Math.floor(span.time / 1000), format: dateFormat, fallback: plain(span) };
}

function words(
  text: string,
  room: number,
  style?: { bold?: true; italic?: true; code?: true },
): RichTextElement | null {
  const shown = cut(clean(text), room);
  if (shown === "") return null;
  return style === undefined ? { type: "text", text: shown } : { type: "text", text: shown, style };
}

function webAddress(link: string): string | null {
  if (!URL.canParse(link)) return null;
  const url = new URL(link);
  return url.protocol === "https:" || url.protocol === "http:" ? url.href : null;
}

/**
 * Small print. Slack has no rich text there: only ids, times and words without any sign are markup, all else is plain
 * text, in an element of its own.
 */
export function smallPrint(text: Text): ContextBlock | null {
  const elements: ContextBlock["elements"] = [];
  for (const { markup, words: run } of runsOf(text)) {
    const shown = cut(cleanLine(run).trim(), limits.contextText);
    if (shown === "") continue;
    elements.push(markup ? { type: "mrkdwn", text: shown } : { type: "plain_text", text: shown, emoji: false });
  }
  if (elements.length === 0) return null;
  if (elements.length <= limits.contextElements) return { type: "context", elements };
  const all = cut(cleanLine(plain(text)), limits.contextText);
  return { type: "context", elements: [{ type: "plain_text", text: all, emoji: false }] };
}

/** Neighbours that may stand in one element. */
function runsOf(text: Text): readonly { readonly markup: boolean; readonly words: string }[] {
  const runs: { markup: boolean; words: string }[] = [];
  const pieces = spansOf(text).map((span) => ({ span, markup: contextMarkup(span) }));
  const mixed = pieces.some(({ span, markup }) => markup !== null && typeof span !== "string");
  for (const { span, markup } of pieces) {
    const isMarkup = mixed && markup !== null;
    const words = isMarkup
      ? markup
      : typeof span === "object" && "link" in span
        ? `${span.text} (${span.link})`
        : plain(span);
    const last = runs.at(-1);
    // an element that is cut would tear a mention
    if (last?.markup === isMarkup && last.words.length + words.length <= limits.contextText) last.words += words;
    else runs.push({ markup: isMarkup, words });
  }
  return runs;
}

/** Letters, digits and a few signs that mean nothing to Slack, neither alone nor together. */
const harmless = /^[\p{L}\p{N} ,·()-]{0,200}$/u;

function contextMarkup(span: Span): string | null {
  if (typeof span === "string") return harmless.test(span) ? span : null;
  if ("user" in span && userPattern.test(span.user)) return `<@${span.user}>`;
  if ("channel" in span && channelPattern.test(span.channel)) return `<#${span.channel}>`;
  if ("time" in span) return `<!date^${Math.floor(span.time / 1000)}^${dateFormat}|${plain(span)}>`;
  return null;
}
