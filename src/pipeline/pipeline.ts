import { countAttempt, endArrival, openArrivals, type InboxRow } from "../../db/inbox.ts";
import { findOffer } from "../../db/offers.ts";
import { record } from "../audit/trail.ts";
import { messageOf } from "../errors.ts";
import { describeThrown, failureOf, isBug, type Failure } from "../jobs/failure.ts";
import { actorKey } from "../people/actor-key.ts";
import { Rerun } from "../rerun.ts";
import { subjectOf, type Desk } from "./desk.ts";
import { identify, type Identity } from "./identify.ts";
import { normalise } from "./grammar/normalise.ts";
import { parseCommand } from "./grammar/parse.ts";
import { helpReply, type HelpFacts } from "./help.ts";
import { cancelByClick, foreignButton } from "./cancel-click.ts";
import { destinationOf, endWithAnswer } from "./answer.ts";
import type { IncomingClick, SlackPort } from "./intake.ts";
import type { StoredPayload } from "./intake-service.ts";
import { answerQuestion } from "./questions.ts";
import type { Reply } from "./reply.ts";
import { runCommand } from "./run-command.ts";
import { failureReply } from "./says.ts";
import { askForPassword, trustByPassword, type SecretKeeper } from "./secrets.ts";

/** An arrival that ends the program each time it is worked on is given up after so many tries. */
const maxAttempts = 5;
/** An arrival that could not be answered because the disk is full, or the like, is tried again after this. */
const retryMs = 5_000;

export interface PipelineOptions {
  readonly desk: Desk;
  readonly port: SlackPort;
  readonly secrets: SecretKeeper;
  readonly facts: () => HelpFacts;
  /** Something was written for the outbox or for the runner. */
  readonly changed: () => void;
  readonly boundary: (name: string) => void;
}

/**
 * Works on what is in the inbox: everything behind the acknowledgement. What one person asks is worked on in the order
 * in which it arrived; people do not wait for each other.
 */
