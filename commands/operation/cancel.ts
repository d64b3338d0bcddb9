import { requireAllowed } from "../../src/pipeline/authorize.ts";
import { z } from "zod";
import { UserError } from "../../src/errors.ts";
import { LxdRefused } from "../../src/lxd/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { say } from "../../src/pipeline/reply.ts";

const operationId = z
  .string()
  .regex(/^([a-zA-Z0-9_.-]+:)?[0-9a-f-]{36}$/, "it is written REMOTE:ID, as `operation list` shows it");

export const operationCancel = defineCommand({
  type: "answer",
  name: "operation cancel",
  aliases: ["operation delete"],
  summary: "Cancel what a server is doing, where it can be cancelled",
  parameters: { operation: argument({ value: operationId, help: "as `operation list` shows it" }) },
  examples: ["operation cancel {remote}:b1a2c3d4-0000-4000-8000-000000000000"],
  permission: "operation.cancel",
  needs: ["resolve", "lxd", "may"],
  run: async ({ args, use }) => {
    const colon = args.operation.indexOf(":");
    const id = args.operation.slice(colon + 1);
    const { remote } = await use.resolve.remote(colon === -1 ? undefined : args.operation.slice(0, colon), {
      project: undefined,
      typed: (name) => `operation cancel ${name}:${id}`,
    });
    requireAllowed(
      use.may("operation.cancel", { remote, project: "default", name: "*" }),
      `You may not cancel operations of ${remote}.`,
    );
    const { operations } = use.lxd(remote);
    try {
      const operation = await operations.get(id);
      if (!operation.may_cancel) {
        throw new UserError("operation-fixed", {
          what: `"${operation.description}" cannot be cancelled.`,
          why: "LXD says so.",
          next: "Wait for its end: `/lxd operation list`.",
        });
      }
      await operations.cancel(id);
      return say("✅ Cancelled ", { code: `${remote}:${id}` }, ` (${operation.description}).`);
    } catch (error) {
      if (!(error instanceof LxdRefused) || error.status !== 404) throw error;
      throw new UserError("operation-missing", {
        what: `${remote} knows no such operation.`,
        why: "LXD forgets an operation five seconds after its end.",
        next: "See what is going on: `/lxd operation list`.",
        cause: error,
      });
    }
  },
});
