import { h, icon, icons } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { homePlace } from "./desk.js";
import { keepingFocus } from "./focus.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../control.ts").Channel} Channel */

/**
 * Workspace, people to be, channels, apps.
 * @param {Desk} desk
 * @param {HTMLElement} node
 */
export function sidebar(desk, node) {
  let drawn = "";
  /** @type {Map<string, string>} how far each channel was read, by person and channel */
  const read = new Map();

  /** @param {Channel} channel */
  const unread = (channel) => {
    const key = `${desk.store.as} ${channel.id}`;
    const newest = desk.store.messagesIn(channel.id).at(-1)?.ts ?? "0";
    if (channel.id === desk.place || !read.has(key)) read.set(key, newest);
    return Number(newest) > Number(read.get(key));
  };

  return {
    update() {
      const { state, as } = desk.store;
      if (!state) return;
      const channels = state.channels.map((channel) => ({ channel, isUnread: unread(channel) }));
      const signature = JSON.stringify([state.team, state.bot, state.people, channels, as, desk.place]);
      if (signature === drawn) return;
      drawn = signature;
      const bot = desk.store.botChannel;
      const direct = channels.filter(({ channel }) => channel.kind === "im" && channel !== bot);
      const rows = [
        h("div", { class: "team" }, h("span", { class: "team-name" }, state.team.name), h("small", {}, "Local Slack")),
        people(desk),
        h(
          "nav",
          { class: "places", "aria-label": "Channels and apps" },
          group(
            "Channels",
            channels.filter(({ channel }) => channel.kind !== "im").map((item) => channelRow(desk, item)),
          ),
          direct.length > 0 &&
            group(
              "Direct messages",
              direct.map((item) => channelRow(desk, item)),
            ),
          group("Apps", [
            appRow(
              desk,
              bot,
              channels.some((item) => item.channel === bot && item.isUnread),
            ),
          ]),
        ),
      ];
      keepingFocus(node, () => node.replaceChildren(...rows));
    },
  };
}

/** @param {Desk} desk */
function people(desk) {
  const all = (desk.store.state?.people ?? []).filter((person) => !person.is_bot && !person.deleted);
  return h(
    "div",
    { class: "people", role: "group", "aria-label": "You are" },
    h("p", { class: "places-title" }, "You are"),
    ...all.map((person) =>
      h(
        "button",
        {
          type: "button",
          class: "person",
          "aria-pressed": String(person.id === desk.store.as),
          "data-focus": person.id,
          title: person.title || person.real_name,
          onclick: () => desk.go({ as: person.id }),
        },
        avatar(desk.store, person.id),
        h("span", { class: "person-name" }, person.name),
        h("span", { class: "person-role" }, person.role),
      ),
    ),
  );
}

/**
 * @param {string} title
 * @param {readonly HTMLElement[]} rows
 */
function group(title, rows) {
  return h("div", { class: "places-group" }, h("h2", { class: "places-title" }, title), ...rows);
}

/**
 * @param {Desk} desk
 * @param {{ channel: Channel, isUnread: boolean }} item
 */
function channelRow(desk, { channel, isUnread }) {
  const other = channel.members.find((member) => member !== desk.store.as) ?? desk.store.as;
  const sign =
    channel.kind === "im"
      ? avatar(desk.store, other)
      : channel.kind === "private"
        ? icon(icons.lock)
        : h("span", {}, "#");
  const name = channel.kind === "im" ? desk.channelTitle(channel) : channel.name;
  return row(desk, { place: channel.id, sign, name, isUnread, isCurrent: channel.id === desk.place });
}

/**
 * @param {Desk} desk
 * @param {Channel | undefined} channel
 * @param {boolean} isUnread
 */
function appRow(desk, channel, isUnread) {
  const bot = desk.store.state?.bot;
  const node = row(desk, {
    place: isUnread && channel ? channel.id : homePlace,
    sign: avatar(desk.store, bot?.user_id ?? ""),
    name: bot?.name ?? "",
    isUnread,
    isCurrent: desk.place === homePlace || desk.place === channel?.id,
  });
  node.append(
    h("span", { class: bot?.connected ? "dot dot-on" : "dot", title: bot?.connected ? "connected" : "not connected" }),
  );
  return node;
}

/**
 * @param {Desk} desk
 * @param {{ place: string, sign: Node, name: string, isUnread: boolean, isCurrent: boolean }} options
 */
function row(desk, { place, sign, name, isUnread, isCurrent }) {
  return h(
    "button",
    {
      type: "button",
      class: isUnread ? "place is-unread" : "place",
      "aria-current": isCurrent ? "page" : undefined,
      "data-focus": `place ${place}`,
      onclick: () => {
        document.body.classList.remove("drawer-open");
        desk.go({ place });
      },
    },
    h("span", { class: "place-sign" }, sign),
    h("span", { class: "place-name" }, name),
    isUnread && h("span", { class: "visually-hidden" }, "(unread)"),
  );
}
