/** One request as it arrived, for assertions. `status` is null until (or unless) it is answered. */
export interface LoggedRequest {
  readonly atMs: number;
  readonly transport: "unix" | "https";
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, string>>;
  readonly headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Parsed JSON, or the text where it is none; null for an empty body. */
  readonly body: unknown;
  readonly status: number | null;
  /** Fields that LXD does not know and drops without a word. */
  readonly unknownFields: readonly string[];
}

/** An entry that is being filled in while the request is handled. */
export interface OpenLogEntry {
  setBody(text: string): void;
  setUnknownFields(fields: readonly string[]): void;
  setStatus(status: number): void;
}

/** Older entries are dropped, so that a demo can run for days. */
const maxLoggedRequests = 5_000;

export interface RequestLog {
  open(entry: Omit<LoggedRequest, "body" | "status" | "unknownFields">): OpenLogEntry;
  list(): readonly LoggedRequest[];
  clear(): void;
}

export function createRequestLog(): RequestLog {
  const entries: { -readonly [Key in keyof LoggedRequest]: LoggedRequest[Key] }[] = [];
  return {
    open(entry) {
      const logged = {
        ...entry,
        body: null as unknown,
        status: null as number | null,
        unknownFields: [] as readonly string[],
      };
      entries.push(logged);
      if (entries.length > maxLoggedRequests) entries.shift();
      return {
        setBody(text) {
          logged.body = parseLeniently(text);
        },
        setUnknownFields(fields) {
          logged.unknownFields = fields;
        },
        setStatus(status) {
          logged.status = status;
        },
      };
    },
    list: () => entries.map((entry) => ({ ...entry })),
    clear: () => void entries.splice(0),
  };
}

function parseLeniently(text: string): unknown {
  if (text === "") return null;
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
