/** What of a body is kept when it is longer than `bytes`: nothing (an error), or its end. */
export interface Kept {
  readonly part: "all" | "end";
  readonly bytes: number;
}

export class TooLarge extends Error {
  constructor(limitBytes: number) {
    super(`the answer is larger than ${limitBytes} bytes`);
    this.name = "TooLarge";
  }
}

/** Reads to the end, since an unread body blocks its connection; leaving the loop early destroys the body. */
export async function readBody(
  body: AsyncIterable<Buffer>,
  kept: Kept,
  maxReadBytes: number,
): Promise<{ readonly body: string; readonly truncated: boolean }> {
  const chunks: Buffer[] = [];
  let held = 0;
  let read = 0;
  for await (const chunk of body) {
    chunks.push(chunk);
    held += chunk.length;
    read += chunk.length;
    if (read > maxReadBytes) throw new TooLarge(maxReadBytes);
    if (held > kept.bytes && kept.part === "all") throw new TooLarge(kept.bytes);
    while (chunks[0] && held - chunks[0].length >= kept.bytes) held -= chunks.shift()?.length ?? 0;
  }
  const whole = Buffer.concat(chunks);
  const end = kept.part === "end" ? whole.subarray(Math.max(0, whole.length - kept.bytes)) : whole;
  return { body: end.toString("utf8"), truncated: read > end.length };
}
