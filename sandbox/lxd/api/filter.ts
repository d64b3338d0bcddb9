import { ApiError } from "../engine/errors.ts";

interface Clause {
  readonly joined: "and" | "or" | "first";
  readonly not: boolean;
  readonly field: string;
  readonly operator: "eq" | "ne";
  readonly value: string;
}

/**
 * LXD's `filter=` for lists: `field eq value`, `ne`, `and`, `or`, `not`, quoted values, dotted fields
 * (lxd/filter/clause.go). Values compare as text, without regard to case.
 */
export function parseFilter(text: string): (row: Readonly<Record<string, unknown>>) => boolean {
  const clauses = parseClauses(text.match(/"[^"]*"|\S+/g) ?? []);
  return (row) =>
    clauses.reduce((result, clause) => {
      const equal = valueAt(row, clause.field).toLowerCase() === clause.value.toLowerCase();
      const holds = (clause.operator === "eq" ? equal : !equal) !== clause.not;
      if (clause.joined === "first") return holds;
      return clause.joined === "and" ? result && holds : result || holds;
    }, false);
}

function parseClauses(words: readonly string[]): readonly Clause[] {
  const clauses: Clause[] = [];
  let index = 0;
  while (index < words.length) {
    let joined: Clause["joined"] = "first";
    if (clauses.length > 0) {
      const word = words[index];
      if (word !== "and" && word !== "or") throw new ApiError(500, "Invalid filter: invalid clause composition");
      joined = word;
      index += 1;
    }
    const not = words[index] === "not";
    if (not) index += 1;
    const [field, operator, value] = words.slice(index, index + 3);
    if (field === undefined || operator === undefined)
      throw new ApiError(500, "Invalid filter: clause has no operator");
    if (operator !== "eq" && operator !== "ne") throw new ApiError(500, "Invalid filter: clause has no operator");
    if (value === undefined) throw new ApiError(500, "Invalid filter: clause has no value");
    clauses.push({ joined, not, field, operator, value: value.replaceAll('"', "") });
    index += 3;
  }
  return clauses;
}

function valueAt(row: Readonly<Record<string, unknown>>, field: string): string {
  const direct = row[field];
  if (direct !== undefined) return textOf(direct);
  const [head = "", ...rest] = field.split(".");
  const nested = row[head];
  if (typeof nested !== "object" || nested === null) return "";
  const inner = new Map<string, unknown>(Object.entries(nested)).get(rest.join("."));
  return textOf(inner);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : (JSON.stringify(value) ?? "");
}
