/** The page's side of the control API (`sandbox/slack/control.ts`). Nothing here throws: a failure is an answer with `shown`. */

/** @typedef {import("../../control.ts").Delivered} Delivered */
/** @typedef {import("../../control.ts").State} State */
/** @typedef {import("../../control.ts").Suggested} Suggested */

/** Longer than Slack's 3 s to acknowledge, so that the server's own answer about a slow app arrives first. Milliseconds. */
const requestTimeoutMs = 10_000;

const unreachable = "The local Slack does not answer. Is it still running?";

/**
 * @param {"say" | "act" | "submit" | "close" | "home"} what
 * @param {object} body
 * @returns {Promise<Delivered>}
 */
export async function send(what, body) {
  const answer = await post(what, body);
  if (!answer) return { ok: false, delivery: "", error: "unreachable", shown: unreachable };
  const delivered = /** @type {Delivered} */ (answer);
  if (delivered.ok) return delivered;
  return { ...delivered, shown: delivered.shown ?? `It did not work (${delivered.error ?? "no reason given"}).` };
}

/**
 * @param {object} body
 * @returns {Promise<Suggested>}
 */
export async function suggest(body) {
  const answer = /** @type {Partial<Suggested> | undefined} */ (await post("suggest", body));
  if (!answer) return { ok: false, options: [], shown: unreachable };
  return { ok: true, ...answer, options: answer.options ?? [] };
}

/**
 * @param {string} as empty: whoever the server puts first
 * @returns {Promise<State | "nobody" | undefined>} "nobody" when there is no such person, undefined when the server
 *   gave no answer that can be used
 */
export async function fetchState(as) {
  try {
    const answer = await fetch(`/control/state${query(as)}`, { signal: AbortSignal.timeout(requestTimeoutMs) });
    if (answer.status === 404) return "nobody";
    return answer.ok ? await answer.json() : undefined;
  } catch {
    return undefined;
  }
}

/** @param {string} as */
export function openEvents(as) {
  return new EventSource(`/control/events${query(as)}`);
}

/** @param {string} as */
function query(as) {
  return as === "" ? "" : `?${new URLSearchParams({ as })}`;
}

/**
 * @param {string} what
 * @param {object} body
 * @returns {Promise<unknown>} undefined when there was no readable answer
 */
async function post(what, body) {
  try {
    const answer = await fetch(`/control/${what}`, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify(body),
      signal: AbortSignal.timeout(requestTimeoutMs),
    });
    return await answer.json();
  } catch {
    return undefined;
  }
}
