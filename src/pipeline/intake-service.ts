import { receive, type Arrival } from "../../db/inbox.ts";
import { asStoreError, type Read } from "../../db/database.ts";
import { newId, type Clock } from "../clock.ts";
import { messageOf, UserError } from "../errors.ts";
import { failureOf } from "../jobs/failure.ts";
import type { Log } from "../log.ts";
import { normalise } from "./grammar/normalise.ts";
import { parseCommand } from "./grammar/parse.ts";
import { helpReply, type HelpFacts } from "./help.ts";
import type {
  Incoming,
  IncomingClick,
  IncomingCommand,
  IncomingMention,
  IncomingSubmission,
  Intake,
} from "./intake.ts";
import type { PolicyKeeper } from "./policy.ts";
import type { SecretKeeper } from "./secrets.ts";
import type { Registry } from "./registry.ts";
import { failureParts } from "./says.ts";
import { say, type Reply } from "./reply.ts";

export interface IntakeOptions {
  readonly registry: Registry;
  readonly store: Read;
  readonly clock: Clock;
  readonly log: Log;
  readonly policy: PolicyKeeper;
  readonly facts: () => HelpFacts;
  /** Something is on disk to be worked on. */
  readonly arrived: () => void;
  /** Takes secrets over in memory, by the arrival's id. */
  readonly secrets: SecretKeeper;
  readonly boundary: (name: string) => void;
}

/** What stands in the inbox: what arrived, without secrets. */
export type StoredPayload =
  | { readonly kind: "command"; readonly incoming: IncomingCommand; readonly text: string }
  | { readonly kind: "click"; readonly incoming: IncomingClick }
  | { readonly kind: "submission"; readonly incoming: Omit<IncomingSubmission, "secrets"> }
  | { readonly kind: "mention"; readonly incoming: IncomingMention; readonly text: string };

/** The half of the pipeline that stands before the acknowledgement: normalise, parse, one insert; nothing is waited for but the disk. */
export function createIntake(options: IntakeOptions): Intake {
  const { registry, policy, clock, log } = options;

  /** The stored arrival's reference; null when it had arrived before. */
  async function keep(incoming: Incoming, payload: StoredPayload): Promise<string | null> {
    const requestId = newId("r");
    const arrival: Arrival = { id: incoming.id, kind: payload.kind, requestId, payload, at: clock.now() };
    const isNew = await receive(options.store, arrival);
    options.boundary("received");
    if (isNew) options.arrived();
    log.info({ requestId, kind: payload.kind, userId: incoming.userId, repeated: !isNew }, "received");
    return isNew ? requestId : null;
  }

  function mayOf(
    incoming: Incoming,
  ): (command: { readonly permission: Parameters<PolicyKeeper["decide"]>[0]["demand"] }) => boolean {
    const subject = { teamId: incoming.teamId, userId: incoming.userId, channelId: incoming.channelId, groups: [] };
    return ({ permission }) => policy.decide({ subject, demand: permission }).allow;
  }

  function refusal(error: unknown): Reply {
    const failure = failureOf(asStoreError(error));
    if (!(error instanceof UserError) && failure.code === "internal") {
      log.error({ error: messageOf(error) }, "an arrival could not be taken");
    }
    const offers = (failure.offers ?? []).map(({ text }) => text);
    return {
      summary: failure.what,
      parts: [
        ...failureParts(failure),
        ...(offers.length === 0
          ? []
          : [{ type: "list", items: offers.map((text) => ({ code: `/lxd ${text}` })) } as const]),
      ],
    };
  }

  return {
    command: async (incoming) => {
      try {
        const text = normalise(incoming.text);
        const parsed = parseCommand(registry, text === "" ? "help" : text);
        if (parsed.type === "help") {
          return helpReply({
            registry,
            ...(parsed.of === undefined ? {} : { of: parsed.of }),
            may: mayOf(incoming),
            facts: options.facts(),
          });
        }
        await keep(incoming, { kind: "command", incoming, text });
        if (parsed.command.type !== "job") return null;
        return say("👀 ", { code: `/lxd ${parsed.secretsMasked}` }, " — understood.");
      } catch (error) {
        return refusal(error);
      }
    },
    click: async (incoming) => {
      await keep(incoming, { kind: "click", incoming });
    },
    submission: async (incoming) => {
      const { secrets, ...rest } = incoming;
      options.secrets.keep(incoming.id, secrets);
      // a second delivery has nobody who would take them
      if ((await keep(incoming, { kind: "submission", incoming: rest })) === null) options.secrets.take(incoming.id);
      return null;
    },
    mention: async (incoming) => {
      await keep(incoming, { kind: "mention", incoming, text: incoming.text });
    },
  };
}
