import type { Clock } from "../clock.ts";
import { messageOf } from "../errors.ts";
import { LxdRefused } from "../lxd/errors.ts";
import type { LxdEvent } from "../lxd/operations/event-shapes.ts";
import type { InstanceFull } from "../lxd/resources/instance-shapes.ts";
import type { Log } from "../log.ts";
import type { Remote, Remotes } from "../remotes/registry.ts";

/** What is known of one remote's instances. */
export interface RemoteView {
  readonly remote: string;
  /** `live`: listed, and followed by events since. `lost`: what is here was true at `at`. `new`: nothing has been heard yet. */
  readonly state: "new" | "live" | "lost";
  /** When the server was last listed or heard of. */
  readonly at: number | undefined;
  readonly error: string | undefined;
  readonly instances: readonly InstanceFull[];
}

/** A server that is asked for its instances answers within this, or its rows are told as they were. */
export const listBudgetMs = 2_000;
/** How long a new remote's first list is waited for when a name has to be found. */
const firstListMs = 3_000;
/** A listing is not trusted for longer: addresses change without an event. */
const freshForMs = 10_000;
/** Changes of one instance that come together are read once. */
const settleMs = 50;

interface State {
  view: RemoteView;
  listing: Promise<void> | undefined;
  listedAt: number;
  readonly pending: Map<string, NodeJS.Timeout>;
  readonly unsubscribe: () => void;
  readonly ended: AbortController;
}

/**
 * What the bot knows of all remotes' instances, kept true by each server's events; after every reconnect the server is
 * listed again, since nothing is replayed. In memory only: the servers are the truth.
 */
export class Inventory implements AsyncDisposable {
  readonly #registry: Remotes;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #states = new Map<string, State>();
  readonly #unwatch: () => void;

