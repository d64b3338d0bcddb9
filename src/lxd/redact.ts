/**
 * Keeps secrets out of the log and out of what `/lxd why` shows. By name of the field rather than by place, so that a
 * field that a newer server adds (`admin_password`, `bearer_token`) is covered as well.
 */
const censored = "[redacted]";

const secretName = /password|passwd|secret|token|credential|private[._-]?key|authorization/i;

/** Operation metadata whose values open a WebSocket: exec and console (`fds`), migration (the others). */
const socketSecretNames = new Set(["fds", "control", "criu", "fs"]);
const socketSecret = /^[0-9a-f]{64}$/;

/**
 * Configuration keys that people fill as they like: cloud-init carries passwords and keys, `environment.*` API tokens,
 * `user.*` anything. Only what the bot writes itself is shown.
 */
const freeConfig = /^(?:user|environment|cloud-init)\./;
const ownConfig = "user.chatops.";

const privateKey = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;

/** A copy in which secrets are replaced; everything else is kept as it is. */
export function redact(value: unknown): unknown {
  if (typeof value === "string") return privateKey.test(value) ? censored : value;
  if (Array.isArray(value)) return value.map(redact);
  if (value === null || typeof value !== "object") return value;
  return Object.fromEntries(Object.entries(value).map(([name, inner]) => [name, redactField(name, inner)]));
}

/** The same for a path: `?secret=…` opens an operation's WebSocket. */
export function redactPath(path: string): string {
  return path.replace(/([?&](?:secret|password|token)=)[^&]*/g, `$1${censored}`);
}

/** Of a list so many entries are shown: to redact 500 instances only to cut them off would cost tens of milliseconds. */
const shownEntries = 5;

/** JSON of a redacted value, cut to `maxChars`. */
export function redactedText(value: unknown, maxChars: number): string {
  if (Array.isArray(value) && value.length > shownEntries) {
    return `${redactedText(value.slice(0, shownEntries), maxChars)} and ${value.length - shownEntries} more`;
  }
  const text = JSON.stringify(redact(value)) ?? "";
  return text.length <= maxChars ? text : `${text.slice(0, maxChars)}… (${text.length} characters)`;
}

function redactField(name: string, value: unknown): unknown {
  if (isSecret(name, value)) return censored;
  return redact(value);
}

function isSecret(name: string, value: unknown): boolean {
  // `"token": true` asks for a token and is none; an empty value hides nothing
  if (value === null || value === "" || typeof value === "boolean") return false;
  if (freeConfig.test(name)) return !name.startsWith(ownConfig);
  if (socketSecretNames.has(name)) return typeof value !== "string" || socketSecret.test(value);
  return secretName.test(name);
}
