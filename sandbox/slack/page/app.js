import { openPermalink, readRoute } from "./core/route.js";
import { Store } from "./core/store.js";
import { Desk } from "./parts/desk.js";
import { mainPane } from "./parts/main-pane.js";
import { modalStack } from "./parts/modal.js";
import { Notices } from "./parts/notices.js";
import { sidebar } from "./parts/sidebar.js";
import { threadPane } from "./parts/thread.js";

/** How much of a message a screen reader is told when it arrives. Characters. */
const announcedCharacters = 200;

// a permalink becomes an address of ours, and its message is pointed at
let meant = openPermalink();

const store = new Store();
const notices = new Notices(byId("notices"), byId("announcer"));
const desk = new Desk(store, notices, readRoute());
const parts = [
  sidebar(desk, byId("sidebar")),
  mainPane(desk, byId("main")),
  threadPane(desk, byId("thread")),
  modalStack(desk),
];

store.onChange(() => {
  if (!store.state) return;
  // the store becomes the server's first person when the address names none, or nobody who exists
  if (desk.route.as !== store.as) desk.go({ as: store.as, place: desk.route.place, thread: desk.route.thread });
  const { team, bot } = store.state;
  document.title = `${store.me?.name ?? ""} in ${team.name}`;
  document.body.classList.toggle("bot-off", !bot.connected);
  for (const part of parts) part.update();
  if (meant) pointAt(meant);
  meant = "";
});
store.onArrival((message) => {
  if (message.user === store.as) return;
  notices.announce(`${store.userName(message.user)}: ${message.text.slice(0, announcedCharacters)}`);
});

// the person moved with the browser's own buttons, or edited the address
addEventListener("hashchange", () => {
  const route = readRoute();
  if (JSON.stringify(route) !== JSON.stringify(desk.route)) desk.go(route);
});
const shade = byId("shade");
shade.hidden = false;
shade.addEventListener("click", () => document.body.classList.remove("drawer-open"));
addEventListener("keydown", (event) => {
  if (event.key === "Escape") document.body.classList.remove("drawer-open");
});

store.become(desk.route.as);

/** @param {string} ts */
function pointAt(ts) {
  const message = document.querySelector(`[data-ts="${CSS.escape(ts)}"]`);
  message?.classList.add("message-meant");
  message?.scrollIntoView({ block: "center" });
}

/** @param {string} id */
function byId(id) {
  const node = document.getElementById(id);
  if (!node) throw new Error(`the page has no #${id}`);
  return node;
}
