import type { IncomingMessage } from "node:http";
import { isObject, parseJson, type Json } from "../json.ts";
import { ApiError } from "./call.ts";

export interface ReadArguments {
  readonly values: Json;
  readonly warnings: readonly string[];
}

/**
 * The arguments of a call from query and body, as Slack takes them: forms, or JSON with its content type.
 *
 * @throws ApiError `invalid_post_type`, `missing_post_type`, `invalid_form_data`, `json_not_object`, `invalid_json`
 */
export async function readArguments(
  request: IncomingMessage,
  options: { readonly body: Buffer; readonly url: URL },
): Promise<ReadArguments> {
  const query = Object.fromEntries(options.url.searchParams);
  if (request.method !== "POST" || options.body.length === 0) return { values: query, warnings: [] };
  const header = request.headers["content-type"];
  if (header === undefined) throw new ApiError("missing_post_type");
  const [type = "", ...parameters] = header.split(";").map((part) => part.trim().toLowerCase());
  switch (type) {
    case "application/json": {
      const parsed = parseJson(options.body.toString("utf8"));
      if (parsed === undefined) throw new ApiError("invalid_json");
      if (!isObject(parsed)) throw new ApiError("json_not_object");
      const charset = parameters.some((one) => one.startsWith("charset="));
      return { values: { ...query, ...parsed }, warnings: charset ? [] : ["missing_charset"] };
    }
    case "application/x-www-form-urlencoded":
      return {
        values: { ...query, ...Object.fromEntries(new URLSearchParams(options.body.toString("utf8"))) },
        warnings: [],
      };
    case "multipart/form-data":
      return { values: { ...query, ...(await multipart(options.body, header)) }, warnings: [] };
    default:
      throw new ApiError("invalid_post_type");
  }
}

async function multipart(body: Buffer, header: string): Promise<Json> {
  try {
    const form = await new Response(new Uint8Array(body), { headers: { "Content-Type": header } }).formData();
    return Object.fromEntries([...form].filter(([, value]) => typeof value === "string"));
  } catch (cause) {
    throw new ApiError("invalid_form_data", { detail: String(cause) });
  }
}
