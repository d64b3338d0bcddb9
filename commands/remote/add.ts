import { z } from "zod";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { remoteName } from "../../src/pipeline/references.ts";
import { planRemoteAdd, requireSameServer } from "../../src/remotes/plan-add.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { prose } from "../../src/pipeline/reply.ts";
import { remoteSave } from "../../src/steps/remote/save.ts";
import { remoteTrust } from "../../src/steps/remote/trust.ts";

const where = z.string().min(1, "it is a join token, https://HOST:PORT or unix:///PATH");

export const remoteAdd = defineCommand({
  type: "job",
  name: "remote add",
  summary: "Add a server",
  description:
    "By a join token (`lxc config trust add --name lxd-chatops` on the server prints one): address and certificate are in it, and are checked. By `https://HOST:PORT`: you are shown the fingerprint of the server's certificate, and asked. By `unix:///PATH`: a server on the bot's own host.",
  parameters: {
    name: argument({ value: remoteName, help: "how the team will call it" }),
    where: argument({ value: where, hint: "TOKEN|ADDRESS", help: "a join token, https://HOST:PORT, or unix:///PATH" }),
    token: argument({ value: z.string(), optional: true, help: "beside an https address: the join token" }),
  },
  examples: [
    "remote add lxd1 TOKEN",
    "remote add lxd1 https://10.0.0.5:8443",
    "remote add local unix:///var/snap/lxd/common/lxd/unix.socket",
  ],
  permission: "remote.write",
  needs: ["remotes", "dial", "clock", "checkAddress"],
  secrets: ["where", "token"],
  plan: async ({ args, use, signal }): Promise<Plan> => {
    const known = use.remotes.rows().find(({ name }) => name === args.name);
    const found = await planRemoteAdd(
      { name: args.name, where: args.where, token: args.token },
      { dial: use.dial, clock: use.clock, checkAddress: use.checkAddress, signal },
    );
    requireSameServer(known, found);
    const { server } = found;
    const address = found.addresses[0] ?? "";
    return {
      title: `Add the remote ${args.name}`,
      touches: [
        {
          resource: { kind: "remote", remote: args.name, project: "default", name: args.name },
          permission: "remote.write",
        },
      ],
      results: [],
      steps: [
        ...(found.trustToken === undefined || found.certificatePem === null
          ? []
          : [
              remoteTrust.plan({
                input: {
                  remote: args.name,
                  addresses: [...found.addresses],
                  certificatePem: found.certificatePem,
                  token: found.trustToken,
                },
                says: `Make ${args.name} trust the bot's certificate, by the join token`,
                lane: args.name,
              }),
            ]),
        remoteSave.plan({
          input: {
            name: args.name,
            kind: found.kind,
            addresses: [...found.addresses],
            certificatePem: found.certificatePem,
            fingerprint: found.fingerprint,
            server: server?.name ?? null,
            version: server?.version ?? null,
          },
          says: found.fingerprint === null ? `Remember ${address}` : `Remember ${address} and pin its certificate`,
          lane: args.name,
        }),
      ],
      findings: [
        `Address: ${found.addresses.join(", ")}`,
        ...(found.fingerprint === null ? [] : [`Fingerprint of its certificate (sha256): ${found.fingerprint}`]),
        ...(server && server.version !== "" ? [`${server.name === "incus" ? "Incus" : "LXD"} ${server.version}`] : []),
        ...(found.trusted ? ["It trusts the bot already"] : []),
        ...(found.needsTrust
          ? [
              `It does not trust the bot yet: afterwards /lxd remote trust ${args.name} asks for its trust password, or give a join token`,
            ]
          : []),
      ],
      basis: { fingerprint: found.fingerprint, addresses: found.addresses },
      ...(found.askFirst
        ? {
            confirm: {
              button: "It is the right certificate",
              parts: [
                {
                  type: "text",
                  text: prose(
                    "Compare this fingerprint with the server's own, on the server: `lxc info | grep fingerprint`. If it is another, somebody answers in its place.",
                  ),
                },
                { type: "code", text: found.fingerprint ?? "" },
              ],
            },
          }
        : {}),
      done: `${args.name} is there.${found.needsTrust ? " It does not trust the bot yet." : ` Try /lxd list ${args.name}:`}`,
    };
  },
});
