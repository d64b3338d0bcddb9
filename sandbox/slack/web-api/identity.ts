import { present } from "../json.ts";
import { botProfile } from "../state/shapes.ts";
import type { Store } from "../state/store.ts";
import { ApiError, type Method } from "./call.ts";

/** api.test, auth.test, apps.connections.open, team.info, bots.info. */
export function identityMethods(options: {
  readonly store: Store;
  /** A fresh Socket Mode address; undefined in HTTP mode. */
  readonly connectionUrl: () => string | undefined;
}): Readonly<Record<string, Method>> {
  const { store } = options;
  const { seed } = store;
  const url = `https://${seed.team.domain}.slack.com/`;
  return {
    "api.test": (args) => {
      const { token: _, ...echoed } = args.all;
      const error = args.text("error");
      if (error !== undefined) throw new ApiError(error, { args: echoed });
      return Object.keys(echoed).length === 0 ? {} : { args: echoed };
    },
    "auth.test": (_args, caller) => {
      const { id, bot_id } = seed.bot;
      if (caller.type === "app") return { app_name: store.person(id)?.name ?? "", app_id: seed.app.id };
      const user = store.person(id)?.name ?? "";
      return {
        url,
        team: seed.team.name,
        user,
        team_id: seed.team.id,
        user_id: id,
        bot_id,
        is_enterprise_install: false,
      };
    },
    "apps.connections.open": () => {
      const address = options.connectionUrl();
      // what Slack answers when Socket Mode is switched off was not seen; `forbidden_team` is the closest documented word
      if (address === undefined) throw new ApiError("forbidden_team");
      return { url: address };
    },
    "team.info": (args) => {
      const team = args.text("team");
      if (team !== undefined && team !== seed.team.id) throw new ApiError("team_not_found");
      return {
        team: {
          id: seed.team.id,
          name: seed.team.name,
          domain: seed.team.domain,
          url,
          email_domain: "",
          icon: { image_default: true },
          is_verified: false,
        },
      };
    },
    "bots.info": (args) => {
      const id = args.text("bot") ?? seed.bot.bot_id;
      if (id !== seed.bot.bot_id) throw new ApiError("bot_not_found");
      const { team_id: _, ...bot } = botProfile(store);
      return { bot: present(bot) };
    },
  };
}
