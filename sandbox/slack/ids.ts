import { randomBytes, randomInt } from "node:crypto";
import type { Clock } from "./clock.ts";

const idAlphabet = "0123456789ABCDEFGHJKLMNPQRSTUVWXYZ";
const idLength = 10;

/** An id that looks like Slack's: a letter for the kind (`C`, `D`, `F`, `V`, `Ev` …), then capitals and digits. */
export function newId(kind: string): string {
  let id = kind;
  for (let n = 0; n < idLength; n += 1) id += idAlphabet[randomInt(idAlphabet.length)] ?? "0";
  return id;
}

export function newSecret(): string {
  return randomBytes(16).toString("hex");
}

/** What Slack gives to a block or element that came without an id of its own. */
export function newShortId(): string {
  return randomBytes(4).toString("base64url").slice(0, 5);
}

/** Message timestamps: seconds and six digits; never the same twice, always growing. */
export function timestamps(clock: Clock): () => string {
  let last = 0;
  return () => {
    last = Math.max(last + 1, clock.now() * 1000);
    return `${Math.floor(last / 1_000_000)}.${String(last % 1_000_000).padStart(6, "0")}`;
  };
}

export const timestampPattern = /^\d{10}\.\d{6}$/;
