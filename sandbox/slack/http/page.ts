import { readFile, realpath } from "node:fs/promises";
import type { ServerResponse } from "node:http";
import { extname, join, sep } from "node:path";
import { sendText } from "./body.ts";

const types: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml; charset=utf-8",
  ".png": "image/png",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
};

const policy =
  "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; object-src 'none'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

/** A file of the page's folder, or its index for `/` and for permalinks. Nothing outside the folder. */
export async function sendPage(
  response: ServerResponse,
  options: { readonly folder: string; readonly path: string },
): Promise<void> {
  const path = options.path === "/" || options.path.startsWith("/archives/") ? "/index.html" : options.path;
  const type = types[extname(path)];
  const file = type === undefined ? undefined : await fileIn(options.folder, path);
  if (file === undefined || type === undefined) {
    sendText(response, "There is no such page.", 404);
    return;
  }
  response.writeHead(200, {
    "Content-Type": type,
    "Cache-Control": "no-cache",
    "Content-Security-Policy": policy,
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
  });
  response.end(await readFile(file));
}

async function fileIn(folder: string, path: string): Promise<string | undefined> {
  try {
    const root = await realpath(folder);
    const file = await realpath(join(root, decodeURIComponent(path)));
    return file.startsWith(root + sep) ? file : undefined;
  } catch {
    // no such file, or an address that cannot be decoded
    return undefined;
  }
}
