import { send, suggest } from "../core/api.js";
import { Form } from "../core/form.js";
import { writeRoute } from "../core/route.js";
import { optionGroups } from "../blocks/selects.js";

/** @typedef {import("../core/store.js").Store} Store */
/** @typedef {import("../core/route.js").Route} Route */
/** @typedef {import("../blocks/surface.js").Surface} Surface */
/** @typedef {import("../../control.ts").Act["container"]} Container */
/** @typedef {import("./notices.js").Notices} Notices */

/** The place that is no channel: the app's Home tab. */
export const homePlace = "home";

/**
 * What the parts of the page share: the data, where the person is, and what they began to fill in.
 */
export class Desk {
  /** @type {Map<string, Form>} */ #forms = new Map();

  /**
   * @param {Store} store
   * @param {Notices} notices
   * @param {Route} route
   */
  constructor(store, notices, route) {
    this.store = store;
    this.notices = notices;
    this.route = route;
  }

  /** @param {Partial<Route>} to */
  go(to) {
    this.route = { ...this.route, ...(to.place !== undefined && { thread: "" }), ...to };
    // another person stays where the first one was, so that both sides of a conversation can be seen
    if (this.route.as !== this.store.as) {
      this.#forms.clear();
      this.store.become(this.route.as);
    }
    writeRoute(this.route);
    this.store.changed();
  }

  /** @returns {string} where the person is: what the address says, else their first channel */
  get place() {
    const { place } = this.route;
    if (place === homePlace || this.store.channel(place)) return place;
    const channels = this.store.state?.channels ?? [];
    return channels.find((channel) => channel.kind !== "im")?.id ?? channels[0]?.id ?? homePlace;
  }

  /** @returns {import("../text/mentions.js").Names} */
  get names() {
    return {
      me: this.store.as,
      user: (id) => this.store.userName(id),
      channel: (id) => this.store.channel(id)?.name ?? id,
    };
  }

  /**
   * @param {string} key of a message or view
   * @returns {Form}
   */
  form(key) {
    const form = this.#forms.get(key) ?? new Form();
    this.#forms.set(key, form);
    return form;
  }

  /** @param {string} key */
  forget(key) {
    this.#forms.delete(key);
  }

  /**
   * @param {Container} container
   * @param {object} options
   * @param {Readonly<Record<string, string>>} [options.errors]
   * @param {(sentence: string) => void} [options.fail] shows that the app did not take an action
   * @returns {Surface}
   */
  surface(container, { errors = {}, fail = (sentence) => this.notices.fail(sentence) } = {}) {
    const form = this.form(container.type === "message" ? `${container.channel}/${container.ts}` : container.view_id);
    return {
      names: this.names,
      form,
      errors,
      act: async (blockId, actionId, value) => {
        const delivered = await send("act", {
          as: this.store.as,
          container,
          block_id: blockId,
          action_id: actionId,
          value,
          state: form.values(),
        });
        if (!delivered.ok) fail(delivered.shown ?? "");
      },
      suggest: async (blockId, actionId, value) => {
        const body = { as: this.store.as, container, block_id: blockId, action_id: actionId, value };
        const answer = await suggest(body);
        if (answer.shown) fail(answer.shown);
        return optionGroups(answer.option_groups ? { option_groups: answer.option_groups } : answer);
      },
      people: () =>
        (this.store.state?.people ?? []).map(({ id, name, real_name: real }) => ({
          key: id,
          label: name,
          description: real === name ? "" : real,
        })),
      channels: (includeDirect) =>
        (this.store.state?.channels ?? [])
          .filter((channel) => includeDirect || channel.kind !== "im")
          .map((channel) => ({ key: channel.id, label: this.channelTitle(channel) })),
    };
  }

  /** @param {import("../../control.ts").Channel} channel */
  channelTitle(channel) {
    if (channel.kind !== "im") return `#${channel.name}`;
    const other = channel.members.find((member) => member !== this.store.as) ?? this.store.as;
    return this.store.userName(other);
  }
}
