import type { Channel, ControlEvent, Message, State } from "../control.ts";
import {
  personForPage,
  type Change,
  type Store,
  type StoredChannel,
  type StoredMessage,
  type StoredPerson,
} from "../state/store.ts";
import { viewForPage, type ViewChange, type Views } from "../state/views.ts";
import type { App } from "../manifest.ts";

/** The newest messages of each channel; a page shows no more. */
const shownMessages = 500;

/** A person's channels, and the public ones for people who are no guests. */
function sees(person: StoredPerson, channel: StoredChannel): boolean {
  if (channel.members.includes(person.id)) return true;
  const guest = person.is_restricted || person.is_ultra_restricted || person.is_stranger;
  return channel.kind === "public" && !guest;
}

function channelForPage(store: Store, channel: StoredChannel): Channel {
  const { id, kind, topic, members } = channel;
  const name = kind === "im" ? (store.person(store.botUser)?.name ?? "bot") : channel.name;
  return { id, name, kind, topic, members };
}

export function messageForPage(store: Store, message: StoredMessage): Message {
  const { channel, ts, thread_ts: thread, user, text, blocks, ephemeral_for: ephemeral } = message;
  return {
    channel,
    ts,
    user,
    text,
    blocks,
    edited: message.edited !== undefined && message.editShown,
    reply_count: store.replies(channel, ts).length,
    files: message.files.map(({ id, name, size }) => ({
      id,
      name,
      size,
      url: `/files/${id}/${encodeURIComponent(name)}`,
    })),
    ...(thread === undefined ? {} : { thread_ts: thread }),
    ...(ephemeral === undefined ? {} : { ephemeral_for: ephemeral }),
  };
}

export interface Scene {
  readonly store: Store;
  readonly views: Views;
  readonly app: App;
  readonly connected: () => boolean;
}

/** All that this person sees now. */
export function stateFor(scene: Scene, person: StoredPerson): State {
  const { store, views } = scene;
  const channels = store.channels.filter((channel) => sees(person, channel));
  const messages = channels.flatMap((channel) => store.messages(channel.id).slice(-shownMessages));
  const ephemerals = store.ephemerals(person.id).slice(-shownMessages);
  const home = views.home(person.id);
  return {
    team: { id: store.seed.team.id, name: store.seed.team.name },
    bot: { user_id: store.botUser, name: store.person(store.botUser)?.name ?? "bot", connected: scene.connected() },
    people: store.people.map(personForPage),
    channels: channels.map((channel) => channelForPage(store, channel)),
    messages: [...messages, ...ephemerals]
      .sort((a, b) => a.ts.localeCompare(b.ts))
      .map((message) => messageForPage(store, message)),
    views: [...views.stack(person.id), ...(home === undefined ? [] : [home])].map(viewForPage),
    commands: scene.app.commands.map(({ command, description, usage_hint }) => ({ command, description, usage_hint })),
    suggestions: store.seed.suggestions,
  };
}

/** What this person's page is told of a change; undefined when it is none of theirs. */
export function eventFor(scene: Scene, person: StoredPerson, change: Change | ViewChange): ControlEvent | undefined {
  switch (change.type) {
    case "people":
      return { type: "people", people: scene.store.people.map(personForPage) };
    case "view":
      return change.view.user === person.id ? { type: "view", view: viewForPage(change.view) } : undefined;
    case "view_closed":
      return change.user === person.id ? { type: "view_closed", id: change.id } : undefined;
    case "message":
    case "message_deleted":
      return messageEventFor(scene, person, change);
    default:
      return change satisfies never;
  }
}

function messageEventFor(
  scene: Scene,
  person: StoredPerson,
  change: Extract<Change, { readonly message: StoredMessage }>,
): ControlEvent | undefined {
  const { message } = change;
  const channel = scene.store.channel(message.channel);
  if (channel === undefined || !sees(person, channel)) return undefined;
  if (message.ephemeral_for !== undefined && message.ephemeral_for !== person.id) return undefined;
  return change.type === "message"
    ? { type: "message", message: messageForPage(scene.store, message) }
    : { type: "message_deleted", channel: message.channel, ts: message.ts };
}
