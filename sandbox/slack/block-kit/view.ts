import { isObject, objectsOf, textOf, type Json } from "../json.ts";
import { blockProblems, firstInput } from "./blocks.ts";
import { id, plainText } from "./objects.ts";
import { boolean, oneOf, shape, string, type Check, type Problem } from "./schema.ts";

/* Views: https://docs.slack.dev/reference/views */
const titleCharacters = 24;
const metadataCharacters = 3000;
const viewBytes = 250_000;

const blocksLater: Check = () => undefined;
const common = {
  callback_id: id,
  private_metadata: string({ max: metadataCharacters }),
  external_id: string({ max: 255 }),
};

const shapes = {
  modal: shape({
    required: { type: oneOf("modal"), title: plainText(titleCharacters), blocks: blocksLater },
    optional: {
      ...common,
      submit: plainText(titleCharacters),
      close: plainText(titleCharacters),
      clear_on_close: boolean,
      notify_on_close: boolean,
      submit_disabled: boolean,
    },
  }),
  home: shape({ required: { type: oneOf("home"), blocks: blocksLater }, optional: common }),
} as const;

/** What Slack would say of this view; empty when it would take it. */
export function viewProblems(view: unknown, allowed: readonly ("modal" | "home")[]): readonly Problem[] {
  const problems: Problem[] = [];
  if (!isObject(view)) return [{ message: "must provide an object", at: "/view" }];
  const type = textOf(view, "type");
  if (type === undefined) return [{ message: "missing required field: type", at: "/view" }];
  if (type !== "modal" && type !== "home") return [{ message: `unsupported type: ${type}`, at: "/view/type" }];
  if (!allowed.includes(type)) return [{ message: `unsupported type: ${type}`, at: "/view/type" }];
  shapes[type](view, "/view", problems);
  problems.push(...blockProblems(view["blocks"] ?? [], type, "/view/blocks"));
  const input = firstInput(objectsOf(view, "blocks"));
  if (type === "modal" && input >= 0 && view["submit"] === undefined)
    problems.push({
      message: "must define `submit` to use an `input` block in modals",
      at: `/view/blocks/${input}/input`,
    });
  return problems;
}

export function viewTooLarge(view: Json): boolean {
  return Buffer.byteLength(JSON.stringify(view)) > viewBytes;
}
