import type { Person } from "../control.ts";
import type { Clock } from "../clock.ts";
import { timestamps } from "../ids.ts";
import type { Json } from "../json.ts";
import type { ChannelSeed, GroupSeed, PersonSeed, WorkspaceSeed } from "../workspace.ts";

export type StoredPerson = Required<PersonSeed>;

export interface StoredChannel extends Required<Omit<ChannelSeed, "kind">> {
  readonly kind: "public" | "private" | "im";
  readonly created: number;
}

export interface StoredFile {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  readonly size: number;
  readonly created: number;
  readonly snippet_type: string;
}

/** A message as Slack keeps it. `user` is the bot's user id for the bot's own messages. */
export interface StoredMessage {
  readonly channel: string;
  readonly ts: string;
  readonly thread_ts?: string;
  readonly user: string;
  readonly text: string;
  readonly blocks: readonly Json[];
  readonly attachments: readonly unknown[];
  readonly metadata?: Json;
  readonly files: readonly StoredFile[];
  readonly edited?: { readonly user: string; readonly ts: string };
  /** The edit is shown to people (Slack does not show it when blocks were used). */
  readonly editShown: boolean;
  readonly reactions: Readonly<Record<string, readonly string[]>>;
  readonly ephemeral_for?: string;
  readonly client_msg_id?: string;
  /** A deleted root whose replies are still there. */
  readonly tombstone: boolean;
}

export type Change =
  | { readonly type: "message"; readonly message: StoredMessage }
  | { readonly type: "message_deleted"; readonly message: StoredMessage }
  | { readonly type: "people" };

/** The workspace: people, channels, user groups and messages. It judges nothing; whoever calls has judged. */
export class Store {
  readonly seed: WorkspaceSeed;
  readonly nextTs: () => string;
  readonly #clock: Clock;
  readonly #people = new Map<string, StoredPerson>();
  readonly #channels = new Map<string, StoredChannel>();
  readonly #groups = new Map<string, GroupSeed>();
  readonly #messages = new Map<string, Map<string, StoredMessage>>();
  /** `channel ts` of a root → the ts of its replies. */
  readonly #threads = new Map<string, Set<string>>();
  readonly #ephemerals = new Map<string, StoredMessage>();
  readonly #listeners = new Set<(change: Change) => void>();

  constructor(seed: WorkspaceSeed, options: { readonly clock: Clock; readonly botName: string }) {
    this.seed = seed;
    this.#clock = options.clock;
    this.nextTs = timestamps(options.clock);
    const bot = { id: seed.bot.id, name: options.botName, real_name: options.botName, title: "", role: "bot" };
    for (const person of [...seed.people, { ...bot, is_bot: true }]) this.putPerson(person);
    for (const channel of seed.channels) this.putChannel(channel);
    for (const group of seed.groups) this.#groups.set(group.id, group);
    for (const person of seed.people) if (person.is_bot !== true) this.openIm(person.id);
  }

  listen(listener: (change: Change) => void): void {
    this.#listeners.add(listener);
  }

  #tell(change: Change): void {
    for (const listener of this.#listeners) listener(change);
  }

  get botUser(): string {
    return this.seed.bot.id;
  }

