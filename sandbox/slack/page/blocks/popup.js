/** Room between a control and what it opens, and between that and the window's edge. Pixels. */
const gapPx = 4;

/**
 * Puts an open popover under its control, or above it where there is more room. The browser draws it over everything,
 * and closes it on Esc and on a click elsewhere.
 * @param {HTMLElement} popup with the `popover` attribute
 * @param {HTMLElement} anchor
 */
export function place(popup, anchor) {
  const at = anchor.getBoundingClientRect();
  popup.style.minWidth = `${Math.min(at.width, innerWidth - 2 * gapPx)}px`;
  const { width, height } = popup.getBoundingClientRect();
  const below = innerHeight - at.bottom - gapPx;
  const top = height <= below || below >= at.top ? at.bottom + gapPx : Math.max(gapPx, at.top - gapPx - height);
  popup.style.top = `${top}px`;
  popup.style.left = `${Math.max(gapPx, Math.min(at.left, innerWidth - width - gapPx))}px`;
}

/**
 * The index to go to from an arrow, Home or End key.
 * @param {string} key
 * @param {number} from -1: none yet
 * @param {number} count
 * @returns {number | undefined} undefined when the key is no such key
 */
export function move(key, from, count) {
  if (count === 0) return undefined;
  if (key === "ArrowDown") return (from + 1) % count;
  if (key === "ArrowUp") return from <= 0 ? count - 1 : from - 1;
  if (key === "Home") return 0;
  return key === "End" ? count - 1 : undefined;
}
