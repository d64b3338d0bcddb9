import type { Rules } from "./declaration.ts";
import type { Given, Sorted } from "./options.ts";
import type { Token } from "./tokenise.ts";

/** What stands in place of a secret. */
const mask = "••••";

/** The words that hold a secret, with what stood before it in the same word. */
export type Secrets = ReadonlyMap<Token, string>;

/** Finds the values of secret parameters among the sorted words. */
export function secretsIn(rules: Rules, sorted: Sorted): Secrets {
  const found = new Map<Token, string>();
  const keep = (given: readonly Given[]): void => {
    for (const { token, prefix } of given) found.set(token, prefix);
  };
  for (const [index, { name, parameter }] of rules.arguments.entries()) {
    if (rules.secrets.has(name)) keep(sorted.positional.slice(index, parameter.many ? undefined : index + 1));
  }
  for (const [name, given] of sorted.values) if (rules.secrets.has(name)) keep(given);
  return found;
}

export function maskedWord(token: Token, secrets: Secrets): string {
  const prefix = secrets.get(token);
  return prefix === undefined ? token.text : prefix + mask;
}

/** The text as it was typed, but for the secrets. */
export function maskedText(
  text: string,
  { tokens, secrets }: { readonly tokens: readonly Token[]; readonly secrets: Secrets },
): string {
  let result = "";
  let at = 0;
  for (const token of tokens) {
    if (!secrets.has(token)) continue;
    result += text.slice(at, token.start) + maskedWord(token, secrets);
    at = token.end;
  }
  return result + text.slice(at);
}