  constructor(options: { readonly registry: Remotes; readonly clock: Clock; readonly log: Log }) {
    this.#registry = options.registry;
    this.#clock = options.clock;
    this.#log = options.log;
    this.#unwatch = this.#registry.watch(({ added, removed }) => {
      for (const name of removed) this.#forget(name);
      for (const remote of added) this.#follow(remote);
    });
  }

  /** What is known now, without asking anybody. */
  view(remote: string): RemoteView | undefined {
    return this.#states.get(remote)?.view;
  }

  /** All remotes as they are now: each is asked if what is known is old, and given `listBudgetMs` to answer. */
  async fresh(remotes: readonly string[], signal: AbortSignal): Promise<readonly RemoteView[]> {
    const views = await Promise.all(remotes.map((remote) => this.#fresh(remote, signal)));
    return views.filter((view) => view !== undefined);
  }

  /** The remotes that have an instance of this name, and those that cannot be asked now. */
  async whoHas(
    instance: { readonly project: string; readonly name: string },
    signal: AbortSignal,
  ): Promise<{ readonly having: readonly string[]; readonly silent: readonly string[] }> {
    await Promise.all(this.#registry.names.map((remote) => this.#known(remote, signal)));
    const having: string[] = [];
    const silent: string[] = [];
    for (const remote of this.#registry.names) {
      const view = this.view(remote);
      if (view?.instances.some(({ name, project }) => name === instance.name && project === instance.project))
        having.push(remote);
      else if (view?.state !== "live") silent.push(remote);
    }
    return { having, silent };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#unwatch();
    for (const name of this.#states.keys()) this.#forget(name);
    await Promise.resolve();
  }

  #follow(remote: Remote): void {
    const state: State = {
      view: { remote: remote.name, state: "new", at: undefined, error: undefined, instances: [] },
      listing: undefined,
      listedAt: 0,
      pending: new Map(),
      unsubscribe: remote.events.subscribe((event) => this.#hear(remote.name, event)),
      ended: new AbortController(),
    };
    this.#states.set(remote.name, state);
    remote.events.start();
  }

  #forget(name: string): void {
    const state = this.#states.get(name);
    if (!state) return;
    this.#states.delete(name);
    state.unsubscribe();
    state.ended.abort(new Error("the remote is gone"));
    for (const timer of state.pending.values()) clearTimeout(timer);
  }

  #hear(remote: string, event: LxdEvent): void {
    const state = this.#states.get(remote);
    if (!state) return;
    switch (event.type) {
      case "connected":
        void this.#list(remote, state);
        return;
      case "disconnected":
        state.view = { ...state.view, state: state.view.state === "new" ? "new" : "lost", error: event.reason };
        return;
      case "lifecycle":
        if (event.action.startsWith("instance-")) this.#heard(remote, state, event);
        return;
      case "operation":
        return;
      default:
        event satisfies never;
    }
  }

  /** An instance came, went or changed: it alone is read again (both names, when it was renamed). */
  #heard(remote: string, state: State, event: Extract<LxdEvent, { type: "lifecycle" }>): void {
    const name = /\/1\.0\/(?:instances|containers|virtual-machines)\/([^/?]+)/.exec(event.source)?.[1];
    if (name === undefined) return;
    const project = event.project === "" ? "default" : event.project;
    const oldName = event.context["old_name"];
    for (const each of [decodeURIComponent(name), ...(typeof oldName === "string" ? [oldName] : [])]) {
      const key = `${project}/${each}`;
      if (state.pending.has(key)) continue;
      const timer = setTimeout(() => {
        state.pending.delete(key);
        void this.#read(remote, state, { project, name: each });
      }, settleMs);
      timer.unref();
      state.pending.set(key, timer);
    }
  }

  async #read(remote: string, state: State, ref: { readonly project: string; readonly name: string }): Promise<void> {
    try {
      const lxd = this.#registry.lxd(remote, {
        requestId: "inventory",
        signal: AbortSignal.any([state.ended.signal, AbortSignal.timeout(listBudgetMs)]),
      });
      const { value } = await lxd.instances.get(ref);
      const [current, snapshots] = await Promise.all([lxd.instances.state(ref), lxd.instances.snapshots(ref)]);
      this.#replace(state, ref, { ...value, state: current, snapshots: [...snapshots] });
    } catch (error) {
      if (state.ended.signal.aborted) return;
      const gone = error instanceof LxdRefused && error.status === 404;
      if (gone) this.#replace(state, ref, undefined);
      else void this.#list(remote, state);
    }
  }

  #replace(
    state: State,
    ref: { readonly project: string; readonly name: string },
    instance: InstanceFull | undefined,
  ): void {
    const others = state.view.instances.filter(({ name, project }) => name !== ref.name || project !== ref.project);
    state.view = { ...state.view, at: this.#clock.now(), instances: instance ? [...others, instance] : others };
  }

  /** Lists a server anew; callers that come meanwhile get the same answer. */
  #list(remote: string, state: State): Promise<void> {
    state.listing ??= this.#listOnce(remote, state).finally(() => {
      state.listing = undefined;
    });
    return state.listing;
  }

  async #listOnce(remote: string, state: State): Promise<void> {
    try {
      const lxd = this.#registry.lxd(remote, { requestId: "inventory", signal: state.ended.signal });
      const instances = await lxd.instances.list({ allProjects: true, recursion: 2 });
      state.listedAt = this.#clock.now();
      state.view = { remote, state: "live", at: state.listedAt, error: undefined, instances };
    } catch (error) {
      if (state.ended.signal.aborted) return;
      state.view = { ...state.view, state: state.view.state === "new" ? "new" : "lost", error: messageOf(error) };
      this.#log.info({ remote, error: messageOf(error) }, "a remote could not be listed");
    }
  }

  async #fresh(remote: string, signal: AbortSignal): Promise<RemoteView | undefined> {
    const state = this.#states.get(remote);
    if (!state) return undefined;
    if (state.view.state !== "live" || this.#clock.now() - state.listedAt > freshForMs) {
      await this.#within(this.#list(remote, state), listBudgetMs, signal);
      // a server that has not answered in time is not waited for, and what is shown of it is marked
      if (state.listing) {
        return {
          ...state.view,
          state: state.view.state === "new" ? "new" : "lost",
          error: state.view.error ?? `no answer within ${listBudgetMs / 1_000} s`,
        };
      }
    }
    return state.view;
  }

  async #known(remote: string, signal: AbortSignal): Promise<void> {
    const state = this.#states.get(remote);
    if (!state || state.view.state === "live") return;
    await this.#within(this.#list(remote, state), firstListMs, signal);
  }

  async #within(work: Promise<void>, ms: number, signal: AbortSignal): Promise<void> {
    const stop = new AbortController();
    await Promise.race([work, this.#clock.sleep(ms, AbortSignal.any([stop.signal, signal])).catch(() => undefined)]);
    stop.abort();
    signal.throwIfAborted();
  }
}
