import { isObject, listOf, textOf, type Json } from "../json.ts";
import {
  accessories,
  actionElements,
  contextActionElements,
  imageElement,
  inputElements,
  needsImage,
} from "./elements.ts";
import { anyText, id, plainText, slackFile, url } from "./objects.ts";
import { richTextElements } from "./rich-text.ts";
import { boolean, byType, list, oneOf, shape, string, type Check, type Problem, type Shape } from "./schema.ts";

/* Blocks and their limits: https://docs.slack.dev/reference/block-kit/blocks */
const sectionCharacters = 3000;
const headerCharacters = 150;
const fieldCharacters = 2000;
const sectionFields = 10;
const contextElements = 10;
const actionsElements = 25;
const labelCharacters = 2000;
const tableRows = 100;
const tableColumns = 20;
const markdownCharacters = 12_000;

export type Surface = "message" | "modal" | "home";

function block(fields: Shape): Check {
  return shape({ ...fields, optional: { block_id: id, ...fields.optional } });
}

const texts = {
  plain_text: anyText(sectionCharacters),
  mrkdwn: anyText(sectionCharacters),
};

const richText = block({ required: { elements: richTextElements } });

const everywhere: Readonly<Record<string, Check>> = {
  section: block({
    optional: {
      text: anyText(sectionCharacters),
      fields: list(anyText(fieldCharacters), { min: 1, max: sectionFields }),
      accessory: byType(accessories),
      expand: boolean,
    },
    also: (value, at, problems) => {
      if (value["text"] === undefined && value["fields"] === undefined)
        problems.push({ message: "missing required field: text", at });
    },
  }),
  actions: block({ required: { elements: list(byType(actionElements), { min: 1, max: actionsElements }) } }),
  context: block({
    required: { elements: list(byType({ ...imageElement, ...texts }), { min: 1, max: contextElements }) },
  }),
  divider: block({}),
  header: block({ required: { text: plainText(headerCharacters) } }),
  image: block({
    required: { alt_text: string({ min: 1, max: 2000 }) },
    optional: { image_url: url, slack_file: slackFile, title: plainText(2000) },
    also: needsImage,
  }),
  input: block({
    required: { label: plainText(labelCharacters), element: byType(inputElements) },
    optional: { hint: plainText(labelCharacters), optional: boolean, dispatch_action: boolean },
  }),
  rich_text: richText,
  video: block({
    required: { alt_text: string({ min: 1 }), title: plainText(199), thumbnail_url: url, video_url: url },
    optional: {
      title_url: url,
      author_name: string({ max: 50 }),
      provider_name: string(),
      provider_icon_url: url,
      description: plainText(200),
    },
  }),
};

const inMessages: Readonly<Record<string, Check>> = {
  markdown: block({ required: { text: string({ min: 1, max: markdownCharacters }) } }),
  table: block({
    required: {
      rows: list(
        list(
          byType({
            raw_text: shape({ required: { text: string({ min: 1 }) } }),
            raw_number: shape({ required: { value: number, text: string({ min: 1 }) } }),
            rich_text: richText,
          }),
          { min: 1, max: tableColumns },
        ),
        { min: 1, max: tableRows },
      ),
    },
    optional: {
      column_settings: list(shape({ optional: { align: oneOf("left", "center", "right"), is_wrapped: boolean } }), {
        max: tableColumns,
      }),
    },
  }),
  context_actions: block({ required: { elements: list(byType(contextActionElements), { min: 1, max: 5 }) } }),
  alert: block({
    required: { text: anyText(sectionCharacters) },
    optional: { level: oneOf("default", "info", "warning", "error", "success") },
  }),
};

function number(value: unknown, at: string, problems: Problem[]): void {
  if (typeof value !== "number") problems.push({ message: "must be a number", at });
}

const surfaces = {
  message: { blocks: byType({ ...everywhere, ...inMessages }), max: 50 },
  modal: { blocks: byType(everywhere), max: 100 },
  home: { blocks: byType(everywhere), max: 100 },
} as const satisfies Record<Surface, { blocks: Check; max: number }>;

/** What Slack would say of these blocks on this surface; empty when it would take them. `at` is `/blocks` or `/view/blocks`. */
export function blockProblems(blocks: unknown, surface: Surface, at = "/blocks"): readonly Problem[] {
  const problems: Problem[] = [];
  const { blocks: check, max } = surfaces[surface];
  list(check, { max })(blocks, at, problems);
  if (Array.isArray(blocks)) togetherProblems(blocks.filter(isObject), at, problems);
  return problems;
}

/** What no block alone can tell: ids that stand twice, more than one table, more than one focus. */
function togetherProblems(blocks: readonly Json[], at: string, problems: Problem[]): void {
  const seen = new Set<string>();
  let focused = 0;
  blocks.forEach((one, index) => {
    const blockId = textOf(one, "block_id");
    if (blockId !== undefined && seen.has(blockId))
      problems.push({ message: `\`block_id\` "${blockId}" already exists`, at: `${at}/${index}/block_id` });
    if (blockId !== undefined) seen.add(blockId);
    const actions = new Set<string>();
    for (const { element, path } of elementsOf(one)) {
      const actionId = textOf(element, "action_id");
      if (actionId !== undefined && actions.has(actionId))
        problems.push({ message: `\`action_id\` "${actionId}" already exists`, at: `${at}/${index}${path}/action_id` });
      if (actionId !== undefined) actions.add(actionId);
      if (element["focus_on_load"] === true) focused += 1;
    }
  });
  if (blocks.filter((one) => one["type"] === "table").length > 1)
    problems.push({ message: "only one table allowed", at });
  if (focused > 1) problems.push({ message: "only one element may have `focus_on_load`", at });
}

export interface Placed {
  readonly element: Json;
  /** Where it stands inside its block: `/accessory`, `/element`, `/elements/2`. */
  readonly path: string;
}

/** The elements of a block that people can act on. */
export function elementsOf(block: Json): readonly Placed[] {
  const placed: Placed[] = [];
  for (const key of ["accessory", "element"]) {
    const element = block[key];
    if (isObject(element) && element["type"] !== "image") placed.push({ element, path: `/${key}` });
  }
  if (block["type"] === "actions" || block["type"] === "context_actions") {
    listOf(block, "elements").forEach((element, index) => {
      if (isObject(element)) placed.push({ element, path: `/elements/${index}` });
    });
  }
  return placed;
}

/** The characters of all texts inside, which Slack adds up (`msg_blocks_too_long`). */
export function charactersOf(value: unknown): number {
  if (Array.isArray(value)) return value.reduce((sum: number, one: unknown) => sum + charactersOf(one), 0);
  if (!isObject(value)) return 0;
  let sum = 0;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === "string") sum += key === "text" || key === "alt_text" ? inner.length : 0;
    else sum += charactersOf(inner);
  }
  return sum;
}

/** The index of the first input block, -1 when there is none. */
export function firstInput(blocks: readonly Json[]): number {
  return blocks.findIndex((one) => one["type"] === "input");
}
