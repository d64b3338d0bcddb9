import { z } from "zod";
import { joinTokenField } from "../capabilities.ts";
import { pathOf } from "../transport/path.ts";
import type { Rest } from "../transport/rest.ts";
import { serverOf } from "./server.ts";
import { listOf, Text } from "./shapes.ts";

/** As LXD sends it (shared/api/certificate.go). */
export const Certificate = z.object({
  /** SHA-256, lower-case hex. */
  fingerprint: z.string(),
  name: Text,
  /** `client`, `server` or `metrics`. */
  type: Text,
  restricted: z.boolean().nullish(),
  projects: listOf(z.string()),
});
export type Certificate = Readonly<z.infer<typeof Certificate>>;

/** What proves to a server that it shall trust us. A token is the whole text that `lxc config trust add` printed. */
export type TrustProof = { readonly token: string } | { readonly password: string };

/** `/1.0/certificates`. */
export interface CertificatesResource {
  readonly list: () => Promise<readonly Certificate[]>;
  /**
   * Adds the certificate of this very connection to the server's trust store. A wrong or used token and a wrong
   * password are `LxdRefused` 403; a certificate that is trusted already is `LxdRefused` 400 or 409: ask
   * `server.get()` first. `name` counts with a password; with a token the server takes the token's name.
   */
  readonly add: (proof: TrustProof & { readonly name?: string }) => Promise<void>;
}

export function certificatesOf(rest: Rest): CertificatesResource {
  async function proofOf(proof: TrustProof): Promise<Readonly<Record<string, string>>> {
    if ("password" in proof) return { password: proof.password };
    return { [joinTokenField(await serverOf(rest).get())]: proof.token };
  }

  return {
    list: () => rest.get(pathOf(["certificates"], { recursion: 1 }), listOf(Certificate)),
    add: async (proof) => {
      const name = proof.name === undefined ? {} : { name: proof.name };
      const body = { type: "client", ...name, ...(await proofOf(proof)) };
      await rest.change({ method: "POST", path: pathOf(["certificates"]), body });
    },
  };
}
