import { ApiError } from "../engine/errors.ts";

/** What a field of a request's body may hold; `map` is Go's map[string]string. */
export type FieldKind = "string" | "bool" | "int" | "map" | "devices" | "strings" | "any" | BodyShape;

/** A Go struct of shared/api: its name stands in the errors of Go's decoder. */
export interface BodyShape {
  readonly go: string;
  readonly fields: Readonly<Record<string, FieldKind>>;
}

export interface DecodedBody {
  readonly value: Readonly<Record<string, unknown>>;
  /** Dotted paths of fields that LXD would silently drop. */
  readonly unknownFields: readonly string[];
}

/**
 * Reads a body as Go's encoding/json does: field names regardless of case, unknown fields dropped, wrong types
 * refused with Go's words (400).
 */
export function decodeBody(text: string, shape: BodyShape): DecodedBody {
  const unknownFields: string[] = [];
  const value = decodeStruct(parseJson(text), shape, "", unknownFields);
  return { value, unknownFields };
}

function parseJson(text: string): unknown {
  if (text.trim() === "") throw new ApiError(400, "EOF");
  try {
    return JSON.parse(text);
  } catch {
    // Go names the offending character; only its two most frequent sentences are imitated.
    if (/^\s*[{[]/.test(text)) throw new ApiError(400, "unexpected EOF");
    throw new ApiError(400, `invalid character '${text.trim().charAt(0)}' looking for beginning of value`);
  }
}

function decodeStruct(
  value: unknown,
  shape: BodyShape,
  path: string,
  unknownFields: string[],
): Record<string, unknown> {
  if (value === null) return {};
  if (!isRecord(value)) {
    const target = path === "" ? `value of type api.${shape.go}` : `struct field ${path} of type api.${shape.go}`;
    throw new ApiError(400, `json: cannot unmarshal ${goTypeOf(value)} into Go ${target}`);
  }
  const decoded: Record<string, unknown> = {};
  for (const [key, content] of Object.entries(value)) {
    const field = Object.keys(shape.fields).find((name) => name.toLowerCase() === key.toLowerCase());
    const kind = field === undefined ? undefined : shape.fields[field];
    const fieldPath = path === "" ? key : `${path}.${key}`;
    if (field === undefined || kind === undefined) {
      unknownFields.push(fieldPath);
    } else if (content !== null) {
      decoded[field] = decodeField(content, kind, { shape, path: fieldPath, unknownFields });
    }
  }
  return decoded;
}

function decodeField(
  content: unknown,
  kind: FieldKind,
  at: { readonly shape: BodyShape; readonly path: string; readonly unknownFields: string[] },
): unknown {
  const refuse = (found: unknown, type: string): never => {
    const field = `${at.shape.go}.${at.path}`;
    throw new ApiError(400, `json: cannot unmarshal ${goTypeOf(found)} into Go struct field ${field} of type ${type}`);
  };
  if (typeof kind === "object") return decodeStruct(content, kind, at.path, at.unknownFields);
  switch (kind) {
    case "any":
      return content;
    case "string":
      return typeof content === "string" ? content : refuse(content, "string");
    case "bool":
      return typeof content === "boolean" ? content : refuse(content, "bool");
    case "int":
      return typeof content === "number" && Number.isInteger(content) ? content : refuse(content, "int");
    case "strings":
      return isStrings(content) ? content : refuse(content, "[]string");
    case "map":
      return isStringMap(content) ? content : refuse(firstOffender(content), "string");
    case "devices":
  }
  const isDevices = isRecord(content) && Object.values(content).every(isStringMap);
  return isDevices ? content : refuse(content, "map[string]map[string]string");
}

function firstOffender(content: unknown): unknown {
  return isRecord(content) ? Object.values(content).find((value) => typeof value !== "string") : content;
}

function goTypeOf(value: unknown): string {
  if (Array.isArray(value)) return "array";
  if (typeof value === "boolean") return "bool";
  return typeof value === "object" ? "object" : typeof value;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isStringMap(value: unknown): value is Record<string, string> {
  return isRecord(value) && Object.values(value).every((content) => typeof content === "string");
}

function isStrings(value: unknown): value is string[] {
  return Array.isArray(value) && value.every((content) => typeof content === "string");
}
