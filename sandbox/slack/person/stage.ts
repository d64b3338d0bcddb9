import type { Delivered } from "../control.ts";
import type { Deliveries } from "../delivery/deliveries.ts";
import type { Events } from "../delivery/events.ts";
import type { ResponseUrls } from "../delivery/response-urls.ts";
import type { Answer } from "../delivery/transport.ts";
import type { Triggers } from "../delivery/triggers.ts";
import type { Json } from "../json.ts";
import type { App } from "../manifest.ts";
import type { Store, StoredChannel, StoredPerson } from "../state/store.ts";
import type { Views } from "../state/views.ts";

/** What a person's deeds touch. */
export interface Stage {
  readonly app: App;
  readonly store: Store;
  readonly views: Views;
  readonly events: Events;
  readonly deliveries: Deliveries;
  readonly triggers: Triggers;
  readonly responseUrls: ResponseUrls;
  /** The old verification token of every payload. */
  readonly token: string;
}

/** Refused before anything was sent to the app; `delivery` is empty then. */
export function refused(error: string, shown: string): Delivered {
  return { ok: false, delivery: "", error, shown };
}

export function delivered(id: string, answer: Answer, shown: string): Delivered {
  return answer.type === "acknowledged"
    ? { ok: true, delivery: id, ack_ms: Math.round(answer.ms * 100) / 100 }
    : { ok: false, delivery: id, error: answer.error, shown };
}

/** Who acts, when he may act at all. */
export function actor(stage: Stage, id: string): StoredPerson | Delivered {
  const person = stage.store.person(id);
  if (person === undefined || person.is_bot) return refused("user_not_found", "There is no such person here.");
  if (person.deleted) return refused("account_inactive", "This account was deactivated.");
  return person;
}

export function isRefusal(value: object): value is Delivered {
  return "ok" in value;
}

/** The `user` of interactions; a person of another team comes with that team's id. */
export function interactionUser(person: StoredPerson): Json {
  return { id: person.id, username: person.name, name: person.name, team_id: person.team_id };
}

/** Slack names neither private channels nor direct messages in payloads. */
export function payloadChannelName(channel: StoredChannel): string {
  return { public: channel.name, private: "privategroup", im: "directmessage" }[channel.kind];
}

export function interactionBase(stage: Stage, person: StoredPerson): Json {
  const { seed } = stage.store;
  return {
    user: interactionUser(person),
    api_app_id: seed.app.id,
    token: stage.token,
    team: { id: seed.team.id, domain: seed.team.domain },
    enterprise: null,
    is_enterprise_install: false,
  };
}
