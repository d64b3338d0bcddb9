import type { HomeView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { renderParts } from "./render/reply.ts";

const view: HomeView = {
  type: "home",
  blocks: renderParts([
    { type: "header", text: "Containers from Slack" },
    {
      type: "text",
      text: "Run your team's LXD containers by typing. Every job tells its story in one thread: what is done, how far it is, and what came of it.",
    },
    {
      type: "list",
      items: [
        [{ code: "/lxd help" }, " shows what you can do"],
        [{ code: "/lxd list" }, " shows the containers of all remotes"],
        [{ code: "/lxd launch ubuntu:24.04 web1" }, " makes one"],
        [{ code: "/lxd job list" }, " shows what is being done"],
      ],
    },
    { type: "note", text: "In a thread, mention me instead: slash commands do not work there." },
  ]),
};

/** Shows the app's Home to a person who has opened it. */
export async function publishHome(web: WebClient, userId: string): Promise<void> {
  await web.views.publish({ user_id: userId, view });
}
