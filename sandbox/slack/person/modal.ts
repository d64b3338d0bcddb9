import { inputProblems } from "./inputs.ts";
import type { Delivered, Submit } from "../control.ts";
import { isObject, objectOf, objectsOf, textOf, type Json } from "../json.ts";
import type { StoredView } from "../state/views.ts";
import { ApiError } from "../web-api/call.ts";
import { readAcknowledgedView } from "../web-api/views.ts";
import { stateValues } from "./element-state.ts";
import { actor, delivered, interactionBase, isRefusal, refused, type Stage } from "./stage.ts";

const troubleConnecting = "We had some trouble connecting. Try again?";

/** A modal is sent: `view_submission`, and what the app makes of it (`response_action`). */
export async function submit(stage: Stage, sent: Submit): Promise<Delivered> {
  const person = actor(stage, sent.as);
  if (isRefusal(person)) return person;
  const view = stage.views.find(sent.view_id);
  if (view?.user !== person.id || view.shape["type"] !== "modal")
    return refused("not_found", "This dialog is not open any more.");
  const blocks = objectsOf(view.shape, "blocks");
  const values = stateValues(blocks, sent.state);
  const missing = inputProblems(blocks, values);
  if (Object.keys(missing).length > 0) {
    stage.views.setErrors(view, missing);
    return refused("invalid_input", Object.values(missing)[0] ?? "");
  }
  const id = textOf(view.shape, "id") ?? "";
  const payload = {
    type: "view_submission",
    ...interactionBase(stage, person),
    trigger_id: stage.triggers.create(person.id, id),
    view: { ...view.shape, state: { values } },
    response_urls: [],
  };
  const { id: delivery, answered } = stage.deliveries.deliver({ kind: "interactive", payload });
  const answer = await answered;
  const result = delivered(delivery, answer, troubleConnecting);
  if (answer.type === "failed") return result;
  try {
    respond(stage, view, answer.body);
    return result;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return { ...result, ok: false, error: error.code, shown: troubleConnecting };
  }
}

/** @throws ApiError when the acknowledgement makes no sense to Slack */
function respond(stage: Stage, view: StoredView, body: Json | string | undefined): void {
  // the app may have changed or closed it in the meantime
  const now = stage.views.find(textOf(view.shape, "id") ?? "");
  if (body === undefined) {
    if (now !== undefined) stage.views.close(now);
    return;
  }
  if (!isObject(body)) throw new ApiError("invalid_response");
  switch (body["response_action"]) {
    case "clear":
      stage.views.closeAll(view.user);
      return;
    case "update":
      if (now !== undefined) stage.views.update(now, readAcknowledgedView(body));
      return;
    case "push":
      if (stage.views.push(view.user, readAcknowledgedView(body)) === undefined)
        throw new ApiError("push_limit_reached");
      return;
    case "errors":
      if (now !== undefined) stage.views.setErrors(now, readErrors(now, body));
      return;
    default:
      throw new ApiError("invalid_response");
  }
}

/** Errors must name input blocks that are there. */
function readErrors(view: StoredView, body: Json): Readonly<Record<string, string>> {
  const errors = Object.entries(objectOf(body, "errors") ?? {});
  const inputs = objectsOf(view.shape, "blocks").filter((block) => block["type"] === "input");
  const known = new Set(inputs.map((block) => block["block_id"]));
  if (errors.length === 0 || errors.some(([block, text]) => !known.has(block) || typeof text !== "string"))
    throw new ApiError("invalid_response");
  return Object.fromEntries(errors.map(([block, text]) => [block, String(text)]));
}

/** A modal is dismissed; the app hears of it only when it asked to (`notify_on_close`). */
export async function close(stage: Stage, closed: Submit): Promise<Delivered> {
  const person = actor(stage, closed.as);
  if (isRefusal(person)) return person;
  const view = stage.views.find(closed.view_id);
  if (view?.user !== person.id || view.shape["type"] !== "modal")
    return refused("not_found", "This dialog is not open any more.");
  const clears = view.shape["clear_on_close"] === true;
  if (clears) stage.views.closeAll(person.id);
  else stage.views.close(view);
  if (view.shape["notify_on_close"] !== true) return { ok: true, delivery: "" };
  const values = stateValues(objectsOf(view.shape, "blocks"), closed.state);
  const payload = {
    type: "view_closed",
    ...interactionBase(stage, person),
    view: { ...view.shape, state: { values } },
    is_cleared: clears,
  };
  const { id, answered } = stage.deliveries.deliver({ kind: "interactive", payload });
  return delivered(id, await answered, "");
}
