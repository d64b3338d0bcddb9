import { mrkdwn, unescapeEntities, withEmoji } from "../text/mrkdwn.js";

/** @typedef {import("../text/mentions.js").Names} Names */
/** @typedef {{ readonly type?: string, readonly text?: string, readonly emoji?: boolean }} TextObject */

/**
 * Slack's text object: `mrkdwn` or `plain_text`.
 * @param {TextObject | undefined} text
 * @param {Names} names
 * @returns {Node}
 */
export function textObject(text, names) {
  if (text?.type === "mrkdwn") return mrkdwn(text.text ?? "", names);
  return document.createTextNode(plain(text));
}

/** @param {TextObject | undefined} text as it can stand in a label or an attribute */
export function plain(text) {
  const words = text?.text ?? "";
  if (text?.type === "mrkdwn") return withEmoji(unescapeEntities(words.replaceAll(/[*_~`]/g, "")));
  return text?.emoji === false ? words : withEmoji(words);
}
