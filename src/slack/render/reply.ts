import type { KnownBlock } from "@slack/types";
import type { Part, Reply } from "../../pipeline/reply.ts";
import { createButtons, type Buttons } from "./buttons.ts";
import { clean, cleanLine, escapeMarkup } from "./clean.ts";
import { cut, fit, limits, textLength } from "./limits.ts";
import { section, smallPrint, spansOf } from "./spans.ts";
import { piecesOf, tableLines } from "./table.ts";

/** What Slack takes for a message. `text` is for notifications and screen readers, and is escaped already. */
export interface Rendered {
  readonly text: string;
  readonly blocks: KnownBlock[];
}

/** Any reply as a message within Slack's limits. Nothing in it becomes markup, a mention or a link unless it was said as one. */
export function renderReply(reply: Reply): Rendered {
  return { text: summaryText(reply.summary), blocks: fit(renderParts(reply.parts)) };
}

/** Escaping makes a text longer, so the limit is for what comes out. */
export function summaryText(summary: string): string {
  const line = cut(clean(summary), limits.summary);
  const escaped = escapeMarkup(line);
  // an entity cut in half would be shown as it is, so cut before escaping: no letter becomes more than five
  return escaped.length <= limits.summary ? escaped : escapeMarkup(cut(line, limits.summary / 5));
}

export interface PartsOptions {
  /** Letters that may be used in all. */
  readonly room?: number;
  /** The maker of buttons of the whole message, so that none has another's id. */
  readonly buttons?: Buttons;
}

/** Tables and code take what the other parts leave. */
export function renderParts(parts: readonly Part[], options: PartsOptions = {}): KnownBlock[] {
  const buttons = options.buttons ?? createButtons();
  const fixed = new Map<Part, KnownBlock[]>();
  let elastic = 0;
  for (const part of parts) {
    if (part.type === "table" || part.type === "code") elastic += 1;
    else fixed.set(part, renderFixed(part, buttons));
  }
  let room = (options.room ?? limits.blockText - reserve) - textLength([...fixed.values()]);
  return parts.flatMap((part) => {
    if (part.type !== "table" && part.type !== "code") return fixed.get(part) ?? [];
    const blocks = renderElastic(part, Math.max(minElastic, Math.floor(room / elastic)));
    elastic -= 1;
    room -= textLength(blocks);
    return blocks;
  });
}

/** Kept free for the notes that say what was left out. */
const reserve = 300;
/** Even when there is no room a table says that it is there. */
const minElastic = 200;

type Elastic = Extract<Part, { readonly type: "table" | "code" }>;

function renderElastic(part: Elastic, room: number): KnownBlock[] {
  if (part.type === "code") {
    const shown = cut(clean(part.text), Math.min(room, limits.preformatted));
    return shown === "" ? [] : [preformatted(shown)];
  }
  const { pieces, left } = piecesOf(tableLines(part.columns, part.rows), { pieceLength: limits.preformatted, room });
  const note = left === 0 ? null : smallPrint(`… and ${left} more`);
  return [...pieces.map((piece) => preformatted(piece)), ...(note === null ? [] : [note])];
}

function preformatted(text: string): KnownBlock {
  return { type: "rich_text", elements: [{ type: "rich_text_preformatted", elements: [{ type: "text", text }] }] };
}

function renderFixed(part: Exclude<Part, Elastic>, buttons: Buttons): KnownBlock[] {
  switch (part.type) {
    case "text":
      return richText(section(part.text));
    case "header": {
      const text = cut(cleanLine(part.text), limits.header);
      return text === "" ? [] : [{ type: "header", text: { type: "plain_text", text, emoji: false } }];
    }
    case "list":
      return renderList(part.items);
    case "fields": {
      const spans = part.fields.flatMap(([label, value], index) => [
        ...(index === 0 ? [] : ["\n"]),
        { bold: `${label}:` },
        " ",
        ...spansOf(value),
      ]);
      return richText(section(spans));
    }
    case "note": {
      const note = smallPrint(part.text);
      return note === null ? [] : [note];
    }
    case "divider":
      return [{ type: "divider" }];
    case "buttons":
      return buttons.block(part.buttons);
    default:
      return part satisfies never;
  }
}

function richText(element: ReturnType<typeof section>): KnownBlock[] {
  return element === null ? [] : [{ type: "rich_text", elements: [element] }];
}

function renderList(items: Extract<Part, { readonly type: "list" }>["items"]): KnownBlock[] {
  const elements = [];
  let room: number = limits.text;
  let left = items.length;
  for (const item of items.slice(0, limits.listItems)) {
    const element = section(item, room);
    if (element === null && room <= 0) break;
    left -= 1;
    if (element === null) continue;
    elements.push(element);
    room -= textLength(element);
  }
  const note = left === 0 ? null : smallPrint(`… and ${left} more`);
  const list: KnownBlock[] =
    elements.length === 0
      ? []
      : [{ type: "rich_text", elements: [{ type: "rich_text_list", style: "bullet", elements }] }];
  return note === null ? list : [...list, note];
}
