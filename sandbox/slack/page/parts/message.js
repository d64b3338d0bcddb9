import { renderBlocks } from "../blocks/render.js";
import { h, icon, icons } from "../core/dom.js";
import { dateOf, dayAndTime, exactTime, timeOfDay } from "../text/dates.js";
import { safeAddress } from "../text/links.js";
import { mrkdwn } from "../text/mrkdwn.js";
import { avatar } from "./avatar.js";

/** @typedef {import("../../control.ts").Message} Message */
/** @typedef {import("./desk.js").Desk} Desk */

/**
 * @typedef {object} MessageOptions
 * @property {boolean} compact follows one of the same author: without face and name
 * @property {boolean} inThread stands in the thread pane, so it has no link to its thread
 * @property {number} replies
 * @property {string | undefined} lastReply its timestamp
 */

/**
 * @param {Desk} desk
 * @param {Message} message
 * @param {MessageOptions} options
 * @returns {HTMLElement}
 */
export function messageArticle(desk, message, options) {
  const { store } = desk;
  const name = store.userName(message.user);
  const isPrivate = message.ephemeral_for !== undefined;
  const time = h(
    "time",
    { class: "message-time", title: exactTime(message.ts), datetime: dateOf(message.ts).toISOString() },
    timeOfDay(message.ts),
  );
  return h(
    "article",
    {
      class: `message${options.compact ? " message-compact" : ""}${isPrivate ? " message-private" : ""}`,
      "aria-label": `${name}, ${timeOfDay(message.ts)}`,
      "data-ts": message.ts,
    },
    isPrivate && h("p", { class: "message-privacy" }, icon(icons.eye), "Only visible to you"),
    h("div", { class: "message-side" }, options.compact ? time : avatar(store, message.user)),
    h(
      "div",
      { class: "message-main" },
      !options.compact &&
        h(
          "header",
          { class: "message-head" },
          h("b", { class: "message-author" }, name),
          store.isBot(message.user) && h("span", { class: "badge" }, "APP"),
          time,
        ),
      content(desk, message),
      ...message.files.map(fileLink),
      !options.inThread && options.replies > 0 && threadLink(desk, message, options),
    ),
    !options.inThread && !isPrivate && tools(desk, message),
  );
}

/**
 * @param {Desk} desk
 * @param {Message} message
 */
function content(desk, message) {
  const edited = message.edited && h("span", { class: "message-edited" }, " (edited)");
  if (message.blocks.length === 0) {
    return h("div", { class: "message-text bk-text" }, mrkdwn(message.text, desk.names), edited);
  }
  const surface = desk.surface({ type: "message", channel: message.channel, ts: message.ts });
  return h("div", { class: "message-blocks" }, renderBlocks(message.blocks, surface), edited);
}

/** @param {Message["files"][number]} file */
function fileLink(file) {
  const address = safeAddress(file.url);
  const inside = [icon(icons.file), h("span", { class: "file-name" }, file.name), h("small", {}, size(file.size))];
  if (!address) return h("span", { class: "file" }, ...inside);
  return h("a", { class: "file", href: address, target: "_blank", rel: "noopener noreferrer" }, ...inside);
}

/** @param {number} bytes */
function size(bytes) {
  if (bytes < 1024) return `${bytes} B`;
  const kibibytes = bytes / 1024;
  return kibibytes < 1024 ? `${kibibytes.toFixed(1)} KiB` : `${(kibibytes / 1024).toFixed(1)} MiB`;
}

/**
 * @param {Desk} desk
 * @param {Message} message
 * @param {MessageOptions} options
 */
function threadLink(desk, message, { replies, lastReply }) {
  return h(
    "button",
    { type: "button", class: "thread-link", onclick: () => desk.go({ thread: message.ts }) },
    h("b", {}, replies === 1 ? "1 reply" : `${replies} replies`),
    lastReply && h("small", {}, `Last reply ${dayAndTime(lastReply)}`),
  );
}

/**
 * @param {Desk} desk
 * @param {Message} message
 */
function tools(desk, message) {
  return h(
    "div",
    { class: "message-tools" },
    h(
      "button",
      {
        type: "button",
        class: "button-plain",
        title: "Reply in thread",
        "aria-label": "Reply in thread",
        onclick: () => desk.go({ thread: message.ts }),
      },
      icon(icons.reply),
    ),
  );
}
