import { h, icon, icons } from "../core/dom.js";

/** @typedef {import("./desk.js").Desk} Desk */
/** @typedef {import("../../control.ts").Channel} Channel */

/**
 * What stands above the first message of a channel: where one is, and what a newcomer may do here.
 * @param {Desk} desk
 * @param {Channel} channel
 */
export function beginning(desk, channel) {
  const bot = desk.store.state?.bot;
  const title = desk.channelTitle(channel);
  const isMember = bot !== undefined && channel.members.includes(bot.user_id);
  return h(
    "div",
    { class: "beginning" },
    h("h2", {}, title),
    h("p", {}, whereYouAre(channel, title)),
    isMember && h("ol", { class: "steps" }, ...steps(bot.name).map(step)),
    bot && !isMember && h("p", {}, `${bot.name} is not in this channel; its slash commands work here all the same.`),
    h(
      "p",
      { class: "beginning-small" },
      "A local Slack for trying things out: nothing that you type leaves this machine.",
    ),
  );
}

/**
 * @param {Channel} channel
 * @param {string} title
 */
function whereYouAre(channel, title) {
  if (channel.kind === "im") return `This is the beginning of your conversation with ${title}.`;
  return `This is the beginning of ${title}, a ${channel.kind} channel with ${channel.members.length} members.`;
}

/** @param {string} botName */
function steps(botName) {
  return [
    {
      sign: icons.send,
      title: "Type a command",
      text: "Take one of the lines below the messages, or press / for what there is.",
    },
    {
      sign: icons.reply,
      title: "Open the thread",
      text: `${botName} tells the story of each job in one thread, live.`,
    },
    {
      sign: icons.people,
      title: "Become somebody else",
      text: "Choose another person above the channels, and see what they may do.",
    },
  ];
}

/** @param {ReturnType<typeof steps>[number]} part */
function step({ sign, title, text }) {
  return h("li", {}, icon(sign), h("b", {}, title), h("span", {}, text));
}
