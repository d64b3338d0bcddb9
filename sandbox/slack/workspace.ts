/** Who and what is there when the local Slack starts. */
export interface PersonSeed {
  readonly id: string;
  readonly name: string;
  readonly real_name: string;
  readonly title: string;
  /** A word for the page only ("admin", "operator", "guest"); Slack knows nothing of it. */
  readonly role: string;
  readonly email?: string;
  readonly tz?: string;
  /** Another team's id for a person who is here through Slack Connect. */
  readonly team_id?: string;
  readonly is_admin?: boolean;
  readonly is_owner?: boolean;
  readonly is_bot?: boolean;
  readonly is_restricted?: boolean;
  readonly is_ultra_restricted?: boolean;
  readonly is_stranger?: boolean;
  readonly deleted?: boolean;
}

export interface ChannelSeed {
  readonly id: string;
  readonly name: string;
  readonly kind: "public" | "private";
  readonly topic: string;
  /** User ids, the bot's among them when it is in the channel. */
  readonly members: readonly string[];
  readonly is_archived?: boolean;
  readonly is_ext_shared?: boolean;
  readonly is_org_shared?: boolean;
  readonly is_pending_ext_shared?: boolean;
  readonly connected_team_ids?: readonly string[];
}

export interface GroupSeed {
  readonly id: string;
  readonly handle: string;
  readonly name: string;
  readonly users: readonly string[];
}

export interface WorkspaceSeed {
  readonly team: { readonly id: string; readonly name: string; readonly domain: string };
  readonly app: { readonly id: string };
  /** `id` is the bot's user, `bot_id` what its messages carry. */
  readonly bot: { readonly id: string; readonly bot_id: string };
  readonly people: readonly PersonSeed[];
  readonly channels: readonly ChannelSeed[];
  readonly groups: readonly GroupSeed[];
  /** Lines for the page: what a newcomer may try. */
  readonly suggestions: readonly string[];
}

const bot = "U0LXDBOT1";
const [alice, bob, carl, gina, dora] = ["U0ALICE01", "U0BOB0001", "U0CARL001", "U0GINA001", "U0DORA001"] as const;

export const defaultWorkspace: WorkspaceSeed = {
  team: { id: "T0ACME001", name: "acme", domain: "acme" },
  app: { id: "A0LXDBOT1" },
  bot: { id: bot, bot_id: "B0LXDBOT1" },
  people: [
    { id: alice, name: "alice", real_name: "Alice Archer", title: "Platform lead", role: "admin", is_admin: true },
    { id: bob, name: "bob", real_name: "Bob Baker", title: "Operator", role: "operator" },
    { id: carl, name: "carl", real_name: "Carl Cooper", title: "Developer", role: "member" },
    { id: gina, name: "gina", real_name: "Gina Glover", title: "Contractor", role: "guest", is_restricted: true },
    {
      id: dora,
      name: "dora",
      real_name: "Dora Draper",
      title: "Zenith support",
      role: "external",
      is_stranger: true,
      team_id: "T0ZENITH1",
    },
  ],
  channels: [
    {
      id: "C0OPS0001",
      name: "ops",
      kind: "public",
      topic: "Containers and calm",
      members: [alice, bob, carl, gina, bot],
    },
    { id: "C0DEV0001", name: "dev", kind: "public", topic: "The bot is not in here", members: [alice, bob, carl] },
    { id: "C0SECRET1", name: "secret", kind: "private", topic: "Private, without the bot", members: [alice, bob] },
    {
      id: "C0SHARED1",
      name: "shared",
      kind: "public",
      topic: "Shared with Zenith (Slack Connect)",
      members: [alice, bob, dora, bot],
      is_ext_shared: true,
      connected_team_ids: ["T0ZENITH1"],
    },
  ],
  groups: [{ id: "S0OPSTEAM", handle: "ops-team", name: "Operations", users: [alice, bob] }],
  suggestions: [],
};
