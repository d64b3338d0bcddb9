/** Who looks at what, kept in the address (`#as=U1&in=C1&thread=1700.1`), so that two windows can be two people. */

/**
 * @typedef {object} Route
 * @property {string} as id of the person, empty before the first choice
 * @property {string} place id of a channel, or `home`; empty for the default
 * @property {string} thread timestamp of the open thread's root, empty when closed
 */

const rememberedPerson = "local-slack.as";

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
