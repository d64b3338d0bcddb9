/** JSON as it comes over the wire, and the few readers that the local Slack needs to look into it without trusting it. */
export type Json = Readonly<Record<string, unknown>>;

export function isObject(value: unknown): value is Json {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export function textOf(of: Json, key: string): string | undefined {
  const value = of[key];
  return typeof value === "string" ? value : undefined;
}

export function objectOf(of: Json, key: string): Json | undefined {
  const value = of[key];
  return isObject(value) ? value : undefined;
}

export function listOf(of: Json, key: string): readonly unknown[] {
  const value: unknown = of[key];
  return Array.isArray(value) ? value : [];
}

export function objectsOf(of: Json, key: string): readonly Json[] {
  return listOf(of, key).filter(isObject);
}

/** `undefined` when the text is no JSON. */
export function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The object without the keys whose value is undefined: Slack leaves such keys out. */
export function present(of: Json): Json {
  return Object.fromEntries(Object.entries(of).filter(([, value]) => value !== undefined));
}
