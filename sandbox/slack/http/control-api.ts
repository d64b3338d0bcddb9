import type { IncomingMessage, ServerResponse } from "node:http";
import { isObject, objectOf, parseJson, textOf, type Json } from "../json.ts";
import type { Act, Submit, Suggest } from "../control.ts";
import type { LocalSlack } from "../local-slack.ts";
import type { Store, StoredPerson } from "../state/store.ts";
import type { Fault } from "../web-api/faults.ts";
import { readBody, sendJson, sendText } from "./body.ts";
import type { Feed } from "./feed.ts";
import { stateFor, type Scene } from "./page-state.ts";

export interface ControlApiOptions {
  readonly scene: Scene;
  readonly feed: Feed;
  readonly slack: () => LocalSlack;
}

type Deed = (slack: LocalSlack, body: Json) => unknown;

const faultTypes: ReadonlySet<string> = new Set(["ratelimited", "status", "error", "hang", "drop", "apply-and-drop"]);
const disconnectReasons = ["warning", "refresh_requested", "link_disabled", "too_many_websockets", "cut"] as const;

/** `POST /control/…`, each with a JSON body. What is missing in it reads as empty and is refused by Slack's own words. */
const deeds: Readonly<Record<string, Deed>> = {
  say: (slack, body) => {
    const thread = textOf(body, "thread_ts");
    return slack.say({
      as: text(body, "as"),
      channel: text(body, "channel"),
      text: text(body, "text"),
      ...(thread === undefined ? {} : { thread_ts: thread }),
    });
  },
  act: (slack, body) => {
    const value = textOf(body, "value");
    const ids = { as: text(body, "as"), block_id: text(body, "block_id"), action_id: text(body, "action_id") };
    return slack.act({
      ...ids,
      container: container(body),
      state: state(body),
      ...(value === undefined ? {} : { value }),
    });
  },
  suggest: (slack, body) => {
    const ids = { as: text(body, "as"), block_id: text(body, "block_id"), action_id: text(body, "action_id") };
    return slack.suggest({ ...ids, container: container(body), value: text(body, "value") } satisfies Suggest);
  },
  submit: (slack, body) => slack.submit({ as: text(body, "as"), view_id: text(body, "view_id"), state: state(body) }),
  close: (slack, body) => slack.closeView({ as: text(body, "as"), view_id: text(body, "view_id"), state: state(body) }),
  home: (slack, body) => slack.openHome({ as: text(body, "as") }),
  redeliver: (slack, body) => slack.redeliver(text(body, "delivery")),
  "request-url": async (slack, body) => {
    await slack.setRequestUrl(text(body, "url"));
    return { ok: true };
  },
  disconnect: (slack, body) => {
    const reason = disconnectReasons.find((one) => one === body["reason"]) ?? "refresh_requested";
    slack.disconnectSockets(reason);
    return { ok: true };
  },
  fail: (slack, body) => {
    const fault = objectOf(body, "fault");
    if (fault === undefined || !faultTypes.has(text(fault, "type"))) return { ok: false, error: "unknown_fault" };
    // the type was looked at; a number that is missing makes a fault of no effect, in a test's own hands
    slack.fail(text(body, "method"), fault as unknown as Fault);
    return { ok: true };
  },
  user: (slack, body) => {
    const { id: _, ...changes } = body;
    return { ok: slack.setUser(text(body, "id"), changes) };
  },
};

/** `/control/…`: a person's side of Slack, for the page and for tests in other processes. */
export async function handleControl(
  options: ControlApiOptions,
  request: IncomingMessage,
  response: ServerResponse,
  url: URL,
): Promise<void> {
  const name = url.pathname.replace(/^\/control\//u, "");
  if (request.method === "GET") {
    look(options, response, { name, as: url.searchParams.get("as") });
    return;
  }
  const deed = Object.hasOwn(deeds, name) ? deeds[name] : undefined;
  if (request.method !== "POST" || deed === undefined) {
    sendText(response, "There is no such control.", 404);
    return;
  }
  const body = parseJson((await readBody(request)).toString("utf8"));
  const isJson = request.headers["content-type"]?.startsWith("application/json") ?? false;
  if (!isJson || !isObject(body)) {
    sendJson(response, { ok: false, error: "A JSON object with its content type is needed." }, { status: 400 });
    return;
  }
  try {
    sendJson(response, await deed(options.slack(), body));
  } catch (error) {
    sendJson(response, { ok: false, error: error instanceof Error ? error.message : "unknown" }, { status: 500 });
  }
}

function look(
  options: ControlApiOptions,
  response: ServerResponse,
  asked: { readonly name: string; readonly as: string | null },
): void {
  if (asked.name === "calls") {
    sendJson(response, options.slack().calls());
    return;
  }
  const person = asked.as === null ? firstPerson(options.scene.store) : options.scene.store.person(asked.as);
  if (person === undefined) sendJson(response, { ok: false, error: "user_not_found" }, { status: 404 });
  else if (asked.name === "state") sendJson(response, stateFor(options.scene, person));
  else if (asked.name === "events") options.feed.open(response, person);
  else sendText(response, "There is no such control.", 404);
}

function firstPerson(store: Store): StoredPerson | undefined {
  return store.people.find((person) => !person.is_bot);
}

function text(body: Json, key: string): string {
  return textOf(body, key) ?? "";
}

function container(body: Json): Act["container"] {
  const given = objectOf(body, "container") ?? {};
  if (given["type"] === "view") return { type: "view", view_id: text(given, "view_id") };
  return { type: "message", channel: text(given, "channel"), ts: text(given, "ts") };
}

function state(body: Json): Submit["state"] {
  const blocks = Object.entries(objectOf(body, "state") ?? {});
  return Object.fromEntries(blocks.map(([block, actions]) => [block, isObject(actions) ? actions : {}]));
}
