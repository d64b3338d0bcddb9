import { readFileSync } from "node:fs";
import { Ajv, type ValidateFunction } from "ajv";

/** A request as a server saw it; the shape of the simulated servers' request log fits. */
export interface SentRequest {
  readonly method: string;
  /** Without the query. */
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  /** Parsed JSON; null or undefined when there is none. */
  readonly body?: unknown;
}

interface Described {
  readonly query: Readonly<Record<string, string>>;
  readonly body?: string;
}

interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Described>>>>;
  readonly definitions: Readonly<Record<string, object>>;
}

// the fixture is ours; its shape is that of the script beside it
const description = JSON.parse(
  readFileSync(new URL("../fixtures/lxd-rest-api-5.0.2.json", import.meta.url), "utf8"),
) as Description;

/** Where the description says less than the server does, with the place in the source of LXD 5.0.2. */
const undescribed: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  // lxd/operations.go, operationsGet: `projectParam(r)`, recursion as everywhere
  "GET /1.0/operations": { project: "string", recursion: "integer" },
};

const formats: Readonly<Record<string, RegExp>> = {
  string: /./,
  integer: /^-?\d+$/,
  boolean: /^(?:true|false|1|0)$/,
};

const templates = Object.entries(description.paths).map(([template, methods]) => ({
  template,
  methods,
  pattern: new RegExp(`^${template.replace(/\{[^}]+\}/g, "[^/]+")}$`),
}));

const ajv = new Ajv({ strict: false, allErrors: true });
ajv.addSchema({ $id: "lxd", definitions: description.definitions });

/**
 * Compares requests with LXD's own description of its API (5.0.2): path, method, query parameters with their types, and
 * the body, closed to fields that are not described. Answers what is wrong, one line each; an empty list when all is well.
 */
export function checkRequests(requests: readonly SentRequest[]): readonly string[] {
  return requests.flatMap((request) =>
    problemsOf(request).map((problem) => `${request.method} ${request.path}: ${problem}`),
  );
}

/** Splits a request target into path and query. */
export function splitTarget(target: string): {
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
} {
  const [path = "", query = ""] = target.split("?");
  return { path, query: Object.fromEntries(new URLSearchParams(query)) };
}

function problemsOf(request: SentRequest): readonly string[] {
  const found = templates.find(({ pattern }) => pattern.test(request.path));
  if (!found) return ["no such path"];
  const described = found.methods[request.method];
  if (!described) return ["no such method"];
  const known = { ...described.query, ...undescribed[`${request.method} ${found.template}`] };
  return [...queryProblems(request.query, known), ...bodyProblems(request.body ?? undefined, described.body)];
}

function queryProblems(
  query: Readonly<Record<string, string>>,
  known: Readonly<Record<string, string>>,
): readonly string[] {
  return Object.entries(query).flatMap(([name, value]) => {
    const type = known[name];
    if (type === undefined) return [`unknown query parameter ${name}`];
    return formats[type]?.test(value) ? [] : [`query parameter ${name}=${value} is no ${type}`];
  });
}

function bodyProblems(body: unknown, definition: string | undefined): readonly string[] {
  if (definition === undefined) return body === undefined ? [] : ["a body where none belongs"];
  if (body === undefined) return ["the body is missing"];
  const validate: ValidateFunction | undefined = ajv.getSchema(`lxd#/definitions/${definition}`);
  if (!validate) return [`the description lacks ${definition}`];
  if (validate(body)) return [];
  return (validate.errors ?? []).map((error) => {
    const extra = error.keyword === "additionalProperties" ? ` ${String(error.params["additionalProperty"])}` : "";
    return `body${error.instancePath}: ${error.message ?? error.keyword}${extra}`;
  });
}
