/** Times as Slack shows them; timestamps are Slack's (`seconds.micros`, as text). */

const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const clockWithSeconds = new Intl.DateTimeFormat(undefined, {
  hour: "2-digit",
  minute: "2-digit",
  second: "2-digit",
  hourCycle: "h23",
});
const longDay = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
const numericDay = new Intl.DateTimeFormat(undefined, { year: "numeric", month: "2-digit", day: "2-digit" });
const mediumDay = new Intl.DateTimeFormat(undefined, { dateStyle: "medium" });
const fullDay = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const dayMs = 24 * 60 * 60 * 1000;

/** @param {string} ts */
export function dateOf(ts) {
  return new Date(Number(ts) * 1000);
}

/** @param {string} ts */
export function timeOfDay(ts) {
  return clock.format(dateOf(ts));
}

/** @param {string} ts with the day, for a tooltip */
export function exactTime(ts) {
  return `${fullDay.format(dateOf(ts))}, ${clockWithSeconds.format(dateOf(ts))}`;
}

/** @param {Date} date "Today", "Yesterday" or the weekday with its date */
export function dayName(date) {
  return relativeDay(date) ?? longDay.format(date);
}

/** @param {string} ts inside a sentence: "today at 08:18" */
export function dayAndTime(ts) {
  const date = dateOf(ts);
  return `${relativeDay(date)?.toLowerCase() ?? longDay.format(date)} at ${timeOfDay(ts)}`;
}

/** @param {Date} date */
function relativeDay(date) {
  const today = new Date();
  if (date.toDateString() === today.toDateString()) return "Today";
  if (date.toDateString() === new Date(today.getTime() - dayMs).toDateString()) return "Yesterday";
  return undefined;
}

/** @type {ReadonlyMap<string, (date: Date) => string>} Slack's tokens: docs.slack.dev, "Date formatting" */
const tokens = new Map(
  Object.entries({
    date_num: (/** @type {Date} */ date) => numericDay.format(date),
    date: (/** @type {Date} */ date) => mediumDay.format(date),
    date_short: (/** @type {Date} */ date) => mediumDay.format(date),
    date_long: (/** @type {Date} */ date) => fullDay.format(date),
    date_pretty: (/** @type {Date} */ date) => relativeDay(date)?.toLowerCase() ?? mediumDay.format(date),
    date_short_pretty: (/** @type {Date} */ date) => relativeDay(date)?.toLowerCase() ?? mediumDay.format(date),
    date_long_pretty: (/** @type {Date} */ date) => relativeDay(date)?.toLowerCase() ?? fullDay.format(date),
    time: (/** @type {Date} */ date) => clock.format(date),
    time_secs: (/** @type {Date} */ date) => clockWithSeconds.format(date),
    ago: (/** @type {Date} */ date) => ago(date),
  }),
);

/**
 * @param {number} seconds since 1970
 * @param {string} format as in `<!date^…^{date_short} at {time}|…>`
 * @param {string} fallback shown when the date is none
 */
export function formatDate(seconds, format, fallback) {
  const date = new Date(seconds * 1000);
  if (Number.isNaN(date.getTime())) return fallback;
  return format.replaceAll(/\{(\w+)\}/g, (whole, token) => tokens.get(token)?.(date) ?? whole);
}

/** @param {Date} date */
function ago(date) {
  const seconds = Math.round((Date.now() - date.getTime()) / 1000);
  if (seconds < 60) return "just now";
  const minutes = Math.round(seconds / 60);
  if (minutes < 60) return `${minutes} min ago`;
  const hours = Math.round(minutes / 60);
  return hours < 24 ? `${hours} h ago` : mediumDay.format(date);
}
