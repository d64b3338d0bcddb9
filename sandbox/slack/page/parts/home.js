import { renderBlocks } from "../blocks/render.js";
import { send } from "../core/api.js";
import { h } from "../core/dom.js";
import { homePlace } from "./desk.js";
import { keepingFocus } from "./focus.js";

/** @typedef {import("./desk.js").Desk} Desk */

/**
 * The app's Home tab. Coming to it tells the app (`app_home_opened`), which then publishes the view.
 * @param {Desk} desk
 */
export function homeTab(desk) {
  const node = h("div", { class: "home", tabindex: "0", hidden: true });
  let opened = "";
  let drawn = "";

  const open = async () => {
    const delivered = await send("home", { as: desk.store.as });
    if (!delivered.ok) desk.notices.fail(delivered.shown ?? "");
  };
  // leaving and coming back opens it again, as in Slack
  addEventListener("hashchange", () => {
    if (desk.place !== homePlace) opened = "";
  });

  return {
    node,
    update() {
      const view = desk.store.home;
      if (opened !== desk.store.as) {
        opened = desk.store.as;
        void open();
      }
      const signature = JSON.stringify([view, desk.store.as]);
      if (signature === drawn) return;
      drawn = signature;
      keepingFocus(node, () => node.replaceChildren(view ? blocks(desk, view) : waiting(desk)));
    },
  };
}

/**
 * @param {Desk} desk
 * @param {import("../../control.ts").View} view
 */
function blocks(desk, view) {
  return h("div", { class: "home-view" }, renderBlocks(view.blocks, desk.surface({ type: "view", view_id: view.id })));
}

/** @param {Desk} desk */
function waiting(desk) {
  const { bot } = desk.store.state ?? {};
  return h(
    "p",
    { class: "home-empty" },
    bot?.connected
      ? `${bot.name} has not shown anything here yet.`
      : `${bot?.name} is not connected, so its Home is empty.`,
  );
}
