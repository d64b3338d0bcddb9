import type { ServerResponse } from "node:http";
import type { ControlEvent } from "../control.ts";
import type { Change, StoredPerson } from "../state/store.ts";
import type { ViewChange } from "../state/views.ts";
import { eventFor, type Scene } from "./page-state.ts";

const heartbeatMs = 15_000;

/** Server-sent events for the open pages. */
export class Feed {
  readonly #scene: Scene;
  readonly #pages = new Map<ServerResponse, string>();
  readonly #heartbeat: NodeJS.Timeout;

  constructor(scene: Scene) {
    this.#scene = scene;
    this.#heartbeat = setInterval(() => {
      for (const response of this.#pages.keys()) response.write(": still here\n\n");
    }, heartbeatMs);
    this.#heartbeat.unref();
  }

  open(response: ServerResponse, person: StoredPerson): void {
    response.writeHead(200, { "Content-Type": "text/event-stream; charset=utf-8", "Cache-Control": "no-store" });
    response.write(": hello\n\n");
    this.#pages.set(response, person.id);
    response.on("close", () => this.#pages.delete(response));
  }

  changed(change: Change | ViewChange): void {
    for (const [response, id] of this.#pages) {
      const person = this.#scene.store.person(id);
      const event = person === undefined ? undefined : eventFor(this.#scene, person, change);
      if (event !== undefined) send(response, event);
    }
  }

  botConnected(connected: boolean): void {
    for (const response of this.#pages.keys()) send(response, { type: "bot", connected });
  }

  close(): void {
    clearInterval(this.#heartbeat);
    for (const response of this.#pages.keys()) response.end();
  }
}

function send(response: ServerResponse, event: ControlEvent): void {
  response.write(`data: ${JSON.stringify(event)}\n\n`);
}
