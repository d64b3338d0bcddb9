import { elementsOf } from "../block-kit/blocks.ts";
import type { Act, Delivered, Suggest, Suggested } from "../control.ts";
import type { StoredMessage, StoredPerson } from "../state/store.ts";
import type { StoredView } from "../state/views.ts";
import { messageShape } from "../state/shapes.ts";
import { listOf, objectsOf, isObject, textOf, type Json } from "../json.ts";
import { actedValue, stateValues, type StateValues } from "./element-state.ts";
import { actor, delivered, interactionBase, isRefusal, payloadChannelName, refused, type Stage } from "./stage.ts";

const maxSuggestions = 100;
const clickFailed = "This app did not respond in time. Try again, or tell its owner.";

type Container =
  | { readonly type: "message"; readonly message: StoredMessage }
  | { readonly type: "view"; readonly view: StoredView };

/** A click or a choice: `block_actions`. */
export async function act(stage: Stage, acted: Act): Promise<Delivered> {
  const person = actor(stage, acted.as);
  if (isRefusal(person)) return person;
  const container = findContainer(stage, acted.container, person);
  if (container === undefined) return refused("message_not_found", "This message or dialog is not there any more.");
  const blocks = blocksOf(container);
  const element = findElement(blocks, acted);
  if (element === undefined) return refused("action_not_found", "This button is not there any more.");
  if (!stage.app.interactivity)
    return refused("interactivity_disabled", "This app is not configured to handle interactive responses.");
  const action = {
    type: element["type"],
    block_id: acted.block_id,
    action_id: acted.action_id,
    ...actedValue(element, { value: acted.value, state: acted.state?.[acted.block_id]?.[acted.action_id] }),
    ...(element["placeholder"] === undefined ? {} : { placeholder: element["placeholder"] }),
    action_ts: stage.store.nextTs(),
  };
  const given = withAction(acted.state ?? {}, action);
  const payload = {
    type: "block_actions",
    ...interactionBase(stage, person),
    ...containerPart(stage, container, { person, state: stateValues(blocks, given) }),
    actions: [action],
  };
  const { id, answered } = stage.deliveries.deliver({ kind: "interactive", payload });
  return delivered(id, await answered, clickFailed);
}

function withAction(state: StateValues, action: Json): StateValues {
  const blockId = textOf(action, "block_id") ?? "";
  return { ...state, [blockId]: { ...state[blockId], [textOf(action, "action_id") ?? ""]: action } };
}

function findContainer(stage: Stage, where: Act["container"], person: StoredPerson): Container | undefined {
  if (where.type === "view") {
    const view = stage.views.find(where.view_id);
    return view?.user === person.id ? { type: "view", view } : undefined;
  }
  const channel = stage.store.channel(where.channel);
  if (channel === undefined || !channel.members.includes(person.id)) return undefined;
  const ephemeral = stage.store.ephemeral(where.channel, where.ts);
  const message = ephemeral?.ephemeral_for === person.id ? ephemeral : stage.store.message(where.channel, where.ts);
  return message === undefined ? undefined : { type: "message", message };
}

function blocksOf(container: Container): readonly Json[] {
  return container.type === "view" ? objectsOf(container.view.shape, "blocks") : container.message.blocks;
}

function findElement(
  blocks: readonly Json[],
  acted: { readonly block_id: string; readonly action_id: string },
): Json | undefined {
  const block = blocks.find((one) => one["block_id"] === acted.block_id);
  if (block === undefined) return undefined;
  return elementsOf(block).find(({ element }) => element["action_id"] === acted.action_id)?.element;
}

/** Where it happened, and with what the app may answer: a view has no `response_url`. */
function containerPart(
  stage: Stage,
  container: Container,
  options: { readonly person: StoredPerson; readonly state: StateValues },
): Json {
  const { person, state } = options;
  if (container.type === "view") {
    const { shape } = container.view;
    const id = textOf(shape, "id") ?? "";
    return {
      container: { type: "view", view_id: id },
      trigger_id: stage.triggers.create(person.id, id),
      view: { ...shape, state: { values: state } },
    };
  }
  const { message } = container;
  const channel = stage.store.channel(message.channel);
  const ephemeral = message.ephemeral_for !== undefined;
  const thread = message.thread_ts === undefined ? {} : { thread_ts: message.thread_ts };
  const source = { user: person.id, source: message, ...thread };
  return {
    container: {
      type: "message",
      message_ts: message.ts,
      channel_id: message.channel,
      is_ephemeral: ephemeral,
      ...thread,
    },
    trigger_id: stage.triggers.create(person.id),
    channel: { id: message.channel, name: channel === undefined ? "" : payloadChannelName(channel) },
    // an ephemeral message is not sent back
    ...(ephemeral ? {} : { message: messageShape(stage.store, message, { metadata: true }) }),
    state: { values: state },
    ...(channel === undefined ? {} : { response_url: stage.responseUrls.create("actions", { channel, ...source }) }),
  };
}

/** Typing into an external select: `block_suggestion`. It has neither `trigger_id` nor `response_url`. */
export async function suggest(stage: Stage, typed: Suggest): Promise<Suggested> {
  const person = actor(stage, typed.as);
  if (isRefusal(person)) return { ok: false, options: [], shown: person.shown ?? "" };
  const container = findContainer(stage, typed.container, person);
  const element = container === undefined ? undefined : findElement(blocksOf(container), typed);
  if (container === undefined || element === undefined)
    return { ok: false, options: [], shown: "This is not there any more." };
  const {
    trigger_id: _,
    response_url: __,
    state: ___,
    ...part
  } = containerPart(stage, container, { person, state: {} });
  const payload = {
    type: "block_suggestion",
    ...interactionBase(stage, person),
    ...part,
    action_id: typed.action_id,
    block_id: typed.block_id,
    value: typed.value,
  };
  const answer = await stage.deliveries.deliver({ kind: "interactive", payload }).answered;
  const body = answer.type === "acknowledged" && isObject(answer.body) ? answer.body : undefined;
  const options = body === undefined ? [] : listOf(body, "options");
  const groups = body === undefined ? [] : listOf(body, "option_groups");
  const count =
    options.length + groups.filter(isObject).reduce((sum, group) => sum + listOf(group, "options").length, 0);
  const answered = body?.["options"] !== undefined || body?.["option_groups"] !== undefined;
  if (!answered || count > maxSuggestions)
    return { ok: false, options: [], shown: "No results: the app did not answer as it should." };
  return { ok: true, options, ...(groups.length > 0 ? { option_groups: groups } : {}) };
}
