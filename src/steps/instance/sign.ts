import { z } from "zod";
import { defineServerStep, type Look, type StepContext } from "../../jobs/step-kind.ts";
import type { InstanceState } from "../../lxd/resources/instance-shapes.ts";
import { findInstance, stamps } from "./identity.ts";

const Input = z.object({ remote: z.string(), project: z.string(), name: z.string() });
type Input = z.infer<typeof Input>;

/** How long the job's first message is waited for: without it there is no thread to name. */
const threadWaitMs = 10_000;
const threadPollMs = 100;

/** Writes on a new instance in which thread its story stands (`CHANNEL/TS`), and tells its address if it has one by now. */
export const instanceSign = defineServerStep<Input, { readonly thread: string | null }>({
  kind: "instance.sign",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: z.object({ thread: z.string().nullable() }),
  place: (input) => input,
  server: (context, { remote }) => context.lxd(remote),
  prepare: async (context) => ({ thread: await waitForThread(context) }),
  look: async (context, input, { thread }): Promise<Look> => {
    const lxd = context.lxd(input.remote);
    const instance = await findInstance(lxd, input);
    // somebody else may have deleted it meanwhile: there is nothing left to sign
    if (!instance) return { state: "done" };
    if (thread !== null && instance.config[stamps.thread] !== thread) return { state: "open" };
    const addresses = addressesOf(await lxd.instances.state(input));
    return { state: "done", ...(addresses.length === 0 ? {} : { says: addresses.join(", ") }) };
  },
  act: async (context, input, { thread }) => {
    const lxd = context.lxd(input.remote);
    if (thread === null) return undefined;
    return lxd.instances.modify({ project: input.project, name: input.name }, (current) => ({
      architecture: current.architecture,
      config: { ...current.config, [stamps.thread]: thread },
      description: current.description,
      devices: current.devices,
      ephemeral: current.ephemeral,
      profiles: current.profiles,
      stateful: current.stateful,
    }));
  },
});

async function waitForThread(context: StepContext): Promise<string | null> {
  const until = context.clock.now() + threadWaitMs;
  for (;;) {
    const thread = await context.thread();
    if (thread) return `${thread.channel}/${thread.ts}`;
    if (context.clock.now() >= until) return null;
    await context.clock.sleep(threadPollMs, context.signal);
  }
}

/** Addresses by which an instance can be reached from elsewhere. */
export function addressesOf(state: Pick<InstanceState, "network"> | null): readonly string[] {
  return Object.entries(state?.network ?? {})
    .filter(([name]) => name !== "lo")
    .flatMap(([, network]) =>
      network.addresses.filter(({ scope }) => scope === "global").map(({ address }) => address),
    );
}
