/** Building elements: everything on the page passes through here, so text of others only ever becomes text. */

/** @typedef {Node | string | number | null | undefined | false} Child */

/**
 * Makes an element. `on…` properties that are functions become listeners, `value`, `checked` and `selected` are set
 * as properties, `true`/`false` toggle an attribute, everything else is an attribute.
 * @template {keyof HTMLElementTagNameMap} T
 * @param {T} tag
 * @param {Readonly<Record<string, unknown>>} [props]
 * @param {...Child} children
 * @returns {HTMLElementTagNameMap[T]}
 */
export function h(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) setProp(node, name, value);
  append(node, children);
  return node;
}

/**
 * @param {HTMLElement} node
 * @param {string} name
 * @param {unknown} value
 */
function setProp(node, name, value) {
  if (value === undefined || value === null) return;
  if (name.startsWith("on")) {
    // only functions: a string would become an inline handler
    if (typeof value === "function") node.addEventListener(name.slice(2), /** @type {EventListener} */ (value));
  } else if (name === "value" || name === "checked" || name === "selected") Reflect.set(node, name, value);
  else if (typeof value === "boolean" && !name.startsWith("aria-")) node.toggleAttribute(name, value);
  else node.setAttribute(name, `${/** @type {string | number | boolean} */ (value)}`);
}

/**
 * @param {ParentNode} node
 * @param {readonly Child[]} children
 */
export function append(node, children) {
  for (const child of children) {
    if (child === null || child === undefined || child === false || child === "") continue;
    node.append(child instanceof Node ? child : String(child));
  }
}

/**
 * @param {readonly Child[]} children
 * @returns {DocumentFragment}
 */
export function fragment(children) {
  const all = document.createDocumentFragment();
  append(all, children);
  return all;
}

/**
 * A small line drawing of 20×20 units; decorative, so the control around it needs its own label.
 * @param {string} path
 * @returns {SVGSVGElement}
 */
export function icon(path) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 20 20");
  svg.setAttribute("aria-hidden", "true");
  svg.setAttribute("class", "icon");
  const line = document.createElementNS("http://www.w3.org/2000/svg", "path");
  line.setAttribute("d", path);
  svg.append(line);
  return svg;
}

export const icons = {
  close: "M5 5l10 10M15 5L5 15",
  menu: "M3 5h14M3 10h14M3 15h14",
  send: "M3 10l14-6-5 13-3-5z M9 12l8-8",
  eye: "M2 10s3-5 8-5 8 5 8 5-3 5-8 5-8-5-8-5z M10 12a2 2 0 1 0 0-4 2 2 0 0 0 0 4z",
  file: "M5 2h7l4 4v12H5z M12 2v4h4",
  reply: "M4 5h12v8H9l-4 3v-3H4z",
  more: "M5 10h.01M10 10h.01M15 10h.01",
  down: "M5 8l5 5 5-5",
  lock: "M5 9h10v8H5z M7 9V6a3 3 0 0 1 6 0v3",
  box: "M10 2l7 4v8l-7 4-7-4V6z M3 6l7 4 7-4 M10 10v8",
  people: "M7 9a3 3 0 1 0 0-6 3 3 0 0 0 0 6z M2 17c0-3 2-5 5-5s5 2 5 5 M13 3.5a3 3 0 0 1 0 5 M15 12.5c2 .7 3 2.3 3 4.5",
  check: "M4 10l4 4 8-8",
};

/**
 * Brings the children of a list to the wanted keys in the wanted order; an element whose signature is unchanged stays,
 * so that focus, selections and open menus in it survive.
 * @param {HTMLElement} list
 * @param {readonly { readonly key: string, readonly signature: string, readonly build: () => HTMLElement }[]} items
 */
export function reconcile(list, items) {
  /** @type {Map<string, HTMLElement>} */
  const present = new Map();
  for (const child of list.children) {
    if (child instanceof HTMLElement && child.dataset["key"]) present.set(child.dataset["key"], child);
  }
  /** @type {ChildNode | null} */
  let cursor = list.firstChild;
  for (const item of items) {
    const old = present.get(item.key);
    present.delete(item.key);
    const node = old?.dataset["signature"] === item.signature ? old : item.build();
    node.dataset["key"] = item.key;
    node.dataset["signature"] = item.signature;
    if (old && node !== old) {
      if (cursor === old) cursor = node;
      old.replaceWith(node);
    }
    if (node === cursor) cursor = cursor.nextSibling;
    else list.insertBefore(node, cursor);
  }
  for (const gone of present.values()) gone.remove();
}
