/**
 * What a person chose and typed in the inputs of one message or view, in Slack's shape (`state.values`).
 * It outlives redrawing: a value stays as long as the same block and element are drawn with the same initial value,
 * as Slack does on `views.update`.
 */

/** @typedef {Readonly<Record<string, unknown>>} ElementState */

export class Form {
  /** @type {Map<string, { blockId: string, actionId: string, initial: string, state: ElementState }>} */
  #kept = new Map();
  /** @type {Set<string>} */
  #drawn = new Set();
  /** Told after each change of a value. @type {((blockId: string) => void) | undefined} */
  onSet;

  /** To be called before the blocks are drawn again: what is not drawn any more is no longer sent. */
  redraw() {
    this.#drawn.clear();
  }

  /**
   * @param {string} blockId
   * @param {string} actionId
   * @param {ElementState} initial
   * @returns {ElementState} the state to draw
   */
  start(blockId, actionId, initial) {
    const key = JSON.stringify([blockId, actionId]);
    this.#drawn.add(key);
    const kept = this.#kept.get(key);
    if (kept?.initial === JSON.stringify(initial)) return kept.state;
    this.#kept.set(key, { blockId, actionId, initial: JSON.stringify(initial), state: initial });
    return initial;
  }

  /**
   * @param {string} blockId
   * @param {string} actionId
   * @param {ElementState} state
   */
  set(blockId, actionId, state) {
    const kept = this.#kept.get(JSON.stringify([blockId, actionId]));
    if (kept) kept.state = state;
    this.onSet?.(blockId);
  }

  /**
   * @param {string} blockId
   * @param {string} actionId
   * @returns {ElementState | undefined}
   */
  get(blockId, actionId) {
    return this.#kept.get(JSON.stringify([blockId, actionId]))?.state;
  }

  /** @returns {Record<string, Record<string, ElementState>>} block_id → action_id → state */
  values() {
    /** @type {Record<string, Record<string, ElementState>>} */
    const all = {};
    for (const [key, kept] of this.#kept) {
      if (!this.#drawn.has(key)) continue;
      (all[kept.blockId] ??= {})[kept.actionId] = kept.state;
    }
    return all;
  }
}
