import diagnostics from "node:diagnostics_channel";
import { ping, WebSocket } from "undici";
import type { Clock } from "../../clock.ts";
import { messageOf } from "../../errors.ts";
import type { Log } from "../../log.ts";
import type { Exchange } from "../transport/exchange.ts";
import { pathOf } from "../transport/path.ts";
import { parseFrame, type LxdEvent } from "./event-shapes.ts";

/** One events connection to a server, kept open. */
export interface EventStream {
  readonly connected: boolean;
  /** Begins to connect, and to reconnect; once is enough. */
  readonly start: () => void;
  /** True as soon as events arrive, false when they do not within `timeoutMs`. Throws the signal's reason. */
  readonly ready: (signal: AbortSignal, timeoutMs: number) => Promise<boolean>;
  /** A listener that throws is logged and stays. Call the answer to unsubscribe. */
  readonly subscribe: (listener: (event: LxdEvent) => void) => () => void;
}

interface StreamOptions {
  readonly exchange: Exchange;
  readonly clock: Clock;
  readonly log: Log;
  /** 0 ≤ x < 1 */
  readonly random: () => number;
  /** Asks over HTTP whether the server answers and trusts us: a WebSocket that fails does not say why. */
  readonly probe: (signal: AbortSignal) => Promise<void>;
}

const eventsPath = pathOf(["events"], { "all-projects": true, type: "operation,lifecycle" });

export class ReconnectingEvents implements EventStream, AsyncDisposable {
  readonly #options: StreamOptions;
  readonly #listeners = new Set<(event: LxdEvent) => void>();
  readonly #ended = new AbortController();
  #running: Promise<void> | undefined;
  #connected = false;

  constructor(options: StreamOptions) {
    this.#options = options;
  }

  get connected(): boolean {
    return this.#connected;
  }

  start(): void {
    this.#running ??= this.#run();
  }

  subscribe(listener: (event: LxdEvent) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  async ready(signal: AbortSignal, timeoutMs: number): Promise<boolean> {
    signal.throwIfAborted();
    if (this.#connected) return true;
    const waited = new AbortController();
    const unsubscribe = this.subscribe((event) => {
      if (event.type === "connected") waited.abort();
    });
    const onAbort = (): void => waited.abort();
    signal.addEventListener("abort", onAbort, { once: true });
    // the sleep ends early when connected or aborted; which one is asked afterwards
    await this.#options.clock.sleep(timeoutMs, waited.signal).catch(() => undefined);
    signal.removeEventListener("abort", onAbort);
    unsubscribe();
    signal.throwIfAborted();
    return this.#connected;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#ended.abort(new Error("the events connection was closed"));
    await this.#running;
    this.#listeners.clear();
  }

  async #run(): Promise<void> {
    const { clock, log, exchange, random, probe } = this.#options;
    const { reconnectFirstMs, reconnectMaxMs } = exchange.limits;
    const { signal } = this.#ended;
    let failures = 0;
    while (!signal.aborted) {
      let reason: string;
      try {
        await probe(signal);
        const opened = await this.#session(signal);
        if (opened.wasOpen) failures = 0;
        ({ reason } = opened);
      } catch (thrown) {
        reason = messageOf(thrown);
      }
      if (signal.aborted) return;
      // half fixed, half random: many bots do not come back in step after a server's restart
      const backoffMs = Math.min(reconnectMaxMs, reconnectFirstMs * 2 ** Math.min(failures, 16));
      const delayMs = backoffMs * (0.5 + random() / 2);
      failures += 1;
      log.info({ remote: exchange.remote, reason, delayMs }, "lxd events: not connected");
      await clock.sleep(delayMs, signal).catch(() => undefined);
    }
  }

  /** Opens a socket and stays until it ends. */
  #session(signal: AbortSignal): Promise<{ readonly wasOpen: boolean; readonly reason: string }> {
    const { exchange, log } = this.#options;
    const { eventsOpenMs, eventsPingMs, eventsPongMs } = exchange.limits;
    const socket = new WebSocket(exchange.origin.replace(/^http/, "ws") + eventsPath, {
      dispatcher: exchange.dispatcher,
    });
    return new Promise((resolve) => {
      let wasOpen = false;
      let pongTimer: NodeJS.Timeout | undefined;
      const opening = setTimeout(() => end("the events connection did not open in time"), eventsOpenMs);
      // a host that vanished closes nothing; a pong proves that it is there
      const pinging = setInterval(() => {
        if (!wasOpen) return;
        ping(socket);
        pongTimer ??= setTimeout(() => end("the server no longer answers on the events connection"), eventsPongMs);
      }, eventsPingMs);
      const onPong = (message: unknown): void => {
        if (!isAbout(message, socket)) return;
        clearTimeout(pongTimer);
        pongTimer = undefined;
      };
      const onAbort = (): void => end("closed");
      diagnostics.subscribe("undici:websocket:pong", onPong);
      signal.addEventListener("abort", onAbort, { once: true });

      socket.addEventListener("open", () => {
        clearTimeout(opening);
        wasOpen = true;
        this.#connected = true;
        this.#emit({ type: "connected" });
      });
      socket.addEventListener("message", ({ data }: { readonly data: unknown }) => {
        const event = typeof data === "string" ? parseFrame(data) : undefined;
        if (event) this.#emit(event);
        else log.warn({ remote: exchange.remote, start: String(data).slice(0, 80) }, "lxd events: frame ignored");
      });
      // the error event says nothing, and a close event follows it
      socket.addEventListener("error", () => undefined);
      socket.addEventListener("close", ({ code, reason }) => {
        end(`the events connection was closed (${code}${reason === "" ? "" : `, ${reason}`})`);
      });

      let ended = false;
      function release(): void {
        clearTimeout(opening);
        clearInterval(pinging);
        clearTimeout(pongTimer);
        diagnostics.unsubscribe("undici:websocket:pong", onPong);
        signal.removeEventListener("abort", onAbort);
        if (socket.readyState < WebSocket.CLOSING) socket.close();
      }
      const end = (reason: string): void => {
        if (ended) return;
        ended = true;
        release();
        this.#connected = false;
        if (wasOpen) this.#emit({ type: "disconnected", reason });
        resolve({ wasOpen, reason });
      };
    });
  }

  #emit(event: LxdEvent): void {
    for (const listener of this.#listeners) {
      try {
        listener(event);
      } catch (thrown) {
        this.#options.log.error({ err: thrown, remote: this.#options.exchange.remote }, "lxd events: listener failed");
      }
    }
  }
}

function isAbout(message: unknown, socket: WebSocket): boolean {
  return typeof message === "object" && message !== null && "websocket" in message && message.websocket === socket;
}
