import { LogLevel, type Logger } from "@slack/bolt";
import type { Log } from "../../log.ts";

/**
 * Slack's libraries talk into our log. Their debug lines hold whole payloads (response URLs, what was typed into a
 * modal), so they are dropped whatever our own level is.
 */
export function bridgeLog(log: Log): Logger {
  const child = log.child({ part: "slack" });
  return {
    debug: () => undefined,
    info: (...words) => child.debug({ words: join(words) }, "slack library"),
    warn: (...words) => child.warn({ words: join(words) }, "slack library warns"),
    // what fails is logged by whoever called; this is the library's own view of it
    error: (...words) => child.warn({ words: join(words) }, "slack library reports an error"),
    setLevel: () => undefined,
    getLevel: () => LogLevel.INFO,
    setName: () => undefined,
  };
}

const maxWords = 500;

function join(words: readonly unknown[]): string {
  return words.map(String).join(" ").slice(0, maxWords);
}
