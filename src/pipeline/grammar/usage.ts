import type { Command } from "../define.ts";
import { rulesOf, type ArgumentRule, type OptionRule } from "./declaration.ts";

/** More flags than this are not spelled out in a usage line. */
const maxSpelledFlags = 2;

/** `launch IMAGE [INSTANCE] [-p PROFILE]… [flags]`, without `/lxd`. */
export function usageOf(command: Command): string {
  const rules = rulesOf(command);
  const own = rules.options.filter(({ name }) => Object.hasOwn(command.parameters, name));
  const flags = own.filter(({ parameter }) => parameter.kind === "flag").map(({ long, short }) => `[${short ?? long}]`);
  return [
    command.name,
    ...rules.arguments.map(usageOfArgument),
    ...own.flatMap(usageOfOption),
    ...(flags.length > maxSpelledFlags ? ["[flags]"] : flags),
  ].join(" ");
}

function usageOfArgument({ shown, parameter }: ArgumentRule): string {
  return `${parameter.optional ? `[${shown}]` : shown}${parameter.many ? "…" : ""}`;
}

function usageOfOption({ long, short, parameter }: OptionRule): readonly string[] {
  if (parameter.kind === "flag") return [];
  return [`[${short ?? long} ${parameter.hint}]${parameter.repeat ? "…" : ""}`];
}

/** What every message about a mistyped command ends with. */
export function usageHint(command: Command): string {
  return `Usage: \`/lxd ${usageOf(command)}\`. \`/lxd help ${command.name}\` explains it.`;
}
