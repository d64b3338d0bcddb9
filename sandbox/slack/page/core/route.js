/** Who looks at what, kept in the address (`#as=U1&in=C1&thread=1700.1`), so that two windows can be two people. */

/**
 * @typedef {object} Route
 * @property {string} as id of the person, empty before the first choice
 * @property {string} place id of a channel, or `home`; empty for the default
 * @property {string} thread timestamp of the open thread's root, empty when closed
 */

const rememberedPerson = "local-slack.as";

/** A permalink as Slack makes them: the timestamp without its dot. */
const permalink = /^\/archives\/(\w+)\/p(\d+)(\d{6})$/;

/**
 * Turns the address of a permalink into one of ours.
 * @returns {string} timestamp of the message that is meant, empty when the address was no permalink
 */
export function openPermalink() {
  const [, place, seconds, micros] = permalink.exec(location.pathname) ?? [];
  if (!place) return "";
  const thread = new URLSearchParams(location.search).get("thread_ts") ?? "";
  history.replaceState(null, "", `/#${new URLSearchParams({ ...readRoute(), in: place, thread })}`);
  return `${seconds}.${micros}`;
}

/** @returns {Route} */
export function readRoute() {
  const hash = new URLSearchParams(location.hash.slice(1));
  const as = hash.get("as") ?? localStorage.getItem(rememberedPerson) ?? "";
  const place = hash.get("in") ?? (as ? (localStorage.getItem(`local-slack.in.${as}`) ?? "") : "");
  return { as, place, thread: hash.get("thread") ?? "" };
}

/** @param {Route} route */
export function writeRoute(route) {
  const hash = new URLSearchParams({ as: route.as });
  if (route.place) hash.set("in", route.place);
  if (route.thread) hash.set("thread", route.thread);
  if (location.hash.slice(1) !== hash.toString()) location.hash = hash.toString();
  localStorage.setItem(rememberedPerson, route.as);
  if (route.place) localStorage.setItem(`local-slack.in.${route.as}`, route.place);
}
