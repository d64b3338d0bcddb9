import { isObject, textOf, type Json } from "../json.ts";

/** One complaint, worded like Slack's, and where: a JSON pointer such as `/blocks/0/text/text`. */
export interface Problem {
  readonly message: string;
  readonly at: string;
}

/** Looks at a value and adds what is wrong with it to `problems`. */
export type Check = (value: unknown, at: string, problems: Problem[]) => void;

/** Slack's form in `response_metadata.messages`. */
export function problemLines(problems: readonly Problem[]): readonly string[] {
  return problems.map((problem) => `[ERROR] ${problem.message} [json-pointer:${problem.at}]`);
}

/** Length as Slack counts it: characters, not UTF-16 units. */
export function lengthOf(text: string): number {
  let length = 0;
  for (const _ of text) length += 1;
  return length;
}

export function string(
  limits: { readonly min?: number; readonly max?: number; readonly pattern?: RegExp } = {},
): Check {
  return (value, at, problems) => {
    if (typeof value !== "string") {
      problems.push({ message: "must be a string", at });
      return;
    }
    const length = lengthOf(value);
    if (limits.min !== undefined && length < limits.min)
      problems.push({ message: `must be more than ${limits.min - 1} characters`, at });
    if (limits.max !== undefined && length > limits.max)
      problems.push({ message: `must be less than ${limits.max + 1} characters`, at });
    if (limits.pattern?.test(value) === false) problems.push({ message: "must match the expected format", at });
  };
}

export const boolean: Check = (value, at, problems) => {
  if (typeof value !== "boolean") problems.push({ message: "must be a boolean", at });
};

export function integer(limits: { readonly min?: number; readonly max?: number } = {}): Check {
  return (value, at, problems) => {
    if (!Number.isInteger(value)) problems.push({ message: "must be an integer", at });
    else if (Number(value) < (limits.min ?? -Infinity))
      problems.push({ message: `must be at least ${limits.min}`, at });
    else if (Number(value) > (limits.max ?? Infinity)) problems.push({ message: `must be at most ${limits.max}`, at });
  };
}

export function oneOf(...allowed: readonly unknown[]): Check {
  return (value, at, problems) => {
    if (!allowed.includes(value)) problems.push({ message: `must be a valid enum value`, at });
  };
}

export function list(item: Check, limits: { readonly min?: number; readonly max?: number } = {}): Check {
  return (value, at, problems) => {
    if (!Array.isArray(value)) {
      problems.push({ message: "must provide an array", at });
      return;
    }
    if (limits.min !== undefined && value.length < limits.min)
      problems.push({ message: `must provide at least ${limits.min} items`, at });
    if (limits.max !== undefined && value.length > limits.max)
      problems.push({ message: `no more than ${limits.max} items allowed`, at });
    value.forEach((one: unknown, index) => item(one, `${at}/${index}`, problems));
  };
}

export interface Shape {
  readonly required?: Readonly<Record<string, Check>>;
  readonly optional?: Readonly<Record<string, Check>>;
  /** What one field alone cannot tell. */
  readonly also?: (value: Json, at: string, problems: Problem[]) => void;
}

/** An object with exactly these keys; `type` is allowed always and judged by whoever chose the shape. */
export function shape(fields: Shape): Check {
  return (value, at, problems) => {
    if (!isObject(value)) {
      problems.push({ message: "must provide an object", at });
      return;
    }
    for (const [key, check] of Object.entries(fields.required ?? {})) {
      if (value[key] === undefined) problems.push({ message: `missing required field: ${key}`, at });
      else check(value[key], `${at}/${key}`, problems);
    }
    for (const [key, check] of Object.entries(fields.optional ?? {})) {
      if (value[key] !== undefined) check(value[key], `${at}/${key}`, problems);
    }
    for (const key of Object.keys(value)) {
      if (key !== "type" && fields.required?.[key] === undefined && fields.optional?.[key] === undefined)
        problems.push({ message: `invalid additional property: ${key}`, at });
    }
    fields.also?.(value, at, problems);
  };
}

/** Chooses the check by the object's `type`; any other type is unsupported here. */
export function byType(checks: Readonly<Record<string, Check>>): Check {
  return (value, at, problems) => {
    if (!isObject(value)) {
      problems.push({ message: "must provide an object", at });
      return;
    }
    const type = textOf(value, "type");
    if (type === undefined) {
      problems.push({ message: "missing required field: type", at });
      return;
    }
    const check = Object.hasOwn(checks, type) ? checks[type] : undefined;
    if (check === undefined) problems.push({ message: `unsupported type: ${type}`, at: `${at}/type` });
    else check(value, at, problems);
  };
}
