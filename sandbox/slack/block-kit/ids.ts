import { newShortId } from "../ids.ts";
import { isObject, textOf, type Json } from "../json.ts";

const places = ["accessory", "element"] as const;

/** Slack makes up the `block_id`s and `action_id`s that are missing; people's clicks come back with them. */
export function withIds(blocks: readonly Json[]): readonly Json[] {
  return blocks.map((block) => {
    const made: Record<string, unknown> = { ...block, block_id: textOf(block, "block_id") ?? newShortId() };
    for (const place of places) if (isObject(made[place])) made[place] = elementWithId(made[place]);
    const elements: unknown = block["elements"];
    if ((block["type"] === "actions" || block["type"] === "context_actions") && Array.isArray(elements))
      made["elements"] = elements.map((element: unknown) => (isObject(element) ? elementWithId(element) : element));
    return made;
  });
}

function elementWithId(element: Json): Json {
  if (element["type"] === "image") return element;
  return { ...element, action_id: textOf(element, "action_id") ?? newShortId() };
}
