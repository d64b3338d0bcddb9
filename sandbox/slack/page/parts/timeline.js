import { h, reconcile } from "../core/dom.js";
import { dateOf, dayName } from "../text/dates.js";
import { messageArticle } from "./message.js";

/** @typedef {import("../../control.ts").Message} Message */
/** @typedef {import("./desk.js").Desk} Desk */

/** Messages of one author within this time stand under one name, as in Slack. Seconds. */
const togetherSeconds = 5 * 60;
/** Nearer to the end than this counts as being at the end: new messages then scroll. Pixels. */
const nearEndPx = 120;

/**
 * A scrolling list of messages that is brought up to date in place.
 * @param {Desk} desk
 * @param {{ readonly inThread: boolean }} options
 */
export function timeline(desk, { inThread }) {
  const list = h("div", { class: "timeline-list", role: "log", "aria-live": "off", "aria-label": "Messages" });
  const before = h("div", { class: "timeline-before" });
  const more = h(
    "button",
    { type: "button", class: "timeline-more", hidden: true, onclick: () => toEnd() },
    "New messages ↓",
  );
  const scroller = h("div", { class: "timeline", tabindex: "0" }, before, list);
  const node = h("div", { class: "timeline-frame" }, scroller, more);
  const toEnd = () => {
    scroller.scrollTop = scroller.scrollHeight;
    more.hidden = true;
  };
  scroller.addEventListener("scroll", () => {
    if (isAtEnd(scroller)) more.hidden = true;
  });
  // a picture that loads, or a composer that grows, must not push the newest message out of sight
  let follows = true;
  scroller.addEventListener("scroll", () => (follows = isAtEnd(scroller)));
  const resized = new ResizeObserver(() => follows && toEnd());
  resized.observe(list);
  resized.observe(scroller);

  let shown = "";
  return {
    node,
    /**
     * @param {string} key of the place; another one starts at its end
     * @param {readonly Message[]} messages
     * @param {Node | undefined} beginning stands above the first message
     */
    update(key, messages, beginning) {
      const moved = key !== shown;
      const stays = !moved && !isAtEnd(scroller);
      const last = list.lastElementChild;
      if (moved) {
        shown = key;
        list.replaceChildren();
      }
      if (beginning) before.replaceChildren(beginning);
      reconcile(list, items(desk, messages, inThread));
      if (!stays) {
        follows = true;
        toEnd();
      } else if (
        list.lastElementChild !== last &&
        list.lastElementChild?.getAttribute("data-key") !== last?.getAttribute("data-key")
      ) {
        more.hidden = false;
      }
    },
  };
}

/** @param {HTMLElement} scroller */
function isAtEnd(scroller) {
  return scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < nearEndPx;
}

/**
 * @param {Desk} desk
 * @param {readonly Message[]} messages
 * @param {boolean} inThread
 */
function items(desk, messages, inThread) {
  const { store } = desk;
  /** @type {{ key: string, signature: string, build: () => HTMLElement }[]} */
  const all = [];
  /** @type {Message | undefined} */
  let previous;
  for (const message of messages) {
    const day = dateOf(message.ts).toDateString();
    const newDay = !previous || dateOf(previous.ts).toDateString() !== day;
    if (newDay && !inThread) {
      const name = dayName(dateOf(message.ts));
      all.push({ key: `day ${day}`, signature: name, build: () => h("div", { class: "day" }, h("span", {}, name)) });
    }
    const replies = inThread ? [] : store.repliesTo(message.channel, message.ts);
    const options = {
      compact: !newDay && previous !== undefined && goTogether(previous, message),
      inThread,
      replies: inThread ? 0 : Math.max(message.reply_count, replies.length),
      lastReply: replies.at(-1)?.ts,
    };
    const signature = JSON.stringify([message, options, store.userName(message.user)]);
    all.push({ key: message.ts, signature, build: () => messageArticle(desk, message, options) });
    previous = message;
  }
  return all;
}

/**
 * @param {Message} first
 * @param {Message} second
 */
function goTogether(first, second) {
  return (
    first.user === second.user &&
    first.ephemeral_for === undefined &&
    second.ephemeral_for === undefined &&
    first.reply_count === 0 &&
    Number(second.ts) - Number(first.ts) < togetherSeconds
  );
}
