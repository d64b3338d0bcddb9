import { isObject, objectOf, textOf, type Json } from "../json.ts";
import { isFilled, type StateValues } from "./element-state.ts";

/** What Slack's client finds before it sends a modal: block_id → sentence. */
export function inputProblems(blocks: readonly Json[], values: StateValues): Readonly<Record<string, string>> {
  const problems: Record<string, string> = {};
  for (const block of blocks) {
    const element = objectOf(block, "element");
    const blockId = textOf(block, "block_id") ?? "";
    if (block["type"] !== "input" || element === undefined) continue;
    const value = values[blockId]?.[textOf(element, "action_id") ?? ""];
    const problem = isFilled(value) ? lengthProblem(element, value) : missing(block);
    if (problem !== undefined) problems[blockId] = problem;
  }
  return problems;
}

function missing(block: Json): string | undefined {
  return block["optional"] === true ? undefined : "Please complete this required field.";
}

function lengthProblem(element: Json, value: unknown): string | undefined {
  const text = isObject(value) ? textOf(value, "value") : undefined;
  if (text === undefined) return undefined;
  const { min_length: min, max_length: max, min_value: low, max_value: high } = element;
  if (typeof min === "number" && text.length < min) return `Must be at least ${min} characters long`;
  if (typeof max === "number" && text.length > max) return `Must be no more than ${max} characters long`;
  if (element["type"] !== "number_input") return undefined;
  const number = Number(text);
  if (!Number.isFinite(number) || (element["is_decimal_allowed"] !== true && !Number.isInteger(number)))
    return "Must be a number";
  if (typeof low === "string" && number < Number(low)) return `Must be at least ${low}`;
  if (typeof high === "string" && number > Number(high)) return `Must be at most ${high}`;
  return undefined;
}