export class Pipeline implements AsyncDisposable {
  readonly #options: PipelineOptions;
  readonly #ending = new AbortController();
  /** Arrivals that are being worked on. */
  readonly #taken = new Set<string>();
  readonly #lines = new Map<string, Promise<void>>();
  readonly #looking = new Rerun(
    () => this.#look(),
    (error) => this.#options.desk.log.error({ error: describeThrown(error) }, "the inbox cannot be read"),
  );

  constructor(options: PipelineOptions) {
    this.#options = options;
  }

  /** Looks at the inbox; safe to call at any time. */
  kick(): void {
    if (!this.#ending.signal.aborted) this.#looking.ask();
  }

  /** Takes nothing new, and waits at most `graceMs` for what is being worked on; the rest stays in the inbox. */
  async stop(graceMs: number): Promise<void> {
    await this.#looking.settled();
    const { clock } = this.#options.desk;
    const grace = new AbortController();
    const all = Promise.all(this.#lines.values()).then(() => grace.abort());
    await Promise.race([all, clock.sleep(graceMs, grace.signal).catch(() => undefined)]);
    this.#ending.abort(new Error("the program ends"));
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.stop(0);
  }

  async #look(): Promise<void> {
    if (this.#ending.signal.aborted) return;
    for (const row of await openArrivals(this.#options.desk.store.read)) {
      if (this.#taken.has(row.id)) continue;
      this.#taken.add(row.id);
      const payload = JSON.parse(row.payload) as StoredPayload; // written by the intake
      const line = actorKey(payload.incoming);
      const before = this.#lines.get(line) ?? Promise.resolve();
      const work = before.then(() => this.#work(row, payload));
      this.#lines.set(line, work);
      void work.finally(() => {
        this.#taken.delete(row.id);
        if (this.#lines.get(line) === work) this.#lines.delete(line);
        this.#options.changed();
      });
    }
  }

  /** Never throws: an arrival ends with an answer, or stays in the inbox and is tried again. */
  async #work(row: InboxRow, payload: StoredPayload): Promise<void> {
    const { desk } = this.#options;
    const signal = this.#ending.signal;
    if (signal.aborted) return;
    try {
      await desk.store.write((transaction) => countAttempt(transaction, row.id));
      this.#options.boundary("taken");
      if (row.attempts >= maxAttempts) throw new Error(`given up after ${row.attempts} tries`);
      await this.#handle(row, payload, signal);
      this.#options.boundary("handled");
    } catch (error) {
      if (signal.aborted) return;
      try {
        await this.#fail(row, payload, error);
      } catch (again) {
        desk.log.error(
          { requestId: row.request_id, error: messageOf(again) },
          "an answer could not be written; trying again",
        );
        void desk.clock.sleep(retryMs, signal).then(
          () => this.kick(),
          () => undefined,
        );
      }
    }
  }

  async #handle(row: InboxRow, payload: StoredPayload, signal: AbortSignal): Promise<void> {
    const { desk, secrets } = this.#options;
    const { incoming } = payload;
    await desk.remotes.reload();
    await desk.policy.reload(incoming.teamId);
    const identity = await identify(desk.directory, { teamId: incoming.teamId, userId: incoming.userId }, signal);
    switch (payload.kind) {
      case "command":
      case "mention":
        await this.#command(row, payload, { identity, text: payload.text, signal });
        return;
      case "click":
        await this.#click(row, payload.incoming, { identity, signal });
        return;
      case "submission":
        await trustByPassword(desk, { row, incoming: payload.incoming, identity, secrets, signal });
        return;
      default:
        payload satisfies never;
    }
  }

  async #command(
    row: InboxRow,
    payload: StoredPayload,
    { identity, text, signal }: { readonly identity: Identity; readonly text: string; readonly signal: AbortSignal },
  ): Promise<void> {
    const { desk, facts } = this.#options;
    const { incoming } = payload;
    const parsed = parseCommand(desk.registry, payload.kind === "mention" ? withoutMention(text) : text);
    if (parsed.type === "help") {
      const subject = subjectOf(identity, incoming.channelId);
      const reply = helpReply({
        registry: desk.registry,
        ...(parsed.of === undefined ? {} : { of: parsed.of }),
        may: ({ permission }) => desk.policy.decide({ subject, demand: permission }).allow,
        facts: facts(),
      });
      await this.#answer(row, payload, reply);
      return;
    }
    const request = {
      id: row.request_id,
      actor: identity.actor,
      channelId: incoming.channelId,
      text: parsed.secretsMasked,
      receivedAt: row.received_at,
    };
    await record(desk.store.read, desk.clock, {
      requestId: row.request_id,
      kind: "request",
      teamId: incoming.teamId,
      userId: incoming.userId,
      body: {
        text: parsed.secretsMasked,
        channelId: incoming.channelId,
        userName: identity.actor.userName,
        by: payload.kind,
      },
    });
    await runCommand(
      desk,
      {
        arrivalId: row.id,
        request,
        identity,
        command: parsed.command,
        args: parsed.args,
        input: payload.kind === "mention" ? withoutMention(text) : text,
        public: parsed.public,
        reply: (visibility) => destinationOf(payload, visibility),
      },
      signal,
    );
    this.#options.boundary("planned");
  }

  async #click(
    row: InboxRow,
    click: IncomingClick,
    { identity, signal }: { readonly identity: Identity; readonly signal: AbortSignal },
  ): Promise<void> {
    const { desk, port } = this.#options;
    const payload: StoredPayload = { kind: "click", incoming: click };
    switch (click.action) {
      case "question.confirm":
      case "question.decline":
        await answerQuestion(
          desk,
          { arrivalId: row.id, identity, approvalId: click.value, confirmed: click.action === "question.confirm" },
          signal,
        );
        return;
      case "job.cancel":
        await this.#answer(row, payload, await cancelByClick(desk, { click, identity }));
        return;
      case "offer.run": {
        const offer = await findOffer(desk.store.read, click.value);
        if (!offer) throw foreignButton();
        await this.#command(row, payload, { identity, text: offer.text, signal });
        return;
      }
      case "secret.ask":
        await askForPassword(desk, { port, click, identity, signal });
        await desk.store.write((transaction) => endArrival(transaction, { id: row.id, at: desk.clock.now() }));
        return;
      default:
        click.action satisfies never;
    }
  }

  async #answer(row: InboxRow, payload: StoredPayload, reply: Reply): Promise<void> {
    const { store, clock } = this.#options.desk;
    await store.write((transaction) =>
      endWithAnswer(transaction, {
        arrivalId: row.id,
        requestId: row.request_id,
        destination: destinationOf(payload, { public: false }),
        reply,
        at: clock.now(),
      }),
    );
  }

  async #fail(row: InboxRow, payload: StoredPayload, error: unknown): Promise<void> {
    const { desk } = this.#options;
    const failure: Failure = failureOf(error);
    const { incoming } = payload;
    if (isBug(error))
      desk.log.error({ requestId: row.request_id, error: describeThrown(error) }, "a request failed by a bug");
    else desk.log.info({ requestId: row.request_id, code: failure.code, what: failure.what }, "refused");
    await desk.store.write(async (transaction) => {
      const at = desk.clock.now();
      const reply = await failureReply(transaction, { failure, requestId: row.request_id, now: at });
      const destination = destinationOf(payload, { public: false });
      const answer = { arrivalId: row.id, requestId: row.request_id, destination, reply, at };
      if (!(await endWithAnswer(transaction, answer))) return;
      await record(transaction, desk.clock, {
        requestId: row.request_id,
        kind: "failure",
        teamId: incoming.teamId,
        userId: incoming.userId,
        outcome: failure.code,
        body: failure,
      });
    });
  }
}

function withoutMention(text: string): string {
  return normalise(text.replace(/^\s*<@[A-Z0-9]+(\|[^>]*)?>\s*/, ""));
}
