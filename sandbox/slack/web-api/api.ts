import type { IncomingMessage, ServerResponse } from "node:http";
import type { Clock } from "../clock.ts";
import { methodFacts, type MethodFacts } from "../facts/methods.ts";
import { readBody, sendJson } from "../http/body.ts";
import { objectOf, type Json } from "../json.ts";
import { readArguments } from "./arguments.ts";
import { ApiError, Args, missingArgument, missingScope, type Caller, type Method } from "./call.ts";
import type { Fault, Faults } from "./faults.ts";
import type { RateLimits } from "./rate-limits.ts";

/** One call of the Web API, for tests to look at. `answer` is undefined when none was given (a fault). */
export interface CallRecord {
  readonly method: string;
  readonly args: Json;
  readonly status: number;
  readonly answer: Json | undefined;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export interface ApiOptions {
  readonly methods: Readonly<Record<string, Method>>;
  readonly botToken: string;
  readonly appToken: string;
  readonly scopes: readonly string[];
  /** Undefined: no limits. */
  readonly rateLimits: RateLimits | undefined;
  readonly faults: Faults;
  readonly clock: Clock;
}

const maxRecords = 10_000;
/** No token is needed for these (Slack lets `api.test` through). */
const tokenless: ReadonlySet<string> = new Set(["api.test"]);
const appTokenOnly: ReadonlySet<string> = new Set(["apps.connections.open"]);
const anyToken: ReadonlySet<string> = new Set(["auth.test", "api.test"]);
/** A missing argument is `invalid_arguments`, but where a method has its own word for a value that is not there. */
const missingWord: Readonly<Record<string, string>> = {
  "chat.postMessage channel": "channel_not_found",
  "chat.postEphemeral channel": "channel_not_found",
  "chat.update channel": "channel_not_found",
  "chat.delete channel": "channel_not_found",
  "conversations.replies ts": "thread_not_found",
  "users.info user": "user_not_found",
  "users.lookupByEmail email": "users_not_found",
  "usergroups.users.list usergroup": "no_such_subteam",
};

/** `/api/…`: who may call what, how often; then the method; then the answer in Slack's form. */
export class Api {
  readonly #options: ApiOptions;
  readonly #records: CallRecord[] = [];

  constructor(options: ApiOptions) {
    this.#options = options;
  }

