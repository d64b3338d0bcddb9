import type { Delivered, Say } from "../control.ts";
import { escapeTyped } from "../delivery/typed-text.ts";
import { postReply } from "../delivery/response-urls.ts";
import { isObject, type Json } from "../json.ts";
import type { StoredChannel, StoredPerson } from "../state/store.ts";
import { ApiError } from "../web-api/call.ts";
import { typedMessage } from "../web-api/chat.ts";
import { actor, delivered, isRefusal, payloadChannelName, refused, type Stage } from "./stage.ts";

const typedCharacters = 40_000;

/** A person types a line: a message, or a command when it begins with `/`. */
export async function say(stage: Stage, said: Say): Promise<Delivered> {
  const person = actor(stage, said.as);
  if (isRefusal(person)) return person;
  const channel = stage.store.channel(said.channel);
  if (channel === undefined || !channel.members.includes(person.id))
    return refused("not_in_channel", "You are not in this channel.");
  if (channel.is_archived) return refused("is_archived", "This channel is archived.");
  if (said.text.trim() === "") return refused("no_text", "There is nothing to send.");
  if (said.text.length > typedCharacters) return refused("msg_too_long", "Your message is too long.");
  return said.text.startsWith("/")
    ? runCommand(stage, said, { person, channel })
    : postTyped(stage, said, { person, channel });
}

interface Where {
  readonly person: StoredPerson;
  readonly channel: StoredChannel;
}

/** The person does not wait for the app; the answer names the last event, which is the mention if there is one. */
function postTyped(stage: Stage, said: Say, { person, channel }: Where): Delivered {
  const { store } = stage;
  const text = escapeTyped(said.text, { store, as: person.id, names: false });
  const thread = said.thread_ts === undefined ? {} : { thread_ts: said.thread_ts };
  const message = store.put(typedMessage(store, { channel, user: person.id, text, ...thread }));
  const sent = stage.events.messagePosted(message, channel);
  return { ok: true, delivery: sent.at(-1)?.id ?? "" };
}

async function runCommand(stage: Stage, said: Say, { person, channel }: Where): Promise<Delivered> {
  const [name = "", ...words] = said.text.split(/(?<=^\S+)\s/u);
  const command = stage.app.commands.find((one) => one.command === name);
  // apps of this workspace are not there for people of others (Slack Connect)
  if (command === undefined || person.is_stranger) return refused("invalid_command", `${name} is not a valid command.`);
  if (said.thread_ts !== undefined) return refused("not_in_thread", `${name} is not supported in threads. Sorry!`);
  const typed = words.join("").trim();
  const { store } = stage;
  const text = command.should_escape ? escapeTyped(typed, { store, as: person.id, names: true }) : typed;
  const payload = {
    token: stage.token,
    team_id: store.seed.team.id,
    team_domain: store.seed.team.domain,
    channel_id: channel.id,
    channel_name: payloadChannelName(channel),
    user_id: person.id,
    user_name: person.name,
    command: name,
    text,
    api_app_id: store.seed.app.id,
    is_enterprise_install: "false",
    response_url: stage.responseUrls.create("commands", { user: person.id, channel }),
    trigger_id: stage.triggers.create(person.id),
  };
  const { id, answered } = stage.deliveries.deliver({ kind: "slash_commands", payload });
  const answer = await answered;
  const failed = answer.type === "failed" ? answer.error : undefined;
  const result = delivered(id, answer, `${name} failed with the error "${failed ?? ""}"`);
  if (answer.type === "failed" || answer.body === undefined) return result;
  return showAnswer(stage, { body: answer.body, name, where: { person, channel }, result });
}

/** The acknowledgement of a command may hold a message. */
function showAnswer(
  stage: Stage,
  options: { readonly body: Json | string; readonly name: string; readonly where: Where; readonly result: Delivered },
): Delivered {
  const { body, name, where, result } = options;
  const message: Json = isObject(body) ? body : { text: body };
  const type = message["response_type"];
  const bad = {
    ...result,
    ok: false,
    error: "invalid_command_response",
    shown: `${name} failed with the error "invalid_command_response"`,
  };
  if (type !== undefined && type !== "ephemeral" && type !== "in_channel") return bad;
  try {
    postReply(stage, { user: where.person.id, channel: where.channel }, message);
    return result;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    return bad;
  }
}
