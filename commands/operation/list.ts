import { messageOf } from "../../src/errors.ts";
import { argument, defineCommand } from "../../src/pipeline/define.ts";
import { listBudgetMs } from "../../src/inventory/inventory.ts";
import { z } from "zod";

export const operationList = defineCommand({
  type: "answer",
  name: "operation list",
  aliases: ["operation ls", "operations"],
  summary: "List what servers are doing right now, whoever asked for it",
  parameters: {
    remote: argument({
      value: z.string().regex(/^[a-zA-Z0-9_.-]+:?$/, "it is written REMOTE:"),
      optional: true,
      hint: "REMOTE:",
      help: "only this one",
    }),
  },
  examples: ["operation list", "operation list {remote}:"],
  permission: "operation.read",
  needs: ["remotes", "lxd", "resolve", "may"],
  run: async ({ args, use }) => {
    const only = args.remote?.replace(/:$/, "");
    if (only !== undefined && !use.remotes.has(only)) throw use.remotes.unknown(only);
    if (use.remotes.names.length === 0)
      await use.resolve.remote(undefined, { project: undefined, typed: (name) => name });
    const asked = (only === undefined ? use.remotes.names : [only]).filter(
      (remote) => use.may("operation.read", { remote, project: "default", name: "*" }).allow,
    );
    const answers = await Promise.all(
      asked.map(async (remote) => {
        try {
          const operations = await within(use.lxd(remote).operations.list({ allProjects: true }), listBudgetMs);
          return { remote, operations, error: undefined };
        } catch (error) {
          return { remote, operations: [], error: messageOf(error) };
        }
      }),
    );
    const rows = answers.flatMap(({ remote, operations }) =>
      operations.map((operation) => [
        `${remote}:${operation.id}`,
        operation.description,
        operation.status.toUpperCase(),
        operation.may_cancel ? "YES" : "NO",
        operation.created_at.slice(0, 19).replace("T", " "),
      ]),
    );
    return {
      summary: `${rows.length} operations`,
      parts: [
        rows.length === 0
          ? { type: "text", text: "Nothing is going on." }
          : { type: "table", columns: ["ID", "DESCRIPTION", "STATUS", "CANCELABLE", "CREATED"], rows },
        ...answers.flatMap(({ remote, error }) =>
          error === undefined
            ? []
            : [{ type: "text", text: ["⚠️ ", { code: remote }, ` does not answer: ${error}`] } as const],
        ),
      ],
    };
  },
});

async function within<T>(work: Promise<T>, ms: number): Promise<T> {
  const late = AbortSignal.timeout(ms);
  return Promise.race([
    work,
    new Promise<never>((_resolve, reject) => {
      late.addEventListener("abort", () => reject(new Error(`no answer within ${ms / 1_000} s`)), { once: true });
    }),
  ]);
}
