import type { Json } from "../json.ts";
import { userShape } from "../state/shapes.ts";
import type { Store } from "../state/store.ts";
import { ApiError, type Caller, type Method } from "./call.ts";
import { cursorMetadata, pageOf } from "./pages.ts";

const usersPage = { preset: 1000, max: 1000 };

/** users.*, usergroups.*: who is who. */
export function peopleMethods(store: Store): Readonly<Record<string, Method>> {
  return {
    "users.info": (args, caller) => {
      const person = store.person(args.text("user") ?? "");
      if (person === undefined) throw new ApiError("user_not_found");
      return { user: userShape(person, { withEmail: mayRead(caller) }) };
    },
    "users.list": (args, caller) => {
      const page = pageOf(store.people, args, usersPage);
      const members = page.items.map((person) => userShape(person, { withEmail: mayRead(caller) }));
      return { members, cache_ts: Math.floor(Date.now() / 1000), ...cursorMetadata(page.nextCursor) };
    },
    "users.lookupByEmail": (args) => {
      const email = args.text("email")?.toLowerCase();
      const found = store.people.find(
        (one) => one.email.toLowerCase() === email && !one.deleted && !one.is_bot && !one.is_stranger,
      );
      if (found === undefined) throw new ApiError("users_not_found");
      return { user: userShape(found, { withEmail: true }) };
    },
    "usergroups.list": (args) => ({
      usergroups: store.groups.map((group) => ({
        id: group.id,
        team_id: store.seed.team.id,
        is_usergroup: true,
        is_subteam: true,
        name: group.name,
        description: "",
        handle: group.handle,
        is_external: false,
        date_create: 1_700_000_000,
        date_update: 1_700_000_000,
        date_delete: 0,
        auto_type: null,
        auto_provision: false,
        enterprise_subteam_id: "",
        created_by: group.users[0] ?? "",
        updated_by: group.users[0] ?? "",
        deleted_by: null,
        prefs: { channels: [], groups: [] },
        user_count: group.users.length,
        ...(args.flag("include_users") ? { users: group.users } : {}),
      })),
    }),
    "usergroups.users.list": (args) => {
      const group = store.groups.find((one) => one.id === args.text("usergroup"));
      if (group === undefined) throw new ApiError("no_such_subteam");
      return { users: group.users };
    },
  } satisfies Readonly<Record<string, (...args: never[]) => Json>> & Readonly<Record<string, Method>>;
}

function mayRead(caller: Caller): boolean {
  return caller.scopes.includes("users:read.email");
}
