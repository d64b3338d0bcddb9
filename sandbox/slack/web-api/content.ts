import { blockProblems, charactersOf } from "../block-kit/blocks.ts";
import { withIds } from "../block-kit/ids.ts";
import { lengthOf, problemLines } from "../block-kit/schema.ts";
import { isObject, type Json } from "../json.ts";
import { ApiError, type Args } from "./call.ts";

/* https://docs.slack.dev/reference/methods/chat.postMessage and chat.update */
const postedTextCharacters = 40_000;
const editedTextCharacters = 4_000;
const markdownTextCharacters = 12_000;
const maxAttachments = 100;
/** Undocumented: 11,341 characters in all blocks together were refused, so nothing from there on is taken. */
const blocksCharacters = 11_340;
const metadataBytes = 16_000;

/** What a message shows. `undefined` means: not given (an update keeps what was there). */
export interface Content {
  readonly text: string | undefined;
  readonly blocks: readonly Json[] | undefined;
  readonly attachments: readonly unknown[] | undefined;
}

export interface ContentRules {
  /** A posted text that is too long is cut, as Slack does; an edited or ephemeral one is refused. */
  readonly tooLong: "cut" | "refuse";
}

/** @throws ApiError `no_text`, `invalid_blocks`, `invalid_blocks_format`, `msg_too_long`, `msg_blocks_too_long` … */
export function readContent(args: Args, rules: ContentRules): Content {
  const markdown = args.text("markdown_text");
  if (markdown !== undefined && (args.has("text") || args.has("blocks"))) throw new ApiError("markdown_text_conflict");
  if (markdown !== undefined && lengthOf(markdown) > markdownTextCharacters) throw new ApiError("msg_too_long");
  const blocks = readBlocks(args);
  const attachments = readAttachments(args);
  const given = args.text("text") ?? markdown;
  if ((given === undefined || given === "") && (blocks?.length ?? 0) === 0 && (attachments?.length ?? 0) === 0)
    throw new ApiError("no_text");
  return { text: given === undefined ? undefined : limited(given, rules), blocks, attachments };
}

function limited(text: string, rules: ContentRules): string {
  if (rules.tooLong === "refuse" && lengthOf(text) > editedTextCharacters) throw new ApiError("msg_too_long");
  return lengthOf(text) > postedTextCharacters ? Array.from(text).slice(0, postedTextCharacters).join("") : text;
}

export function readBlocks(args: Args): readonly Json[] | undefined {
  if (!args.has("blocks")) return undefined;
  const blocks = args.json("blocks");
  if (!Array.isArray(blocks)) throw new ApiError("invalid_blocks_format");
  const problems = blockProblems(blocks, "message");
  if (problems.length > 0) {
    const messages = problemLines(problems);
    // Slack says it in both places
    throw new ApiError("invalid_blocks", {
      errors: messages.map((line) => line.replace("[ERROR] ", "")),
      response_metadata: { messages },
    });
  }
  if (charactersOf(blocks) > blocksCharacters) throw new ApiError("msg_blocks_too_long");
  return withIds(blocks.filter(isObject));
}

function readAttachments(args: Args): readonly unknown[] | undefined {
  if (!args.has("attachments")) return undefined;
  const attachments = args.json("attachments");
  if (!Array.isArray(attachments)) throw new ApiError("invalid_attachments");
  if (attachments.length > maxAttachments) throw new ApiError("too_many_attachments");
  return attachments;
}

/** `undefined`: not given. An empty object removes it. */
export function readMetadata(args: Args): Json | undefined {
  if (!args.has("metadata")) return undefined;
  const metadata = args.object("metadata");
  if (metadata === undefined) throw new ApiError("invalid_metadata_format");
  if (Object.keys(metadata).length === 0) return metadata;
  const { event_type: type, event_payload: payload } = metadata;
  if (typeof type !== "string" || type === "" || !isObject(payload)) throw new ApiError("invalid_metadata_schema");
  if (Buffer.byteLength(JSON.stringify(metadata)) > metadataBytes) throw new ApiError("metadata_too_large");
  return { event_type: type, event_payload: payload };
}