  get people(): readonly StoredPerson[] {
    return [...this.#people.values()];
  }

  person(id: string): StoredPerson | undefined {
    return this.#people.get(id);
  }

  putPerson(person: PersonSeed): StoredPerson {
    const stored: StoredPerson = {
      email: `${person.name}@${this.seed.team.domain}.example`,
      tz: "Europe/Berlin",
      team_id: this.seed.team.id,
      is_admin: false,
      is_owner: false,
      is_bot: false,
      is_restricted: false,
      is_ultra_restricted: false,
      is_stranger: false,
      deleted: false,
      ...person,
    };
    this.#people.set(stored.id, stored);
    this.#tell({ type: "people" });
    return stored;
  }

  get channels(): readonly StoredChannel[] {
    return [...this.#channels.values()];
  }

  channel(id: string): StoredChannel | undefined {
    return this.#channels.get(id);
  }

  putChannel(channel: ChannelSeed | StoredChannel): StoredChannel {
    const stored: StoredChannel = {
      is_archived: false,
      is_ext_shared: false,
      is_org_shared: false,
      is_pending_ext_shared: false,
      connected_team_ids: [],
      created: Math.floor(this.#clock.now() / 1000),
      ...channel,
    };
    this.#channels.set(stored.id, stored);
    return stored;
  }

  /** The direct messages of a person and the bot, made when there are none. */
  openIm(user: string): StoredChannel {
    const id = user.startsWith("U0") ? `D0${user.slice(2)}` : `D${user.slice(1)}`;
    const known = this.#channels.get(id);
    if (known !== undefined) return known;
    const members = [user, this.botUser];
    return this.putChannel({ ...emptyIm, id, name: user, members, created: Math.floor(this.#clock.now() / 1000) });
  }

  get groups(): readonly GroupSeed[] {
    return [...this.#groups.values()];
  }

  putGroup(group: GroupSeed): void {
    this.#groups.set(group.id, group);
  }

  /** Replies are listed too; ephemeral messages are not. Oldest first. */
  messages(channel: string): readonly StoredMessage[] {
    return [...(this.#messages.get(channel)?.values() ?? [])];
  }

  message(channel: string, ts: string): StoredMessage | undefined {
    return this.#messages.get(channel)?.get(ts);
  }

  replies(channel: string, threadTs: string): readonly StoredMessage[] {
    const found = [...(this.#threads.get(`${channel} ${threadTs}`) ?? [])];
    return found.map((ts) => this.message(channel, ts)).filter((message) => message !== undefined);
  }

  ephemerals(user?: string): readonly StoredMessage[] {
    return [...this.#ephemerals.values()].filter((one) => user === undefined || one.ephemeral_for === user);
  }

  ephemeral(channel: string, ts: string): StoredMessage | undefined {
    const found = this.#ephemerals.get(ts);
    return found?.channel === channel ? found : undefined;
  }

  put(message: StoredMessage): StoredMessage {
    if (message.ephemeral_for === undefined) {
      const known = this.#messages.get(message.channel) ?? new Map<string, StoredMessage>();
      this.#messages.set(message.channel, known.set(message.ts, message));
      this.#addToThread(message);
    } else {
      this.#ephemerals.set(message.ts, message);
    }
    this.#tell({ type: "message", message });
    this.#tellRoot(message);
    return message;
  }

  /** A root shows how many replies it has. */
  #tellRoot({ channel, ts, thread_ts: thread }: StoredMessage): void {
    const root = thread === undefined || thread === ts ? undefined : this.message(channel, thread);
    if (root !== undefined) this.#tell({ type: "message", message: root });
  }

  #addToThread({ channel, ts, thread_ts: root }: StoredMessage): void {
    if (root === undefined || root === ts) return;
    const key = `${channel} ${root}`;
    this.#threads.set(key, (this.#threads.get(key) ?? new Set<string>()).add(ts));
  }

  remove(message: StoredMessage): void {
    if (message.ephemeral_for !== undefined) this.#ephemerals.delete(message.ts);
    else if (this.replies(message.channel, message.ts).length > 0) {
      this.put({
        ...message,
        text: "This message was deleted.",
        blocks: [],
        attachments: [],
        files: [],
        tombstone: true,
      });
      return;
    } else {
      this.#messages.get(message.channel)?.delete(message.ts);
      this.#threads.get(`${message.channel} ${message.thread_ts ?? ""}`)?.delete(message.ts);
    }
    this.#tell({ type: "message_deleted", message });
    this.#tellRoot(message);
  }
}

const emptyIm = {
  kind: "im",
  topic: "",
  is_archived: false,
  is_ext_shared: false,
  is_org_shared: false,
  is_pending_ext_shared: false,
  connected_team_ids: [],
} as const;

/** The person as the page sees it. */
export function personForPage(person: StoredPerson): Person {
  const { id, name, real_name, title, role, is_bot, is_restricted, is_ultra_restricted, is_stranger, deleted } = person;
  return { id, name, real_name, title, role, is_bot, is_restricted, is_ultra_restricted, is_stranger, deleted };
}
