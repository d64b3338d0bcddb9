import { whileBusy } from "../blocks/button.js";
import { missingInputs } from "../blocks/input-block.js";
import { renderBlocks } from "../blocks/render.js";
import { send } from "../core/api.js";
import { h, icon, icons } from "../core/dom.js";
import { avatar } from "./avatar.js";
import { keepingFocus } from "./focus.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../control.ts").View} View */

/**
 * The modal on top of the person's stack.
 * @param {Desk} desk
 */
export function modalStack(desk) {
  const dialog = h("dialog", { class: "dialog", "aria-labelledby": "modal-title" });
  document.body.append(dialog);
  /** @type {View | undefined} */
  let top;
  let drawn = "";
  let failure = "";
  /** @type {Record<string, string>} what the page itself found wrong */
  let ownErrors = {};

  const redraw = () => {
    drawn = "";
    update();
  };
  const close = async () => {
    if (!top) return;
    const delivered = await send("close", { as: desk.store.as, view_id: top.id, state: {} });
    if (!delivered.ok) desk.notices.fail(delivered.shown ?? "");
  };
  const submit = async (/** @type {HTMLElement} */ button) => {
    if (!top || button.ariaBusy === "true") return;
    const form = desk.form(top.id);
    failure = "";
    ownErrors = missingInputs(top.blocks, form);
    if (Object.keys(ownErrors).length > 0) {
      redraw();
      return;
    }
    const body = { as: desk.store.as, view_id: top.id, state: form.values() };
    await whileBusy(button, async () => {
      const delivered = await send("submit", body);
      if (!delivered.ok) failure = delivered.shown ?? "";
    });
    if (failure) redraw();
  };
  // an input that is being mended is not wrong any more
  const mended = (/** @type {string} */ blockId) => {
    const { [blockId]: _, ...others } = ownErrors;
    ownErrors = others;
    const wrong = dialog.querySelector(`.bk-input-wrong[data-block="${CSS.escape(blockId)}"]`);
    wrong?.classList.remove("bk-input-wrong");
    wrong?.querySelector(".bk-error")?.remove();
    wrong?.querySelector("[aria-invalid]")?.removeAttribute("aria-invalid");
  };
  const fail = (/** @type {string} */ sentence) => {
    failure = sentence;
    redraw();
  };

  dialog.addEventListener("cancel", (event) => {
    event.preventDefault();
    // Esc in an open list closes only that list
    if (event.target === dialog && !dialog.querySelector("[popover]:popover-open")) void close();
  });

  const update = () => {
    const view = desk.store.modals.at(-1);
    if (view?.id !== top?.id) {
      failure = "";
      ownErrors = {};
      if (top && !desk.store.modals.some((other) => other.id === top?.id)) desk.forget(top.id);
    }
    top = view;
    if (!view) {
      drawn = "";
      if (dialog.open) dialog.close();
      return;
    }
    const errors = Object.keys(ownErrors).length > 0 ? ownErrors : view.errors;
    const signature = JSON.stringify([view, errors, failure, desk.store.as]);
    if (signature === drawn) return;
    const isNew = dialog.dataset["view"] !== view.id || !dialog.open;
    drawn = signature;
    desk.form(view.id).onSet = mended;
    dialog.dataset["view"] = view.id;
    const kept = keepingFocus(dialog, () => {
      dialog.replaceChildren(modalForm(desk, view, { errors, failure, fail, close, submit }));
    });
    if (!dialog.open) dialog.showModal();
    const wrong = /** @type {HTMLElement | null} */ (dialog.querySelector(".bk-input-wrong [data-focus]"));
    const first = /** @type {HTMLElement | null} */ (
      dialog.querySelector("[autofocus]:not([popover] *), .dialog-body [data-focus], [type=submit]")
    );
    if (wrong) wrong.focus();
    else if (isNew || !kept) first?.focus();
  };
  return { update };
}

/**
 * @typedef {object} ModalParts
 * @property {Readonly<Record<string, string>>} errors
 * @property {string} failure a sentence about the last submission or action, empty when it went well
 * @property {(sentence: string) => void} fail
 * @property {() => Promise<void>} close
 * @property {(button: HTMLElement) => Promise<void>} submit
 */

/**
 * @param {Desk} desk
 * @param {View} view
 * @param {ModalParts} parts
 */
function modalForm(desk, view, { errors, failure, fail, close, submit }) {
  const surface = desk.surface({ type: "view", view_id: view.id }, { errors, fail });
  const send = h(
    "button",
    { type: "submit", class: "button button-primary" },
    h("span", { class: "button-label" }, view.submit ?? ""),
  );
  const onsubmit = (/** @type {Event} */ event) => {
    event.preventDefault();
    if (view.submit) void submit(send);
  };
  return h(
    "form",
    { class: "dialog-form", novalidate: true, onsubmit },
    h(
      "header",
      { class: "dialog-head" },
      avatar(desk.store, desk.store.state?.bot.user_id ?? ""),
      h("h2", { class: "dialog-title", id: "modal-title" }, view.title),
      h(
        "button",
        { type: "button", class: "button-plain", "aria-label": "Close", onclick: () => void close() },
        icon(icons.close),
      ),
    ),
    failure && h("p", { class: "dialog-failure", role: "alert" }, failure),
    h("div", { class: "dialog-body" }, renderBlocks(view.blocks, surface)),
    h(
      "footer",
      { class: "dialog-foot" },
      h(
        "button",
        { type: "button", class: "button", onclick: () => void close() },
        view.close ?? (view.submit ? "Cancel" : "Close"),
      ),
      view.submit && send,
    ),
  );
}
