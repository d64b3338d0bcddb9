import { z } from "zod";
import { UserError } from "../../errors.ts";
import { defineServerStep } from "../../jobs/step-kind.ts";
import { LxdRefused } from "../../lxd/errors.ts";

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
    try {
      await lxd.certificates.add({ token, name: "lxd-chatops" });
      return undefined;
    } catch (error) {
      if (!(error instanceof LxdRefused) || error.status !== 403) throw error;
      throw new UserError("remote-token", {
        what: `${remote} did not accept the join token.`,
        why: `${error.errorText}. A token can be used once, and until it expires.`,
        next: "Make a new one on the server: `lxc config trust add --name lxd-chatops`.",
        cause: error,
      });
    }
  },
});
