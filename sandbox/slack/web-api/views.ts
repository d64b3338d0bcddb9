import { problemLines } from "../block-kit/schema.ts";
import { viewProblems, viewTooLarge } from "../block-kit/view.ts";
import type { Triggers } from "../delivery/triggers.ts";
import { isObject, objectOf, textOf, type Json } from "../json.ts";
import type { Store } from "../state/store.ts";
import type { StoredView, Views } from "../state/views.ts";
import { ApiError, Args, invalidArguments, missingArgument, type Method } from "./call.ts";

export interface ViewMethodsOptions {
  readonly store: Store;
  readonly views: Views;
  readonly triggers: Triggers;
  readonly homeTab: boolean;
}

/** views.open, push, update, publish. */
export function viewMethods(options: ViewMethodsOptions): Readonly<Record<string, Method>> {
  const { store, views } = options;
  return {
    "views.open": (args) => {
      const view = readView(args, ["modal"]);
      freeExternalId(views, view);
      return answer(views.open(exchange(options, args).user, view));
    },
    "views.push": (args) => {
      const view = readView(args, ["modal"]);
      freeExternalId(views, view);
      const trigger = exchange(options, args);
      // there must be a modal to lie upon
      if (trigger.view === undefined || views.stack(trigger.user).length === 0) throw new ApiError("not_found");
      const pushed = views.push(trigger.user, view);
      if (pushed === undefined) throw new ApiError("push_limit_reached");
      return answer(pushed);
    },
    "views.update": (args) => {
      if (!args.has("view_id") && !args.has("external_id")) throw missingArgument("view_id");
      const old = args.has("view_id")
        ? views.find(args.text("view_id") ?? "")
        : views.findExternal(args.text("external_id") ?? "");
      const view = readView(args, ["modal", "home"]);
      if (old === undefined) throw new ApiError("not_found");
      sameHash(args, old);
      if (view["type"] !== old.shape["type"]) throw invalidArguments("must match the `type` of the view", "/view/type");
      freeExternalId(views, view, old);
      return answer(views.update(old, view));
    },
    "views.publish": (args) => {
      const user = store.person(args.text("user_id") ?? "");
      if (user === undefined || user.is_bot) throw invalidArguments("user_not_found", "/user_id");
      const view = readView(args, ["home"]);
      if (!options.homeTab) throw new ApiError("not_enabled");
      const old = views.home(user.id);
      if (old !== undefined) sameHash(args, old);
      freeExternalId(views, view, old);
      return answer(views.publish(user.id, view));
    },
  };
}

function answer(view: StoredView): Json {
  return { view: view.shape };
}

/** @throws ApiError `invalid_arguments` with Slack's complaints, `view_too_large` */
export function readView(args: Args, allowed: readonly ("modal" | "home")[]): Json {
  const view = args.json("view");
  if (view === undefined) throw invalidArguments("must provide an object", "/view");
  const problems = viewProblems(view, allowed);
  if (problems.length > 0 || !isObject(view))
    throw new ApiError("invalid_arguments", { response_metadata: { messages: problemLines(problems) } });
  if (viewTooLarge(view)) throw new ApiError("view_too_large");
  return view;
}

/** The view of an acknowledgement (`response_action: "update" | "push"`), judged as by the methods. */
export function readAcknowledgedView(body: Json): Json {
  return readView(new Args({ view: objectOf(body, "view") }), ["modal"]);
}

function sameHash(args: Args, old: StoredView): void {
  const hash = args.text("hash");
  if (hash !== undefined && hash !== "" && hash !== old.shape["hash"]) throw new ApiError("hash_conflict");
}

function freeExternalId(views: Views, view: Json, self?: StoredView): void {
  const other = views.findExternal(textOf(view, "external_id") ?? "");
  if (other !== undefined && other.shape["id"] !== self?.shape["id"]) throw new ApiError("duplicate_external_id");
}

function exchange(options: ViewMethodsOptions, args: Args): { readonly user: string; readonly view?: string } {
  const id = args.text("trigger_id") ?? args.text("interactivity_pointer");
  if (id === undefined) throw missingArgument("trigger_id");
  const exchanged = options.triggers.exchange(id);
  if (!exchanged.ok) throw new ApiError(exchanged.error);
  return exchanged;
}
