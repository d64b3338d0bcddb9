/** How many lines are remembered for each person. */
const mostLines = 50;

/**
 * What a person has sent, for the arrow-up key; kept in this browser.
 * @param {() => string} who id of the person
 */
export function history(who) {
  const key = () => `local-slack.history.${who()}`;
  /** @returns {string[]} */
  const lines = () => {
    try {
      return JSON.parse(localStorage.getItem(key()) ?? "[]");
    } catch {
      return [];
    }
  };
  let back = 0;
  let draft = "";
  return {
    /** @param {string} line */
    add(line) {
      const others = lines().filter((other) => other !== line);
      localStorage.setItem(key(), JSON.stringify([...others, line].slice(-mostLines)));
      back = 0;
    },
    reset() {
      back = 0;
    },
    get isBrowsing() {
      return back > 0;
    },
    /**
     * @param {1 | -1} step 1 is older
     * @param {string} current what stands in the field
     * @returns {string | undefined} what to show, undefined when there is nothing further
     */
    go(step, current) {
      const all = lines();
      const to = back + step;
      if (to < 0 || to > all.length) return undefined;
      if (back === 0) draft = current;
      back = to;
      return to === 0 ? draft : all[all.length - to];
    },
  };
}
