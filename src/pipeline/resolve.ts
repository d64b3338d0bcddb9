import { channelDefault } from "../../db/remotes.ts";
import type { Read } from "../../db/database.ts";
import { UserError } from "../errors.ts";
import type { Inventory } from "../inventory/inventory.ts";
import type { Remotes } from "../remotes/registry.ts";
import type { Resource, TargetReference } from "./references.ts";

export interface Resolver {
  /** The instance that is meant, which must be named where it is ambiguous. It need not exist. */
  readonly instance: (reference: TargetReference, options: ResolveOptions) => Promise<Resource>;
  /** Where something new is put, or a server's own things are looked at. */
  readonly remote: (
    remote: string | undefined,
    options: ResolveOptions,
  ) => Promise<{ readonly remote: string; readonly project: string }>;
}

export interface ResolveOptions {
  /** What `--project` says. */
  readonly project: string | undefined;
  /** What would be typed to mean this remote; for the buttons. */
  readonly typed: (remote: string) => string;
}

/**
 * The rule for a name without remote, the only one: what is typed; else the channel's default; else the default remote;
 * else the only remote that has it (for something new: the only remote); else a question with the candidates as buttons.
 * Never a guess: a remote that does not answer may have it too.
 */
export function createResolver({
  registry,
  inventory,
  store,
  request,
  signal,
}: {
  readonly registry: Remotes;
  readonly inventory: Inventory;
  readonly store: Read;
  readonly request: { readonly teamId: string; readonly channelId: string };
  readonly signal: AbortSignal;
}): Resolver {
  async function defaults(): Promise<{ readonly remote: string | undefined; readonly project: string | undefined }> {
    const channel = await channelDefault(store, request);
    const remote = channel?.remote ?? registry.defaultName;
    return {
      remote: remote !== undefined && registry.has(remote) ? remote : undefined,
      project: channel?.project ?? undefined,
    };
  }

  function known(remote: string): string {
    if (!registry.has(remote)) throw registry.unknown(remote);
    return remote;
  }

  return {
    instance: async (reference, options) => {
      const byDefault = await defaults();
      const project = options.project ?? byDefault.project ?? "default";
      const at = (remote: string): Resource => ({ kind: "instance", remote, project, name: reference.name });
      if (reference.remote !== undefined) return at(known(reference.remote));
      if (byDefault.remote !== undefined) return at(byDefault.remote);
      if (registry.names.length === 0) throw noRemotes();
      const [only, ...others] = registry.names;
      if (only !== undefined && others.length === 0) return at(only);
      const { having, silent } = await inventory.whoHas({ project, name: reference.name }, signal);
      const [single, ...more] = having;
      if (single !== undefined && more.length === 0 && silent.length === 0) return at(single);
      if (having.length === 0 && silent.length === 0) {
        throw new UserError("instance-missing", {
          what: `No remote has an instance called ${reference.name}${project === "default" ? "" : ` in project ${project}`}.`,
          why: `Looked at ${registry.names.join(", ")}.`,
          next: "See what there is with `/lxd list`.",
        });
      }
      throw ambiguous({
        what: `${reference.name} can be more than one instance.`,
        why: explainCandidates(having, silent),
        candidates: having.length > 0 ? [...having, ...silent] : registry.names,
        options,
      });
    },
    remote: async (remote, options) => {
      const byDefault = await defaults();
      const project = options.project ?? byDefault.project ?? "default";
      if (remote !== undefined) return { remote: known(remote), project };
      if (byDefault.remote !== undefined) return { remote: byDefault.remote, project };
      const [only, ...others] = registry.names;
      if (only === undefined) throw noRemotes();
      if (others.length === 0) return { remote: only, project };
      throw ambiguous({
        what: "The remote is missing.",
        why: `There are ${registry.names.join(", ")}, and neither this channel nor the bot has a default.`,
        candidates: registry.names,
        options,
      });
    },
  };
}

/** What was typed, all its options with it, but with the remote before the name; the command's own name is not meant. */
export function withRemote(text: string, { name, remote }: { readonly name: string; readonly remote: string }): string {
  const words = text.split(/(\s+)/);
  const at = words.indexOf(name, 1);
  return words.map((word, index) => (index === at ? `${remote}:${name}` : word)).join("");
}

function explainCandidates(having: readonly string[], silent: readonly string[]): string {
  const parts = [];
  if (having.length > 0) parts.push(`${having.join(" and ")} ${having.length === 1 ? "has" : "have"} it`);
  if (silent.length > 0)
    parts.push(`${silent.join(" and ")} ${silent.length === 1 ? "does" : "do"} not answer, so may have it too`);
  return `${parts.join("; ")}.`;
}

function ambiguous({
  what,
  why,
  candidates,
  options,
}: {
  readonly what: string;
  readonly why: string;
  readonly candidates: readonly string[];
  readonly options: ResolveOptions;
}): UserError {
  return new UserError("remote-needed", {
    what,
    why,
    next: "Choose one, or write the remote before the name. A default: `/lxd remote set-default NAME`, for this channel alone with `--channel`.",
    offers: candidates.map((remote) => ({ label: remote, text: options.typed(remote) })),
  });
}

function noRemotes(): UserError {
  return new UserError("remote-unknown", {
    what: "The bot knows no remote yet.",
    next: "On the server: `lxc config trust add --name lxd-chatops`. Then here: `/lxd remote add NAME TOKEN`.",
  });
}
