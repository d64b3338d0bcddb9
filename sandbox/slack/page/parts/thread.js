import { h, icon, icons } from "../core/dom.js";
import { composer } from "./composer.js";
import { timeline } from "./timeline.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * The pane on the right: one thread, live.
 * @param {Desk} desk
 * @param {HTMLElement} node
 */
export function threadPane(desk, node) {
  const where = h("p", { class: "pane-topic" });
  const count = h("span", { class: "pane-count" });
  const close = h(
    "button",
    { type: "button", class: "button-plain", "aria-label": "Close thread", onclick: () => desk.go({ thread: "" }) },
    icon(icons.close),
  );
  const messages = timeline(desk, { inThread: true });
  const write = composer(desk, () => ({ channel: desk.place, thread_ts: desk.route.thread }));
  node.append(
    h("header", { class: "pane-head" }, h("div", { class: "pane-title" }, h("h1", {}, "Thread"), where), count, close),
    h("div", { class: "pane-body" }, messages.node, write.node),
  );
  node.addEventListener("keydown", (event) => {
    // Esc in an open list or menu closes only that
    const isOurs = event.key === "Escape" && !event.defaultPrevented && !node.querySelector(":popover-open");
    if (isOurs) desk.go({ thread: "" });
  });
  let shown = "";

  return {
    update() {
      const { store, place } = desk;
      const { thread } = desk.route;
      const channel = store.channel(place);
      const root = thread === "" ? undefined : store.message(place, thread);
      const replies = thread === "" ? [] : store.repliesTo(place, thread);
      node.hidden = !channel || (!root && replies.length === 0);
      document.body.classList.toggle("thread-open", !node.hidden);
      const key = node.hidden ? "" : `${store.as} ${place} ${thread}`;
      if (!node.hidden && channel) {
        where.textContent = desk.channelTitle(channel);
        messages.update(key, root ? [root, ...replies] : replies, undefined);
        write.update({ place: key, placeholder: "Reply…" });
        count.textContent = replies.length === 1 ? "1 reply" : `${replies.length} replies`;
        // with a touch screen the field would open the keyboard over the thread
        if (key !== shown) (matchMedia("(hover: hover)").matches ? write : close).focus({ preventScroll: true });
      } else if (shown !== "") {
        focusOpener(shown.split(" ").at(-1) ?? "");
      }
      shown = key;
    },
  };
}

/** @param {string} root timestamp of the thread that was closed: the focus goes back to what opened it */
function focusOpener(root) {
  const opener = document.querySelector(`#main [data-ts="${CSS.escape(root)}"] .thread-link`);
  if (opener instanceof HTMLElement) opener.focus({ preventScroll: true });
}
