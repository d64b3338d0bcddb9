import { UserError } from "../errors.ts";
import type { Lxd } from "../lxd/connection.ts";
import { LxdRefused } from "../lxd/errors.ts";

/** The name under which servers list the bot's certificate, where they let us choose. */
export const certificateName = "lxd-chatops";

/** Gives a server a join token, so that it trusts the bot's certificate. @throws UserError `remote-token` when it does not take it */
export async function trustByToken(lxd: Lxd, token: string): Promise<void> {
  try {
    await lxd.certificates.add({ token, name: certificateName });
  } catch (error) {
    if (!(error instanceof LxdRefused) || error.status !== 403) throw error;
    throw new UserError("remote-token", {
      what: `${lxd.remote} did not accept the join token.`,
      why: `${error.errorText}. A token can be used once, and until it expires.`,
      next: "Make a new one on the server: `lxc config trust add --name lxd-chatops`.",
      cause: error,
    });
  }
}
