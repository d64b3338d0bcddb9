import { h, icon, icons } from "../core/dom.js";

/** How long a notice about a failure stays. Milliseconds. */
const noticeMs = 8_000;
/** More at once than these push the oldest out. */
const mostNotices = 3;

/** Short sentences in the corner, and what a screen reader is told. */
export class Notices {
  #corner;
  #announcer;

  /**
   * @param {HTMLElement} corner
   * @param {HTMLElement} announcer an `aria-live` region
   */
  constructor(corner, announcer) {
    this.#corner = corner;
    this.#announcer = announcer;
  }

  /** @param {string} sentence empty when there is nothing that Slack would show */
  fail(sentence) {
    if (sentence === "") return;
    const notice = h(
      "div",
      { class: "notice", role: "alert" },
      h("span", {}, sentence),
      h(
        "button",
        { type: "button", class: "button-plain", "aria-label": "Dismiss", onclick: () => notice.remove() },
        icon(icons.close),
      ),
    );
    this.#corner.append(notice);
    while (this.#corner.childElementCount > mostNotices) this.#corner.firstElementChild?.remove();
    setTimeout(() => notice.remove(), noticeMs);
  }

  /** @param {string} text */
  announce(text) {
    this.#announcer.textContent = text;
  }
}
