/**
 * Redraws, and gives the focus back to the control that had it (known by `data-focus`), with its selection.
 * @param {HTMLElement} node
 * @param {() => void} redraw
 * @returns {boolean} false when no control had the focus, or it is gone
 */
export function keepingFocus(node, redraw) {
  const focused = node.contains(document.activeElement) ? document.activeElement : null;
  const key = focused?.getAttribute("data-focus");
  const range = isText(focused) ? [focused.selectionStart, focused.selectionEnd] : undefined;
  const { scrollTop } = node;
  redraw();
  node.scrollTop = scrollTop;
  const next = key ? node.querySelector(`[data-focus="${CSS.escape(key)}"]`) : null;
  if (!(next instanceof HTMLElement)) return false;
  next.focus({ preventScroll: true });
  if (range && isText(next) && range[0] !== null) next.setSelectionRange(range[0] ?? null, range[1] ?? null);
  return true;
}

/**
 * @param {Element | null} node
 * @returns {node is HTMLInputElement | HTMLTextAreaElement}
 */
function isText(node) {
  return node instanceof HTMLTextAreaElement || (node instanceof HTMLInputElement && node.type === "text");
}
