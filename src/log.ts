import { pino, type DestinationStream, type Logger } from "pino";

/** The log of the program: JSON lines, a static message and fields. `error` is our bug, `warn` is looked at in batches, a user's mistake is `info`. */
export type Log = Logger;

export const logLevels = ["trace", "debug", "info", "warn", "error", "fatal", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/**
 * Names of fields whose values never reach the log, at any depth that we log.
 * Slack: tokens and response URLs (whoever has one can post). LXD: trust passwords, join tokens, operation secrets.
 */
const secretFields = [
  "token",
  "botToken",
  "appToken",
  "signingSecret",
  "password",
  "secret",
  "trust_token",
  "keyPem",
  "responseUrl",
  "response_url",
  "authorization",
  "core.trust_password",
];

export function createLog(level: LogLevel, destination?: DestinationStream): Log {
  const paths = secretFields.flatMap((field) => [`["${field}"]`, `*["${field}"]`, `*.*["${field}"]`]);
  const options = {
    level,
    base: null,
    redact: { paths, censor: "[redacted]" },
    timestamp: pino.stdTimeFunctions.isoTime,
  };
  return destination ? pino(options, destination) : pino(options);
}
