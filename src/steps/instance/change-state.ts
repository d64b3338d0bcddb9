import { z } from "zod";
import { defineServerStep, type Look } from "../../jobs/step-kind.ts";
import type { StateChange } from "../../lxd/resources/instance-shapes.ts";
import { findInstance, identityOf, missing, replaced, requireInstance, statusCode } from "./identity.ts";

const Input = z.object({
  remote: z.string(),
  project: z.string(),
  name: z.string(),
  action: z.enum(["start", "stop", "restart", "freeze", "unfreeze"]),
  /** Seconds for a clean shutdown; -1 waits for ever. */
  timeout: z.number().optional(),
  force: z.boolean().optional(),
});
type Input = z.infer<typeof Input>;

const Evidence = z.object({
  identity: z.string(),
  /** Process id of its init before a restart: afterwards another one says that it happened. */
  pid: z.number(),
});

/** The status in which an action has happened. */
const wanted = {
  start: statusCode.running,
  stop: statusCode.stopped,
  restart: statusCode.running,
  freeze: statusCode.frozen,
  unfreeze: statusCode.running,
} as const satisfies Record<Input["action"], number>;

/** Starts, stops, restarts, pauses or resumes an instance, until it is so. An ephemeral one is gone when it has stopped. */
export const instanceChangeState = defineServerStep<Input, z.infer<typeof Evidence>>({
  kind: "instance.change-state",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: Evidence,
  place: ({ remote, project, name }) => ({ remote, project, name }),
  server: (context, { remote }) => context.lxd(remote),
  prepare: async (context, input) => {
    const lxd = context.lxd(input.remote);
    const instance = await requireInstance(lxd, input);
    const pid = input.action === "restart" ? (await lxd.instances.state(input)).pid : 0;
    return { identity: identityOf(instance), pid };
  },
  look: async (context, input, evidence): Promise<Look> => {
    const lxd = context.lxd(input.remote);
    const instance = await findInstance(lxd, input);
    if (!instance) {
      return input.action === "stop"
        ? { state: "done", says: "gone, as it was ephemeral" }
        : { state: "blocked", error: missing(input) };
    }
    if (identityOf(instance) !== evidence.identity) return { state: "blocked", error: replaced(input) };
    if (instance.status_code !== wanted[input.action]) return { state: "open" };
    if (input.action === "restart" && (await lxd.instances.state(input)).pid === evidence.pid) return { state: "open" };
    return { state: "done" };
  },
  act: async (context, input) => {
    const lxd = context.lxd(input.remote);
    const { remote: _remote, project: _project, name: _name, action, ...options } = input;
    // a restart that was cut off between its stop and its start
    const halfRestarted =
      action === "restart" && (await requireInstance(lxd, input)).status_code === statusCode.stopped;
    const change: StateChange = { action: halfRestarted ? "start" : action, ...definedOf(options) };
    return lxd.instances.changeState({ project: input.project, name: input.name }, change);
  },
});

function definedOf(options: { readonly timeout?: number | undefined; readonly force?: boolean | undefined }) {
  return {
    ...(options.timeout === undefined ? {} : { timeout: options.timeout }),
    ...(options.force === undefined ? {} : { force: options.force }),
  };
}
