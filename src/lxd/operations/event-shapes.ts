import { z } from "zod";
import { Text } from "../resources/shapes.ts";
import { inProject, Operation } from "./shapes.ts";

/** Something that happened on the server, or to the connection over which we hear of it. */
export type LxdEvent =
  | {
      readonly type: "operation";
      readonly project: string;
      readonly location: string;
      readonly timestamp: string;
      readonly operation: Operation;
    }
  | {
      readonly type: "lifecycle";
      readonly project: string;
      readonly location: string;
      readonly timestamp: string;
      /** Such as `instance-started` (doc/events.md). */
      readonly action: string;
      /** The path of what it happened to, with `?project=` where it is not `default`. */
      readonly source: string;
      readonly context: Readonly<Record<string, unknown>>;
      /** Who did it; absent in instance events of 5.0.2, which come from the operation. */
      readonly requestor?: { readonly username: string; readonly protocol: string; readonly address: string };
    }
  /** From here on events arrive. What happened before is not replayed: list and compare. */
  | { readonly type: "connected" }
  | { readonly type: "disconnected"; readonly reason: string };

const Lifecycle = z.object({
  action: z.string(),
  source: z.string(),
  context: z
    .record(z.string(), z.unknown())
    .nullish()
    .transform((context) => context ?? {}),
  requestor: z.object({ username: Text, protocol: Text, address: Text }).nullish(),
});

const common = { project: Text, location: Text, timestamp: Text };

const Frame = z.discriminatedUnion("type", [
  z.object({ type: z.literal("operation"), ...common, metadata: Operation }),
  z.object({ type: z.literal("lifecycle"), ...common, metadata: Lifecycle }),
]);

/** Undefined for what is not one of the two kinds of events that we asked for. */
export function parseFrame(text: string): LxdEvent | undefined {
  const frame = Frame.safeParse(parseJson(text));
  if (!frame.success) return undefined;
  const { project, location, timestamp } = frame.data;
  if (frame.data.type === "operation") {
    return { type: "operation", project, location, timestamp, operation: inProject(frame.data.metadata, project) };
  }
  const { action, source, context, requestor } = frame.data.metadata;
  return {
    type: "lifecycle",
    project,
    location,
    timestamp,
    action,
    source,
    context,
    ...(requestor ? { requestor } : {}),
  };
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
