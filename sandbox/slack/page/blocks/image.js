import { h } from "../core/dom.js";
import { safeAddress } from "../text/links.js";
import { withEmoji } from "../text/mrkdwn.js";

/**
 * @param {{ readonly [key: string]: any }} part an image block or element
 * @param {string} className
 */
export function image(part, className) {
  const address = safeAddress(part["image_url"] ?? part["slack_file"]?.url ?? "");
  const alt = withEmoji(part["alt_text"] ?? "");
  const words = h("span", { class: "bk-no-image" }, alt || "(picture)");
  if (!address) return words;
  const picture = h("img", { class: className, src: address, alt, title: alt, referrerpolicy: "no-referrer" });
  // the page loads nothing from other places, so a picture of theirs is told in words
  picture.addEventListener("error", () => picture.replaceWith(words));
  return picture;
}
