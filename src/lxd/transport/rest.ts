import { z } from "zod";
import type { Clock } from "../../clock.ts";
import { LxdNonsense, LxdRefused, type CallPlace } from "../errors.ts";
import { redactPath } from "../redact.ts";
import type { Answer, Ask, Caller, Ending, Exchange } from "./exchange.ts";
import { lastSegment } from "./path.ts";

/** LXD's envelope around every JSON answer (doc/rest-api.md, "Return values"). */
const Envelope = z.discriminatedUnion("type", [
  z.object({ type: z.literal("sync"), metadata: z.unknown().optional() }),
  z.object({ type: z.literal("async"), operation: z.string(), metadata: z.unknown().optional() }),
  z.object({ type: z.literal("error"), error: z.string(), error_code: z.number() }),
]);
type Envelope = z.infer<typeof Envelope>;
type Accepted = Exclude<Envelope, { type: "error" }>;

/** What is known so far of an exchange, for the record. */
type Seen = { -readonly [K in keyof Ending]: Ending[K] };

/** The answer to a request that LXD goes on with after answering. */
export interface StartedOperation {
  readonly id: string;
  readonly mayCancel: boolean;
  /** Kind → paths, such as `instances` → `["/1.0/instances/web1"]`. */
  readonly resources: Readonly<Record<string, readonly string[]>>;
}

const Started = z.object({
  id: z.string().min(1),
  may_cancel: z.boolean(),
  resources: z
    .record(z.string(), z.array(z.string()))
    .nullish()
    .transform((resources) => resources ?? {}),
});

type Change = Pick<Ask, "method" | "path" | "body" | "etag">;

/** Requests of one caller to one server, unwrapped and validated. What the resources are built on. */
export interface Rest {
  readonly remote: string;
  readonly signal: AbortSignal;
  get: <T>(path: string, schema: z.ZodType<T>, timeoutMs?: number) => Promise<T>;
  /** With the ETag to send back as `If-Match`. */
  getTagged: <T>(path: string, schema: z.ZodType<T>) => Promise<{ readonly value: T; readonly etag: string }>;
  /** A change that LXD answers when it is done. */
  change: (change: Change) => Promise<void>;
  /** A change that LXD goes on with as an operation. */
  start: (change: Change) => Promise<StartedOperation>;
  /** A file: its end where it is longer than the limit. */
  text: (path: string, maxBytes: number) => Promise<{ readonly text: string; readonly truncated: boolean }>;
}

export function restOf(exchange: Exchange, caller: Caller, clock: Clock): Rest {
  /** Whatever happens in `work`, the log and the caller hear of it. */
  async function told<T>(ask: Ask, work: (seen: Seen) => Promise<T>): Promise<T> {
    const seen: Seen = {};
    const startedMs = clock.now();
    try {
      return await work(seen);
    } catch (thrown) {
      seen.thrown = thrown;
      throw thrown;
    } finally {
      exchange.report(caller, ask, { ...seen, startedMs, endedMs: clock.now() });
    }
  }

  function call(ask: Ask): Promise<{ readonly envelope: Accepted; readonly answer: Answer }> {
    return told(ask, async (seen) => {
      const answer = await exchange.send(caller, ask);
      seen.status = answer.status;
      return { envelope: accept(placeOf(exchange.remote, ask), answer, seen), answer };
    });
  }

  async function getTagged<T>(path: string, schema: z.ZodType<T>, timeoutMs?: number) {
    const ask: Ask = { method: "GET", path, ...(timeoutMs === undefined ? {} : { timeoutMs }) };
    const { envelope, answer } = await call(ask);
    return { value: parse(placeOf(exchange.remote, ask), schema, envelope.metadata), etag: answer.etag };
  }

  return {
    remote: exchange.remote,
    signal: caller.signal,
    get: async (path, schema, timeoutMs) => (await getTagged(path, schema, timeoutMs)).value,
    getTagged: (path, schema) => getTagged(path, schema),
    change: async (change) => {
      await call(change);
    },
    start: async (change) => {
      const { envelope, answer } = await call(change);
      const place = placeOf(exchange.remote, change);
      if (envelope.type !== "async") {
        throw new LxdNonsense(place, { status: answer.status, detail: "an operation was expected, none was started" });
      }
      const started = parse(place, Started, envelope.metadata);
      return { id: started.id, mayCancel: started.may_cancel, resources: started.resources };
    },
    text: (path, maxBytes) => {
      const ask: Ask = { method: "GET", path, kept: { part: "end", bytes: maxBytes } };
      return told(ask, async (seen) => {
        const answer = await exchange.send(caller, ask);
        seen.status = answer.status;
        if (answer.status === 200) return { text: answer.body, truncated: answer.truncated };
        const place = placeOf(exchange.remote, ask);
        accept(place, answer, seen);
        throw new LxdNonsense(place, { status: answer.status, detail: "a file was expected" });
      });
    },
  };
}

function placeOf(remote: string, ask: Change): CallPlace {
  return { remote, method: ask.method, path: redactPath(ask.path) };
}

/** First characters of an answer that was not understood, enough to recognise a proxy's error page. */
const shownChars = 200;
const shownProblemChars = 500;

function openEnvelope(place: CallPlace, answer: Answer): Envelope {
  let json: unknown;
  try {
    json = JSON.parse(answer.body);
  } catch (cause) {
    const start = answer.body.slice(0, shownChars);
    throw new LxdNonsense(place, { status: answer.status, detail: `HTTP ${answer.status}, not JSON: ${start}`, cause });
  }
  return parse(place, Envelope, json);
}

/** Opens the envelope; LXD's "no" is thrown. */
function accept(place: CallPlace, answer: Answer, seen: Seen): Accepted {
  const envelope = openEnvelope(place, answer);
  if (envelope.type === "error") {
    seen.answered = envelope;
    throw new LxdRefused(place, { status: envelope.error_code, errorText: envelope.error });
  }
  seen.answered = envelope.metadata;
  if (envelope.type === "async") seen.operation = lastSegment(envelope.operation);
  return envelope;
}

function parse<T>(place: CallPlace, schema: z.ZodType<T>, value: unknown): T {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  // a list can be wrong 500 times
  const detail = z.prettifyError(result.error).replaceAll("\n", " ").slice(0, shownProblemChars);
  throw new LxdNonsense(place, { detail, cause: result.error });
}
