import { h, icon, icons } from "../core/dom.js";

/** How many colours the stylesheet has for people (`.avatar-0` …). */
const colours = 6;

/**
 * A square with a person's initial, or the bot's box.
 * @param {import("../core/store.js").Store} store
 * @param {string} userId
 */
export function avatar(store, userId) {
  if (store.isBot(userId)) return h("span", { class: "avatar avatar-bot", "aria-hidden": "true" }, icon(icons.box));
  const name = store.userName(userId);
  const people = store.state?.people.filter((person) => !person.is_bot) ?? [];
  const place = Math.max(
    0,
    people.findIndex((person) => person.id === userId),
  );
  return h(
    "span",
    { class: `avatar avatar-${place % colours}`, "aria-hidden": "true" },
    name.slice(0, 1).toUpperCase(),
  );
}
