import type { Button as SlackButton, KnownBlock } from "@slack/types";
import type { Button } from "../../pipeline/reply.ts";
import { cleanLine } from "./clean.ts";
import { cut, limits } from "./limits.ts";

export interface Buttons {
  /** One row of buttons; no block when there are none. */
  readonly block: (buttons: readonly Button[]) => KnownBlock[];
}

/** Makes the buttons of one message: the first of an action has its name as id, the others `<action>:<n>`. */
export function createButtons(): Buttons {
  const seen = new Map<string, number>();
  return {
    block: (buttons) => {
      const elements = buttons.slice(0, limits.buttons).map((button): SlackButton => {
        const n = (seen.get(button.action) ?? 0) + 1;
        seen.set(button.action, n);
        if (button.value.length > limits.buttonValue) throw new Error("a button's value is longer than Slack takes");
        return {
          type: "button",
          text: { type: "plain_text", text: cut(cleanLine(button.label), limits.buttonLabel) || "…", emoji: false },
          action_id: n === 1 ? button.action : `${button.action}:${n}`,
          value: button.value,
          ...(button.style === undefined ? {} : { style: button.style }),
        };
      });
      return elements.length === 0 ? [] : [{ type: "actions", elements }];
    },
  };
}
