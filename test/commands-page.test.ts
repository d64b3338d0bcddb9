import { expect, test } from "vitest";
import { commands } from "../commands/index.ts";
import { createRegistry } from "../src/pipeline/registry.ts";
import { usageOf } from "../src/pipeline/grammar/usage.ts";

const own = { remote: "lxd1", instance: "web1", image: "busybox", other: "lxd2" };

function filled(text: string): string {
  return text.replace(/\{(remote|instance|image|other)\}/g, (_, name: keyof typeof own) => own[name]);
}

/** docs/commands.md, from the declarations. */
function page(): string {
  const registry = createRegistry(commands);
  const sections = registry.commands.map((command) => {
    const rules = registry.rules(command);
    const parameters = [
      ...rules.arguments.map(({ shown, parameter }) => `- \`${shown}\`: ${filled(parameter.help)}`),
      ...rules.options
        .filter(({ name }) => Object.hasOwn(command.parameters, name))
        .map(({ long, short, parameter }) => {
          const hint = parameter.kind === "flag" ? "" : ` ${parameter.hint}`;
          return `- \`${short === undefined ? "" : `${short}, `}${long}${hint}\`: ${filled(parameter.help)}`;
        }),
    ];
    return [
      `## ${command.name}`,
      `${command.summary}.`,
      ...(command.description === undefined ? [] : [command.description]),
      ["```", `/lxd ${usageOf(command)}`, "```"].join("\n"),
      ...(parameters.length === 0 ? [] : [parameters.join("\n")]),
      ["```", ...command.examples.map((example) => `/lxd ${filled(example)}`), "```"].join("\n"),
      `Needs ${command.permission === "anyone" ? "nothing" : `\`${command.permission}\``}.${command.aliases === undefined ? "" : ` Also: ${command.aliases.map((alias) => `\`${alias}\``).join(", ")}.`}`,
    ].join("\n\n");
  });
  return `# Commands\n\nMade from the declarations in \`commands/\`: \`npx vitest run test/commands-page.test.ts -u\` writes this page anew.\n\n${sections.join("\n\n")}\n`;
}

test("docs/commands.md is what the declarations say", async () => {
  await expect(page()).toMatchFileSnapshot("../docs/commands.md");
});
