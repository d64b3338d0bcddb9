import { boolean, byType, list, oneOf, shape, string, type Check } from "./schema.ts";

/* Composition objects and their limits: https://docs.slack.dev/reference/block-kit/composition-objects */
const optionsPerGroup = 100;
const groupsPerSelect = 100;
const urlCharacters = 3000;

export const url = string({ min: 1, max: urlCharacters });

/** `block_id` and `action_id`. */
export const id = string({ min: 1, max: 255 });

export function plainText(max: number): Check {
  return byType({ plain_text: shape({ required: { text: string({ min: 1, max }) }, optional: { emoji: boolean } }) });
}

export function anyText(max: number): Check {
  const text = string({ min: 1, max });
  return byType({
    plain_text: shape({ required: { text }, optional: { emoji: boolean } }),
    mrkdwn: shape({ required: { text }, optional: { verbatim: boolean } }),
  });
}

export const confirm = shape({
  required: { text: anyText(300) },
  optional: {
    title: plainText(100),
    confirm: plainText(30),
    deny: plainText(30),
    style: oneOf("primary", "danger"),
  },
});

/** An option of a select (plain text only) or of checkboxes and radio buttons (mrkdwn too). */
export function option(kind: "select" | "choice" | "overflow"): Check {
  return shape({
    required: { text: kind === "choice" ? anyText(75) : plainText(75) },
    optional: {
      value: string({ max: 75 }),
      description: kind === "choice" ? anyText(75) : plainText(75),
      ...(kind === "overflow" ? { url } : {}),
    },
  });
}

export const optionGroup = shape({
  required: { label: plainText(75), options: list(option("select"), { min: 1, max: optionsPerGroup }) },
});

export const optionGroups = list(optionGroup, { min: 1, max: groupsPerSelect });

export const slackFile = shape({
  optional: { id: string({ min: 1 }), url },
  also: (value, at, problems) => {
    if ((value["id"] === undefined) === (value["url"] === undefined))
      problems.push({ message: "must provide either `id` or `url`", at });
  },
});
