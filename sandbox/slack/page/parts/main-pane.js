import { h, icon, icons } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { beginning } from "./beginning.js";
import { composer } from "./composer.js";
import { homePlace } from "./desk.js";
import { homeTab } from "./home.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../control.ts").Channel} Channel */

/**
 * The middle of the page: a channel with its composer, or the app's Home.
 * @param {Desk} desk
 * @param {HTMLElement} node
 */
export function mainPane(desk, node) {
  const head = h("header", { class: "pane-head" });
  const messages = timeline(desk, { inThread: false });
  const write = composer(desk, () => ({ channel: desk.place }));
  const channelBody = h("div", { class: "pane-body" }, messages.node, write.node);
  const home = homeTab(desk);
  node.append(head, channelBody, home.node);
  let drawnHead = "";

  return {
    update() {
      const { store, place } = desk;
      const isHome = place === homePlace;
      const channel = store.channel(place);
      const signature = JSON.stringify([place, channel, store.state?.bot, store.online, store.as]);
      if (signature !== drawnHead) {
        drawnHead = signature;
        head.replaceChildren(...headParts(desk, channel));
      }
      channelBody.hidden = isHome;
      home.node.hidden = !isHome;
      if (isHome) home.update();
      else if (channel) {
        messages.update(`${store.as} ${place}`, store.messagesIn(place), beginning(desk, channel));
        write.update({ place, placeholder: `Message ${desk.channelTitle(channel)}` });
      }
    },
  };
}

/**
 * @param {Desk} desk
 * @param {Channel | undefined} channel
 * @returns {Node[]}
 */
function headParts(desk, channel) {
  const { store, place } = desk;
  const bot = store.botChannel;
  const isApp = place === homePlace || (bot !== undefined && place === bot.id);
  const title = isApp ? (store.state?.bot.name ?? "") : channel ? desk.channelTitle(channel) : "";
  const tab = (/** @type {string} */ name, /** @type {string} */ to) =>
    h(
      "button",
      {
        type: "button",
        class: "tab",
        "aria-current": place === to ? "page" : undefined,
        onclick: () => desk.go({ place: to }),
      },
      name,
    );
  return [
    h(
      "button",
      {
        type: "button",
        class: "button-plain drawer-opener",
        "aria-label": "Channels and people",
        onclick: () => document.body.classList.toggle("drawer-open"),
      },
      icon(icons.menu),
    ),
    h(
      "div",
      { class: "pane-title" },
      h("h1", {}, title),
      channel && channel.kind !== "im" && h("p", { class: "pane-topic" }, channel.topic),
      isApp && h("div", { class: "tabs" }, tab("Home", homePlace), bot && tab("Messages", bot.id)),
    ),
    status(desk),
    h("span", { class: "pane-me", title: `You are ${store.me?.name}` }, avatar(store, store.as)),
  ];
}

/** @param {Desk} desk */
function status(desk) {
  const { state, online } = desk.store;
  const isOn = online && state?.bot.connected === true;
  const words = !online ? "Reconnecting…" : `${state?.bot.name} ${isOn ? "connected" : "disconnected"}`;
  return h(
    "span",
    { class: isOn ? "status status-on" : "status", role: "status" },
    h("span", { class: isOn ? "dot dot-on" : "dot" }),
    h("span", { class: "status-words" }, words),
  );
}
