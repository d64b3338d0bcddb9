import type { Pace } from "./clock.ts";

/** Who asked, as it stands in lifecycle events. */
export interface Requestor {
  readonly username: string;
  readonly protocol: string;
  readonly address: string;
}

export type EventType = "operation" | "lifecycle" | "logging";

export interface LxdEvent {
  readonly type: EventType;
  readonly timestamp: string;
  readonly metadata: unknown;
  readonly location: "none";
  readonly project?: string;
}

export interface Lifecycle {
  readonly action: string;
  readonly source: string;
  readonly project: string;
  readonly context?: Readonly<Record<string, unknown>> | undefined;
  /** Left out where LXD 5.0.2 leaves it out (created, renamed, deleted, updated instances). */
  readonly requestor?: Requestor | undefined;
}

export interface Listener {
  readonly types: ReadonlySet<string>;
  /** null listens to all projects. */
  readonly project: string | null;
  readonly deliver: (event: LxdEvent) => void;
}

/** Hands every event to the listeners that asked for its kind and project; nothing is replayed. */
export interface EventHub {
  listen(listener: Listener): () => void;
  operation(project: string, rendered: unknown): void;
  lifecycle(event: Lifecycle): void;
  logging(level: string, message: string, context: Readonly<Record<string, string>>): void;
}

export function createEventHub(pace: Pace): EventHub {
  const listeners = new Set<Listener>();
  const deliver = (type: EventType, metadata: unknown, project: string | null) => {
    const event: LxdEvent = {
      type,
      timestamp: pace.now(),
      metadata,
      location: "none",
      ...(project === null ? {} : { project }),
    };
    for (const listener of listeners) {
      const inProject = project === null || listener.project === null || listener.project === project;
      if (inProject && listener.types.has(type)) listener.deliver(event);
    }
  };
  return {
    listen(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    operation: (project, rendered) => deliver("operation", rendered, project),
    lifecycle: ({ action, source, project, context, requestor }) =>
      deliver(
        "lifecycle",
        {
          action,
          source,
          ...(context === undefined ? {} : { context }),
          ...(requestor === undefined ? {} : { requestor }),
        },
        project,
      ),
    logging: (level, message, context) => deliver("logging", { message, level, context }, null),
  };
}
