import { isObject, parseJson, type Json } from "../json.ts";

/** `ok: false` with HTTP 200: Slack said no. `extra` goes into the answer beside `error`. */
export class ApiError extends Error {
  readonly code: string;
  readonly extra: Json;

  constructor(code: string, extra: Json = {}) {
    super(code);
    this.name = "ApiError";
    this.code = code;
    this.extra = extra;
  }
}

/** The arguments of one call: from a form everything is text, from JSON it has types. Slack takes both. */
export class Args {
  readonly #values: Json;

  constructor(values: Json) {
    this.#values = values;
  }

  get all(): Json {
    return this.#values;
  }

  has(name: string): boolean {
    const value = this.#values[name];
    return value !== undefined && value !== null && value !== "";
  }

  text(name: string): string | undefined {
    const value = this.#values[name];
    if (value === undefined || value === null) return undefined;
    return typeof value === "string" ? value : JSON.stringify(value);
  }

  flag(name: string): boolean {
    const value = this.#values[name];
    return value === true || value === 1 || value === "true" || value === "1";
  }

  integer(name: string): number | undefined {
    const text = this.text(name);
    if (text === undefined || text === "") return undefined;
    const value = Number(text);
    if (!Number.isInteger(value)) throw invalidArguments(`must be an integer`, `/${name}`);
    return value;
  }

  /** A list or object, given as such or as JSON in a text. Undefined when it is neither. */
  json(name: string): unknown {
    const value = this.#values[name];
    return typeof value === "string" ? parseJson(value) : value;
  }

  object(name: string): Json | undefined {
    const value = this.json(name);
    return isObject(value) ? value : undefined;
  }
}

export function invalidArguments(message: string, at: string): ApiError {
  return new ApiError("invalid_arguments", {
    response_metadata: { messages: [`[ERROR] ${message} [json-pointer:${at}]`] },
  });
}

export function missingArgument(name: string): ApiError {
  return new ApiError("invalid_arguments", {
    response_metadata: { messages: [`[ERROR] missing required field: ${name}`] },
  });
}

/** Who calls: the token's kind and the scopes that it has. */
export interface Caller {
  readonly type: "bot" | "app";
  readonly scopes: readonly string[];
}

/** A Web API method: what it answers beside `ok: true`. It throws `ApiError` when Slack would say no. */
export type Method = (args: Args, caller: Caller) => Json;

export function needScope(caller: Caller, scope: string): void {
  if (!caller.scopes.includes(scope)) throw missingScope(caller, scope);
}

export function missingScope(caller: Caller, needed: string): ApiError {
  return new ApiError("missing_scope", { needed, provided: caller.scopes.join(",") });
}
