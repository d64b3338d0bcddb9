import type { Delivered, OpenHome } from "../control.ts";
import { actor, delivered, isRefusal, refused, type Stage } from "./stage.ts";

/** A person opens the app's Home tab. Apps without one have nothing to open. */
export async function openHome(stage: Stage, opened: OpenHome): Promise<Delivered> {
  const person = actor(stage, opened.as);
  if (isRefusal(person)) return person;
  if (!stage.app.homeTab) return refused("not_enabled", "This app has no Home tab.");
  const view = stage.views.home(person.id)?.shape;
  const channel = stage.store.openIm(person.id);
  const sent = stage.events.homeOpened(person.id, { channel, tab: "home", ...(view === undefined ? {} : { view }) });
  return sent === undefined ? { ok: true, delivery: "" } : delivered(sent.id, await sent.answered, "");
}
