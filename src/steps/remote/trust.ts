import { z } from "zod";
import { defineServerStep } from "../../jobs/step-kind.ts";
import { trustByToken } from "../../remotes/trust.ts";

const Input = z.object({
  remote: z.string(),
  addresses: z.array(z.string()),
  certificatePem: z.string(),
  /** The join token, whole. It is void once used. */
  token: z.string(),
});

/** Makes a server trust the bot's certificate, by a join token, over a connection that is pinned to the token's certificate. */
export const remoteTrust = defineServerStep<z.infer<typeof Input>, null>({
  kind: "remote.trust",
  version: 1,
  honesty: "converge",
  input: Input,
  evidence: z.null(),
  place: ({ remote }) => ({ remote, project: "default", name: "" }),
  server: (context, { remote, addresses, certificatePem }) =>
    context.dial(remote, { type: "https", addresses, certificatePem }),
  prepare: () => Promise.resolve(null),
  look: async (context, { remote, addresses, certificatePem }) => {
    const lxd = context.dial(remote, { type: "https", addresses, certificatePem });
    return (await lxd.server.get()).auth === "trusted" ? { state: "done" } : { state: "open" };
  },
  act: async (context, { remote, addresses, certificatePem, token }) => {
    const lxd = context.dial(remote, { type: "https", addresses, certificatePem });
    if ((await lxd.server.get()).auth === "trusted") return undefined;
    await trustByToken(lxd, token);
    return undefined;
  },
});
