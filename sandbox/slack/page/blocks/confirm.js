import { h } from "../core/dom.js";
import { plain, textObject } from "./text-object.js";

/** @typedef {import("../text/mentions.js").Names} Names */

/**
 * Asks Slack's confirmation dialog, if there is one to ask.
 * @param {{ readonly [key: string]: any } | undefined} confirm
 * @param {Names} names
 * @returns {Promise<boolean>} true when the person agrees, or nothing had to be asked
 */
export function confirmed(confirm, names) {
  if (!confirm) return Promise.resolve(true);
  const { promise, resolve } = Promise.withResolvers();
  const close = (/** @type {string} */ answer) => () => dialog.close(answer);
  const dialog = h(
    "dialog",
    { class: "dialog dialog-small", role: "alertdialog", "aria-label": plain(confirm["title"]) },
    h("h2", { class: "dialog-title" }, plain(confirm["title"]) || "Are you sure?"),
    h("div", { class: "dialog-body bk-text" }, textObject(confirm["text"], names)),
    h(
      "div",
      { class: "dialog-foot" },
      h("button", { type: "button", class: "button", onclick: close("no") }, plain(confirm["deny"]) || "Cancel"),
      h(
        "button",
        {
          type: "button",
          class: `button ${confirm["style"] === "danger" ? "button-danger-full" : "button-primary"}`,
          autofocus: true,
          onclick: close("yes"),
        },
        plain(confirm["confirm"]) || "Yes",
      ),
    ),
  );
  dialog.addEventListener("close", () => {
    dialog.remove();
    resolve(dialog.returnValue === "yes");
  });
  // inside an open modal it must stand in it, otherwise the modal makes it inert
  (document.querySelector("dialog[open]") ?? document.body).append(dialog);
  dialog.showModal();
  return promise;
}
