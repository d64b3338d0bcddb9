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
  if (!address) return h("span", { class: "bk-no-image" }, alt);
  return h("img", { class: className, src: address, alt, title: alt, loading: "lazy", referrerpolicy: "no-referrer" });
}
