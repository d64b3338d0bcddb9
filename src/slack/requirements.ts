/**
 * What the manifest must ask for. A test compares this with the manifest and with the calls in this folder.
 * Scopes: https://docs.slack.dev/reference/methods; alternatives depend on the kind of channel, and all are needed.
 */
export const methodScopes = {
  "apps.connections.open": [],
  "auth.test": [],
  "chat.getPermalink": [],
  "chat.postEphemeral": ["chat:write"],
  // `chat:write.public`: in public channels where nobody has invited the bot
  "chat.postMessage": ["chat:write", "chat:write.public"],
  "chat.update": ["chat:write"],
  "conversations.history": ["channels:history", "groups:history", "im:history"],
  "conversations.open": ["im:write"],
  "conversations.replies": ["channels:history", "groups:history", "im:history"],
  "usergroups.list": ["usergroups:read"],
  "users.info": ["users:read"],
  "views.open": [],
  "views.publish": [],
} as const satisfies Record<string, readonly string[]>;

/** https://docs.slack.dev/reference/events */
export const eventScopes = {
  app_home_opened: [],
  app_mention: ["app_mentions:read"],
  app_uninstalled: [],
  "message.im": ["im:history"],
  tokens_revoked: [],
  user_change: ["users:read"],
} as const satisfies Record<string, readonly string[]>;

export const commandNames = ["/lxd"] as const;
const commandScopes = ["commands"];

/** Every bot scope that the code needs, sorted. */
export const botScopes: readonly string[] = [
  ...new Set([...Object.values(methodScopes).flat(), ...Object.values(eventScopes).flat(), ...commandScopes]),
].sort();
