import type { IncomingMessage, ServerResponse } from "node:http";

const maxBodyBytes = 60 * 1024 * 1024;

/** @throws Error when the body is larger than the server takes, or the connection breaks. */
export async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of request) {
    // without an encoding a request's chunks are buffers
    const chunk = part as Buffer;
    size += chunk.length;
    if (size > maxBodyBytes) throw new Error("The body is too large.");
    parts.push(chunk);
  }
  return Buffer.concat(parts);
}

export function sendJson(
  response: ServerResponse,
  body: unknown,
  options: { readonly status?: number; readonly headers?: Readonly<Record<string, string>> } = {},
): void {
  response.writeHead(options.status ?? 200, {
    "Content-Type": "application/json; charset=utf-8",
    "Cache-Control": "no-store",
    ...options.headers,
  });
  response.end(JSON.stringify(body));
}

export function sendText(response: ServerResponse, body: string, status = 200): void {
  response.writeHead(status, { "Content-Type": "text/plain; charset=utf-8" });
  response.end(body);
}

/** The parts of a form with files: only their bytes are looked at. Undefined when it is no such form. */
export async function multipartFile(body: Buffer, contentType: string): Promise<Buffer | undefined> {
  if (!contentType.startsWith("multipart/form-data")) return undefined;
  const form = await new Response(new Uint8Array(body), { headers: { "Content-Type": contentType } }).formData();
  for (const [, value] of form) if (typeof value !== "string") return Buffer.from(await value.arrayBuffer());
  return undefined;
}
