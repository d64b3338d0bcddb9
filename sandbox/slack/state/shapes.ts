import { present, type Json } from "../json.ts";
import type { Store, StoredChannel, StoredFile, StoredMessage, StoredPerson } from "./store.ts";

/** A user object (https://docs.slack.dev/reference/objects/user-object). The address needs `users:read.email`. */
export function userShape(person: StoredPerson, options: { readonly withEmail: boolean }): Json {
  const [first = "", ...rest] = person.real_name.split(" ");
  return present({
    id: person.id,
    team_id: person.team_id,
    name: person.name,
    deleted: person.deleted,
    color: person.deleted ? undefined : "9f69e7",
    real_name: person.real_name,
    tz: person.tz,
    tz_label: "Central European Time",
    tz_offset: 3600,
    profile: present({
      title: person.title,
      phone: "",
      skype: "",
      real_name: person.real_name,
      real_name_normalized: person.real_name,
      display_name: person.name,
      display_name_normalized: person.name,
      first_name: first,
      last_name: rest.join(" "),
      status_text: "",
      status_emoji: "",
      status_expiration: 0,
      avatar_hash: "g0",
      email: options.withEmail && !person.is_bot && !person.is_stranger ? person.email : undefined,
      team: person.team_id,
    }),
    is_admin: person.is_admin,
    is_owner: person.is_owner,
    is_primary_owner: false,
    is_restricted: person.is_restricted,
    is_ultra_restricted: person.is_ultra_restricted,
    is_bot: person.is_bot,
    is_app_user: false,
    // Slack sends the key for strangers only
    is_stranger: person.is_stranger ? true : undefined,
    updated: 1_700_000_000,
    is_email_confirmed: !person.is_bot,
  });
}

/** A conversation object (https://docs.slack.dev/reference/objects/conversation-object) as the bot sees it. */
export function channelShape(store: Store, channel: StoredChannel): Json {
  const base = {
    id: channel.id,
    created: channel.created,
    is_archived: channel.is_archived,
    updated: channel.created * 1000,
  };
  if (channel.kind === "im") {
    const user = channel.members.find((member) => member !== store.botUser) ?? store.botUser;
    return {
      ...base,
      is_im: true,
      is_org_shared: false,
      context_team_id: store.seed.team.id,
      user,
      is_user_deleted: store.person(user)?.deleted ?? false,
      priority: 0,
    };
  }
  const teams = [store.seed.team.id, ...channel.connected_team_ids];
  return {
    ...base,
    name: channel.name,
    name_normalized: channel.name,
    is_channel: true,
    is_group: false,
    is_im: false,
    is_mpim: false,
    is_private: channel.kind === "private",
    is_general: channel.name === "general",
    unlinked: 0,
    is_shared: channel.is_ext_shared || channel.is_org_shared,
    is_org_shared: channel.is_org_shared,
    is_ext_shared: channel.is_ext_shared,
    is_pending_ext_shared: channel.is_pending_ext_shared,
    pending_shared: [],
    pending_connected_team_ids: [],
    shared_team_ids: teams,
    ...(channel.is_ext_shared
      ? { connected_team_ids: channel.connected_team_ids, conversation_host_id: store.seed.team.id }
      : {}),
    context_team_id: store.seed.team.id,
    creator: channel.members[0] ?? store.botUser,
    is_member: channel.members.includes(store.botUser),
    topic: { value: channel.topic, creator: channel.members[0] ?? "", last_set: channel.created },
    purpose: { value: "", creator: "", last_set: 0 },
    previous_names: [],
  };
}

/** A message object. `metadata` is there when the caller asked for it or made it. */
export function messageShape(store: Store, message: StoredMessage, options: { readonly metadata: boolean }): Json {
  const { seed } = store;
  const replies = store.replies(message.channel, message.ts);
  const isBot = message.user === seed.bot.id;
  return present({
    type: "message",
    subtype: message.tombstone ? "tombstone" : undefined,
    hidden: message.tombstone ? true : undefined,
    user: message.tombstone ? "USLACKBOT" : message.user,
    client_msg_id: message.client_msg_id,
    text: message.text,
    ts: message.ts,
    team: seed.team.id,
    bot_id: isBot ? seed.bot.bot_id : undefined,
    app_id: isBot ? seed.app.id : undefined,
    bot_profile: isBot ? botProfile(store) : undefined,
    blocks: message.blocks.length > 0 ? message.blocks : undefined,
    attachments: message.attachments.length > 0 ? message.attachments : undefined,
    edited: message.edited,
    metadata: options.metadata ? message.metadata : undefined,
    files: message.files.length > 0 ? message.files.map((file) => fileShape(store, file)) : undefined,
    upload: message.files.length > 0 ? false : undefined,
    thread_ts: message.thread_ts ?? (replies.length > 0 ? message.ts : undefined),
    parent_user_id:
      message.thread_ts === undefined ? undefined : store.message(message.channel, message.thread_ts)?.user,
    reply_count: replies.length > 0 ? replies.length : undefined,
    reply_users_count: replies.length > 0 ? new Set(replies.map((reply) => reply.user)).size : undefined,
    latest_reply: replies.at(-1)?.ts,
    reply_users: replies.length > 0 ? [...new Set(replies.map((reply) => reply.user))] : undefined,
    reactions: reactionShapes(message),
  });
}

function reactionShapes(message: StoredMessage): readonly Json[] | undefined {
  const reactions = Object.entries(message.reactions).filter(([, users]) => users.length > 0);
  if (reactions.length === 0) return undefined;
  return reactions.map(([name, users]) => ({ name, users, count: users.length }));
}

export function botProfile(store: Store): Json {
  const { seed } = store;
  return {
    id: seed.bot.bot_id,
    app_id: seed.app.id,
    user_id: seed.bot.id,
    name: store.person(seed.bot.id)?.name ?? "bot",
    icons: { image_36: "", image_48: "", image_72: "" },
    deleted: false,
    updated: 1_700_000_000,
    team_id: seed.team.id,
  };
}

/** A file object; its addresses are paths of this server. */
export function fileShape(store: Store, file: StoredFile): Json {
  const path = `/files-pri/${store.seed.team.id}-${file.id}/${encodeURIComponent(file.name)}`;
  return {
    id: file.id,
    created: file.created,
    timestamp: file.created,
    name: file.name,
    title: file.title,
    mimetype: "text/plain",
    filetype: file.snippet_type === "" ? "text" : file.snippet_type,
    pretty_type: "Plain Text",
    user: store.botUser,
    user_team: store.seed.team.id,
    editable: true,
    size: file.size,
    mode: "snippet",
    is_external: false,
    external_type: "",
    is_public: false,
    public_url_shared: false,
    display_as_bot: false,
    username: "",
    url_private: path,
    url_private_download: path,
    permalink: path,
    is_starred: false,
    has_more_shares: false,
    has_rich_preview: false,
    file_access: "visible",
  };
}
