import type { ModalView } from "@slack/types";
import type { WebClient } from "@slack/web-api";
import { UserError } from "../errors.ts";
import type { SecretModal, SlackPort } from "../pipeline/intake.ts";
import { clean, cleanLine } from "./render/clean.ts";
import { cut, limits } from "./render/limits.ts";
import { failureOf } from "./web/failures.ts";

/** The name of the one input: the key in a submission's `secrets`, and in the errors that are shown beside it. */
export const secretInput = "password";

export function createPort(web: WebClient): SlackPort {
  return {
    async openSecretModal(triggerId, modal, signal) {
      signal.throwIfAborted();
      try {
        await web.views.open({ trigger_id: triggerId, view: viewOf(modal) });
      } catch (error) {
        throw new UserError("internal", {
          what: "The window could not be opened.",
          why: `Slack says: ${failureOf(error).error}`,
          next: "Click once more.",
          cause: error,
        });
      }
    },
  };
}

function viewOf(modal: SecretModal): ModalView {
  if (modal.value.length > limits.privateMetadata) throw new Error("a modal's value is longer than Slack takes");
  return {
    type: "modal",
    callback_id: modal.view,
    private_metadata: modal.value,
    title: short(modal.title),
    submit: short(modal.submit),
    close: short("Never mind"),
    blocks: [
      {
        type: "section",
        text: { type: "plain_text", text: cut(clean(modal.explanation), limits.modalText), emoji: false },
      },
      {
        type: "input",
        block_id: secretInput,
        label: { type: "plain_text", text: cut(cleanLine(modal.label), limits.modalText), emoji: false },
        element: { type: "plain_text_input", action_id: secretInput, focus_on_load: true },
      },
    ],
  };
}

function short(text: string) {
  return { type: "plain_text", text: cut(cleanLine(text), limits.modalTitle), emoji: false } as const;
}
