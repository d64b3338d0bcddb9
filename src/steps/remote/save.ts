import { z } from "zod";
import { saveRemote } from "../../../db/remotes.ts";
import { actorKey } from "../../people/actor-key.ts";
import { defineLocalStep } from "../../jobs/step-kind.ts";

const Input = z.object({
  name: z.string(),
  kind: z.enum(["unix", "https"]),
  addresses: z.array(z.string()),
  certificatePem: z.string().nullable(),
  fingerprint: z.string().nullable(),
  server: z.string().nullable(),
  version: z.string().nullable(),
});

/** Writes a remote into the registry. */
export const remoteSave = defineLocalStep<z.infer<typeof Input>>({
  kind: "remote.save",
  version: 1,
  input: Input,
  write: async (transaction, input, { job, now }) => {
    await saveRemote(transaction, {
      name: input.name,
      kind: input.kind,
      addresses: JSON.stringify(input.addresses),
      certificate_pem: input.certificatePem,
      fingerprint: input.fingerprint,
      server: input.server,
      version: input.version,
      added_by: actorKey(job),
      added_at: now,
    });
    return input.fingerprint ?? undefined;
  },
});
