import { fetchState, openEvents } from "./api.js";

/** @typedef {import("../../control.ts").State} State */
/** @typedef {import("../../control.ts").Message} Message */
/** @typedef {import("../../control.ts").View} View */
/** @typedef {import("../../control.ts").Person} Person */
/** @typedef {import("../../control.ts").Channel} Channel */
/** @typedef {import("../../control.ts").ControlEvent} ControlEvent */

/** How long to wait before the state is asked for again when the server did not give it. Milliseconds. */
const retryMs = 1_000;

/**
 * What one person sees, kept true by server-sent events. Listeners are told once per batch of changes.
 * The events are opened first and the state is asked for when they are open, so nothing falls between the two;
 * the same happens after every lost connection.
 */
export class Store {
  /** @type {string} */ as = "";
  /** @type {State | undefined} */ state;
  /** Is the event stream open? */
  online = false;

  /** @type {Map<string, Message>} */ #messages = new Map();
  /** @type {Map<string, View>} */ #views = new Map();
  /** @type {EventSource | undefined} */ #events;
  /** @type {ControlEvent[] | undefined} */ #early;
  /** @type {Set<() => void>} */ #listeners = new Set();
  /** @type {Set<(message: Message) => void>} */ #arrivals = new Set();
  #told = true;
  /** Counts connections: an answer that belongs to an older one is dropped. */
  #generation = 0;

  /** @param {() => void} listener called after changes */
  onChange(listener) {
    this.#listeners.add(listener);
  }

  /** @param {(message: Message) => void} listener called for each message that was not there before (edits are not) */
  onArrival(listener) {
    this.#arrivals.add(listener);
  }

  /** @param {string} as becomes this person (empty: whoever the server puts first) */
  become(as) {
    this.#events?.close();
    // nothing of the person before may be seen or clicked as the new one
    if (as !== this.as) this.state = undefined;
    this.as = as;
    this.online = false;
    if (as === "") void this.#load(++this.#generation);
    else this.#listen(as);
  }

  /** @param {string} as */
  #listen(as) {
    const events = openEvents(as);
    this.#events = events;
    events.addEventListener("open", () => {
      this.online = true;
      this.#early = [];
      void this.#load(++this.#generation);
    });
    events.addEventListener("error", () => {
      this.online = false;
      this.changed();
      if (events.readyState === EventSource.CLOSED) void this.#comeBack(as, events);
    });
    events.addEventListener("message", ({ data }) => {
      /** @type {ControlEvent} */
      const event = JSON.parse(data);
      if (this.#early) this.#early.push(event);
      else this.#apply(event);
    });
  }

  /**
   * A browser does not come back by itself after an answer that is no event stream.
   * @param {string} as
   * @param {EventSource} lost
   */
  async #comeBack(as, lost) {
    const answer = await fetchState(as);
    if (this.#events !== lost) return;
    if (answer === "nobody") this.become("");
    else setTimeout(() => this.#events === lost && this.#listen(as), retryMs);
  }

  /** @param {number} generation */
  async #load(generation) {
    const state = await fetchState(this.as);
    if (generation !== this.#generation) return;
    const people = state && state !== "nobody" ? state.people.filter((person) => !person.is_bot) : [];
    if (!state || state === "nobody" || !people.some((person) => person.id === this.as)) {
      // somebody of an earlier start of the server, or nobody yet: whoever is there, else we ask again
      if (people[0]) this.become(people[0].id);
      else if (state === "nobody" && this.as !== "") this.become("");
      else setTimeout(() => generation === this.#generation && void this.#load(generation), retryMs);
      return;
    }
    this.state = state;
    this.#messages = new Map(state.messages.map((message) => [messageKey(message), message]));
    this.#views = new Map(state.views.map((view) => [view.id, view]));
    const early = this.#early ?? [];
    this.#early = undefined;
    for (const event of early) this.#apply(event);
    this.changed();
  }

  /** @param {ControlEvent} event */
  #apply(event) {
    if (!this.state) return;
    switch (event.type) {
      case "message": {
        const isNew = !this.#messages.has(messageKey(event.message));
        this.#messages.set(messageKey(event.message), event.message);
        if (isNew) for (const listener of this.#arrivals) listener(event.message);
        break;
      }
      case "message_deleted":
        this.#messages.delete(messageKey(event));
        break;
      case "view":
        this.#views.set(event.view.id, event.view);
        break;
      case "view_closed":
        this.#views.delete(event.id);
        break;
      case "bot":
        this.state = { ...this.state, bot: { ...this.state.bot, connected: event.connected } };
        break;
      case "people":
        this.state = { ...this.state, people: event.people };
        break;
    }
    this.changed();
  }

  /** Tells the listeners soon; several changes in a row are told once. Works in hidden tabs too. */
  changed() {
    if (!this.#told) return;
    this.#told = false;
    setTimeout(() => {
      this.#told = true;
      for (const listener of this.#listeners) listener();
    });
  }

  /** @returns {Person | undefined} */
  get me() {
    return this.person(this.as);
  }

  /** @param {string} id */
  person(id) {
    return this.state?.people.find((person) => person.id === id);
  }

  /** @param {string} id */
  isBot(id) {
    return id === this.state?.bot.user_id || (this.person(id)?.is_bot ?? false);
  }

  /** @param {string} id a name to show for a user: the bot's, a person's, else the id itself */
  userName(id) {
    if (this.state && id === this.state.bot.user_id) return this.state.bot.name;
    return this.person(id)?.name ?? (id === "USLACKBOT" ? "Slackbot" : id);
  }

  /** @param {string} id */
  channel(id) {
    return this.state?.channels.find((channel) => channel.id === id);
  }

  /** @returns {Channel | undefined} the direct message between this person and the bot */
  get botChannel() {
    const bot = this.state?.bot.user_id ?? "";
    return this.state?.channels.find((channel) => channel.kind === "im" && channel.members.includes(bot));
  }

  /**
   * @param {string} channel
   * @returns {readonly Message[]} what stands in the channel itself, oldest first
   */
  messagesIn(channel) {
    return this.#sorted((message) => message.channel === channel && !isReply(message));
  }

  /**
   * @param {string} channel
   * @param {string} root timestamp of the thread's first message
   * @returns {readonly Message[]} replies alone, oldest first
   */
  repliesTo(channel, root) {
    return this.#sorted((message) => message.channel === channel && isReply(message) && message.thread_ts === root);
  }

  /**
   * @param {string} channel
   * @param {string} ts
   */
  message(channel, ts) {
    return this.#messages.get(messageKey({ channel, ts }));
  }

  /** @returns {readonly View[]} the stack of open modals, the one on top last */
  get modals() {
    return [...this.#views.values()].filter((view) => view.type === "modal");
  }

  /** @returns {View | undefined} */
  get home() {
    return [...this.#views.values()].findLast((view) => view.type === "home");
  }

  /** @param {(message: Message) => boolean} wanted */
  #sorted(wanted) {
    return [...this.#messages.values()].filter(wanted).sort((a, b) => Number(a.ts) - Number(b.ts));
  }
}

/** @param {Message} message */
export function isReply(message) {
  return message.thread_ts !== undefined && message.thread_ts !== message.ts;
}

/** @param {{ readonly channel: string, readonly ts: string }} message */
function messageKey(message) {
  return `${message.channel}/${message.ts}`;
}