  records(): readonly CallRecord[] {
    return [...this.#records];
  }

  async handle(request: IncomingMessage, response: ServerResponse, url: URL): Promise<void> {
    const method = url.pathname.replace(/^\/api\//u, "").replace(/\/$/u, "");
    const body = await readBody(request);
    const fault = this.#options.faults.take(method);
    if (fault !== undefined && fault.type !== "apply-and-drop") {
      this.#fail(method, response, fault);
      return;
    }
    const result = await this.#call(method, request, { body, url });
    this.#record({ method, args: result.args, status: result.status, answer: result.answer });
    if (fault !== undefined) {
      response.destroy();
      return;
    }
    sendJson(response, result.answer, { status: result.status, headers: result.headers });
  }

  #record(record: Omit<CallRecord, "at">): void {
    this.#records.push({ ...record, at: this.#options.clock.now() });
    if (this.#records.length > maxRecords) this.#records.shift();
  }

  #fail(method: string, response: ServerResponse, fault: Exclude<Fault, { readonly type: "apply-and-drop" }>): void {
    const status = {
      ratelimited: 429,
      status: fault.type === "status" ? fault.status : 0,
      error: 200,
      hang: 0,
      drop: 0,
    }[fault.type];
    const answers = {
      ratelimited: { ok: false, error: "ratelimited" },
      error: { ok: false, error: fault.type === "error" ? fault.error : "" },
    };
    const answer = fault.type === "ratelimited" || fault.type === "error" ? answers[fault.type] : undefined;
    this.#record({ method, args: {}, status, answer });
    switch (fault.type) {
      case "ratelimited":
        sendJson(response, answer, { status, headers: { "Retry-After": String(fault.retryAfterSeconds) } });
        return;
      case "error":
        sendJson(response, answer);
        return;
      case "status":
        response.writeHead(fault.status, { "Content-Type": "text/plain; charset=utf-8" });
        response.end("Something went wrong on purpose.");
        return;
      case "drop":
        response.destroy();
        return;
      case "hang":
        // never answered; the connection ends with the caller's patience or with the server
        return;
    }
  }

  async #call(
    method: string,
    request: IncomingMessage,
    options: { readonly body: Buffer; readonly url: URL },
  ): Promise<Answered> {
    let args: Json = {};
    let headers: Readonly<Record<string, string>> = {};
    try {
      const read = await readArguments(request, options);
      args = read.values;
      const { [method]: run } = this.#options.methods;
      const facts = factsOf(method);
      if (run === undefined || facts === undefined) throw new ApiError("unknown_method", { req_method: method });
      const caller = this.#caller(method, tokenOf(request, args));
      headers = { "X-OAuth-Scopes": caller.scopes.join(","), "X-Accepted-OAuth-Scopes": facts.scopes.join(",") };
      this.#allow(facts, caller);
      const wait = this.#options.rateLimits?.take(method, {
        tier: facts.tier,
        channel: new Args(args).text("channel"),
      });
      if (wait !== undefined)
        return {
          args,
          status: 429,
          answer: { ok: false, error: "ratelimited" },
          headers: { ...headers, "Retry-After": String(wait) },
        };
      this.#demand(method, facts, new Args(args));
      const answer = { ok: true, ...run(new Args(args), caller) };
      return { args, status: 200, answer: warned(answer, read.warnings), headers };
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return { args, status: 200, answer: { ok: false, error: error.code, ...error.extra }, headers };
    }
  }

  #caller(method: string, token: string | undefined): Caller {
    const { botToken, appToken, scopes } = this.#options;
    if (tokenless.has(method) && token === undefined) return { type: "bot", scopes: [] };
    if (token === undefined || token === "") throw new ApiError("not_authed");
    const type = token === botToken ? "bot" : token === appToken ? "app" : undefined;
    if (type === undefined) throw new ApiError("invalid_auth");
    const wanted = appTokenOnly.has(method) ? "app" : "bot";
    if (type !== wanted && !anyToken.has(method)) throw new ApiError("not_allowed_token_type");
    return { type, scopes: type === "app" ? ["connections:write"] : scopes };
  }

  /** Where several scopes are named, one of them opens the door; the method asks for the right one itself. */
  #allow(facts: MethodFacts, caller: Caller): void {
    if (facts.scopes.length > 0 && !facts.scopes.some((scope) => caller.scopes.includes(scope)))
      throw missingScope(caller, facts.scopes.join(","));
  }

  #demand(method: string, facts: MethodFacts, args: Args): void {
    for (const name of facts.required) {
      if (args.has(name)) continue;
      const word = missingWord[`${method} ${name}`];
      throw word === undefined ? missingArgument(name) : new ApiError(word);
    }
  }
}

interface Answered {
  readonly args: Json;
  readonly status: number;
  readonly answer: Json;
  readonly headers: Readonly<Record<string, string>>;
}

function factsOf(method: string): MethodFacts | undefined {
  // an own key of the table is a method's name
  return Object.hasOwn(methodFacts, method) ? methodFacts[method as keyof typeof methodFacts] : undefined;
}

/** A bearer token, or the `token` argument (which JSON bodies may not carry, but then Slack does not look). */
function tokenOf(request: IncomingMessage, args: Json): string | undefined {
  const bearer = /^Bearer\s+(\S+)$/i.exec(request.headers.authorization ?? "")?.[1];
  if (bearer !== undefined) return bearer;
  const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
  return isJson ? undefined : new Args(args).text("token");
}

function warned(answer: Json, warnings: readonly string[]): Json {
  if (warnings.length === 0) return answer;
  const metadata = { ...objectOf(answer, "response_metadata"), warnings };
  return { ...answer, warning: warnings.join(","), response_metadata: metadata };
}
