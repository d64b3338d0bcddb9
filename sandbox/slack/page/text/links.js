import { h } from "../core/dom.js";

/** What a bot may make clickable; `javascript:` and the like stay text. */
const linkedProtocols = new Set(["http:", "https:", "mailto:"]);

/**
 * @param {string} address
 * @param {string | Node} label
 * @returns {HTMLElement}
 */
export function link(address, label) {
  const url = safeAddress(address);
  if (!url) return h("span", { title: address }, label);
  return h("a", { href: url, target: "_blank", rel: "noopener noreferrer" }, label);
}

/**
 * @param {string} address relative ones are meant to be the local Slack's own (files)
 * @returns {string | undefined} the whole address if it may be followed
 */
export function safeAddress(address) {
  const url = URL.parse(address, location.href);
  return url && linkedProtocols.has(url.protocol) ? url.href : undefined;
}
