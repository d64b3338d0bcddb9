import type { Store, StoredChannel } from "../state/store.ts";

/** A word that stands for a person, group or channel, at the beginning or after a blank, bracket or quote. */
const mention = /(^|[\s("'=,])([@#])([a-z0-9][a-z0-9._-]*)/gu;
const link = /\bhttps?:\/\/[^\s<>|"]+/gu;
const linkEnd = /[.,;:!?)'\]]+$/u;

/** For clients the only characters that must be escaped (https://docs.slack.dev/messaging/formatting-message-text). */
export function escapeText(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

/**
 * What Slack's client makes of typed text: escapes, links in angle brackets, mentions with ids.
 * In the text of a command (with `should_escape`) a mention carries its name too: `<@U1|bob>`.
 */
export function escapeTyped(
  text: string,
  options: { readonly store: Store; readonly as: string; readonly names: boolean },
): string {
  const linked = escapeText(text).replace(link, (found) => {
    const tail = linkEnd.exec(found)?.[0] ?? "";
    return `<${found.slice(0, found.length - tail.length)}>${tail}`;
  });
  return linked.replace(mention, (whole, before: string, sign: string, name: string) => {
    const trimmed = name.replace(/[._-]+$/u, "");
    const found = sign === "@" ? mentioned(trimmed, options) : channelMention(trimmed, options);
    return found === undefined ? whole : `${before}${found}${name.slice(trimmed.length)}`;
  });
}

function mentioned(
  name: string,
  { store, names }: { readonly store: Store; readonly names: boolean },
): string | undefined {
  if (name === "here" || name === "channel" || name === "everyone") return `<!${name}>`;
  const person = store.people.find((one) => one.name === name && !one.deleted);
  if (person !== undefined) return names ? `<@${person.id}|${person.name}>` : `<@${person.id}>`;
  const group = store.groups.find((one) => one.handle === name);
  if (group === undefined) return undefined;
  return names ? `<!subteam^${group.id}|@${group.handle}>` : `<!subteam^${group.id}>`;
}

function channelMention(
  name: string,
  { store, as }: { readonly store: Store; readonly as: string },
): string | undefined {
  const channel = store.channels.find((one) => one.name === name && mayName(one, as));
  return channel === undefined ? undefined : `<#${channel.id}|${channel.name}>`;
}

/** Private channels are completed for their members only. */
function mayName(channel: StoredChannel, as: string): boolean {
  return channel.kind === "public" || (channel.kind === "private" && channel.members.includes(as));
}
