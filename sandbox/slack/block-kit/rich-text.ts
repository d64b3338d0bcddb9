import { boolean, byType, integer, list, oneOf, shape, string, type Check, type Shape } from "./schema.ts";
import { url } from "./objects.ts";

/* https://docs.slack.dev/reference/block-kit/blocks/rich-text-block */
const style = shape({
  optional: {
    bold: boolean,
    italic: boolean,
    strike: boolean,
    code: boolean,
    underline: boolean,
    highlight: boolean,
    client_highlight: boolean,
    unlink: boolean,
  },
});

const name = string({ min: 1 });

function inline(fields: Shape): Check {
  return shape({ ...fields, optional: { style, ...fields.optional } });
}

const text = inline({ required: { text: string({ min: 1 }) } });
const link = inline({ required: { url }, optional: { text: string(), unsafe: boolean } });

const inlines = list(
  byType({
    text,
    link,
    broadcast: inline({ required: { range: oneOf("here", "channel", "everyone") } }),
    color: inline({ required: { value: name } }),
    channel: inline({ required: { channel_id: name } }),
    date: inline({ required: { timestamp: integer(), format: name }, optional: { url, fallback: string() } }),
    emoji: inline({ required: { name }, optional: { unicode: string(), url, skin_tone: integer({ min: 1, max: 6 }) } }),
    team: inline({ required: { team_id: name } }),
    user: inline({ required: { user_id: name } }),
    usergroup: inline({ required: { usergroup_id: name } }),
  }),
);

const border = oneOf(0, 1);
const section = shape({ required: { elements: inlines } });

/** The `elements` of a `rich_text` block. */
export const richTextElements = list(
  byType({
    rich_text_section: section,
    rich_text_list: shape({
      required: { style: oneOf("bullet", "ordered"), elements: list(byType({ rich_text_section: section })) },
      optional: { indent: integer({ min: 0, max: 8 }), offset: integer({ min: 0 }), border },
    }),
    rich_text_quote: shape({ required: { elements: inlines }, optional: { border } }),
    rich_text_preformatted: shape({
      required: { elements: list(byType({ text, link })) },
      optional: { border, language: string() },
    }),
  }),
);
