import { withIds } from "../block-kit/ids.ts";
import type { Clock } from "../clock.ts";
import type { View } from "../control.ts";
import { newId, newSecret } from "../ids.ts";
import { objectOf, objectsOf, textOf, type Json } from "../json.ts";
import type { WorkspaceSeed } from "../workspace.ts";

/** Modals on top of each other (https://docs.slack.dev/surfaces/modals). */
const maxStack = 3;

export interface StoredView {
  readonly user: string;
  /** The view as the app sees it. */
  readonly shape: Json;
  /** From the last `response_action: "errors"`. */
  readonly errors: Readonly<Record<string, string>>;
}

export type ViewChange =
  | { readonly type: "view"; readonly view: StoredView }
  | { readonly type: "view_closed"; readonly user: string; readonly id: string };

/** The open modals (a stack for each person) and the Homes. */
export class Views {
  readonly #seed: WorkspaceSeed;
  readonly #clock: Clock;
  readonly #stacks = new Map<string, StoredView[]>();
  readonly #homes = new Map<string, StoredView>();
  readonly #tell: (change: ViewChange) => void;

  constructor(options: {
    readonly seed: WorkspaceSeed;
    readonly clock: Clock;
    readonly onChange: (change: ViewChange) => void;
  }) {
    this.#seed = options.seed;
    this.#clock = options.clock;
    this.#tell = options.onChange;
  }

  stack(user: string): readonly StoredView[] {
    return this.#stacks.get(user) ?? [];
  }

  home(user: string): StoredView | undefined {
    return this.#homes.get(user);
  }

  find(id: string): StoredView | undefined {
    return this.#all().find((view) => view.shape["id"] === id);
  }

  findExternal(externalId: string): StoredView | undefined {
    return externalId === "" ? undefined : this.#all().find((view) => view.shape["external_id"] === externalId);
  }

  #all(): readonly StoredView[] {
    return [...[...this.#stacks.values()].flat(), ...this.#homes.values()];
  }

  /** A new stack; what was open is gone. */
  open(user: string, view: Json): StoredView {
    this.closeAll(user);
    return this.#put(user, view);
  }

  /** Undefined when the stack is full. */
  push(user: string, view: Json): StoredView | undefined {
    return this.stack(user).length >= maxStack ? undefined : this.#put(user, view);
  }

  #put(user: string, view: Json): StoredView {
    const stack = this.#stacks.get(user) ?? [];
    const id = newId("V");
    const root = stack[0]?.shape["id"] ?? id;
    const stored = this.#stored(user, view, {
      id,
      previous_view_id: stack.at(-1)?.shape["id"] ?? null,
      root_view_id: root,
    });
    this.#stacks.set(user, [...stack, stored]);
    this.#tell({ type: "view", view: stored });
    return stored;
  }

  publish(user: string, view: Json): StoredView {
    const known = this.#homes.get(user)?.shape["id"];
    const id = typeof known === "string" ? known : newId("V");
    const stored = this.#stored(user, view, { id, previous_view_id: null, root_view_id: id });
    this.#homes.set(user, stored);
    this.#tell({ type: "view", view: stored });
    return stored;
  }

  /** Replaces what a view shows; it keeps its id and place, and gets a new hash. */
  update(old: StoredView, view: Json): StoredView {
    const { id, previous_view_id, root_view_id } = old.shape;
    return this.#replace(old, this.#stored(old.user, view, { id, previous_view_id, root_view_id }));
  }

  setErrors(old: StoredView, errors: Readonly<Record<string, string>>): StoredView {
    return this.#replace(old, { ...old, errors });
  }

  #replace(old: StoredView, next: StoredView): StoredView {
    if (this.#homes.get(old.user)?.shape["id"] === old.shape["id"]) this.#homes.set(old.user, next);
    else {
      const stack = this.stack(old.user).map((one) => (one.shape["id"] === old.shape["id"] ? next : one));
      this.#stacks.set(old.user, stack);
    }
    this.#tell({ type: "view", view: next });
    return next;
  }

  /** Takes a view off the stack, with all that lie on it. */
  close(view: StoredView): void {
    const stack = this.stack(view.user);
    const at = stack.findIndex((one) => one.shape["id"] === view.shape["id"]);
    if (at < 0) return;
    this.#stacks.set(view.user, stack.slice(0, at));
    for (const gone of stack.slice(at)) this.#tellClosed(gone);
  }

  closeAll(user: string): void {
    const stack = this.stack(user);
    this.#stacks.delete(user);
    for (const gone of stack) this.#tellClosed(gone);
  }

  #tellClosed(view: StoredView): void {
    this.#tell({ type: "view_closed", user: view.user, id: textOf(view.shape, "id") ?? "" });
  }

  #stored(user: string, view: Json, place: Json): StoredView {
    const shape = {
      team_id: this.#seed.team.id,
      type: view["type"],
      blocks: withIds(objectsOf(view, "blocks")),
      private_metadata: textOf(view, "private_metadata") ?? "",
      callback_id: textOf(view, "callback_id") ?? "",
      state: { values: {} },
      hash: `${Math.floor(this.#clock.now() / 1000)}.${newSecret().slice(0, 8)}`,
      title: view["title"] ?? { type: "plain_text", text: "View Title", emoji: true },
      clear_on_close: view["clear_on_close"] === true,
      notify_on_close: view["notify_on_close"] === true,
      close: view["close"] ?? null,
      submit: view["submit"] ?? null,
      app_id: this.#seed.app.id,
      external_id: textOf(view, "external_id") ?? "",
      app_installed_team_id: this.#seed.team.id,
      bot_id: this.#seed.bot.bot_id,
      ...place,
    };
    return { user, shape, errors: {} };
  }
}

/** The view as the page sees it. */
export function viewForPage(view: StoredView): View {
  const { shape } = view;
  const submit = textOf(objectOf(shape, "submit") ?? {}, "text");
  const close = textOf(objectOf(shape, "close") ?? {}, "text");
  return {
    id: textOf(shape, "id") ?? "",
    hash: textOf(shape, "hash") ?? "",
    type: shape["type"] === "home" ? "home" : "modal",
    title: textOf(objectOf(shape, "title") ?? {}, "text") ?? "",
    blocks: objectsOf(shape, "blocks"),
    errors: view.errors,
    ...(submit === undefined ? {} : { submit }),
    ...(close === undefined ? {} : { close }),
  };
}
