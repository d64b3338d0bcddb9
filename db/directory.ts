import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname } from "node:path";
import { messageOf, UserError } from "../src/errors.ts";

/** Makes the directory of a file, for its owner alone. @throws UserError `config-invalid` when it cannot be made or written to */
export function ensureDirectoryOf(file: string): void {
  const directory = dirname(file);
  try {
    let existing = directory;
    while (!existsSync(existing) && existing !== dirname(existing)) existing = dirname(existing);
    // asked first: making directories where the kernel makes none (/proc) never ends
    accessSync(existing, constants.W_OK);
    if (existing.startsWith("/proc") || existing.startsWith("/sys")) throw new Error(`${existing} is the kernel's`);
    mkdirSync(directory, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw new UserError("config-invalid", {
      what: `The directory ${directory} cannot be used.`,
      why: messageOf(cause),
      next: "Let DATA_DIR (or DATABASE_URL) name a directory that the bot may write to.",
      cause,
    });
  }
}
