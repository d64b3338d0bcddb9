import { h } from "../core/dom.js";

/**
 * How ids become names.
 * @typedef {object} Names
 * @property {(id: string) => string} user
 * @property {(id: string) => string} channel
 * @property {string} me id of the person who looks
 */

/**
 * @param {string} id
 * @param {Names} names
 */
export function userMention(id, names) {
  return h("span", { class: id === names.me ? "mention mention-me" : "mention" }, `@${names.user(id)}`);
}

/**
 * @param {string} id
 * @param {Names} names
 */
export function channelMention(id, names) {
  return h("span", { class: "mention" }, `#${names.channel(id)}`);
}

/** @param {string} word `here`, `channel`, or a group's name */
export function wordMention(word) {
  return h("span", { class: "mention mention-me" }, word.startsWith("@") ? word : `@${word}`);
}
