import type { SocketModeClient } from "@slack/socket-mode";

/** Our own event on a client: Slack has asked for a new connection. */
export const renewal = "renewal";

/**
 * The library closes a connection as soon as Slack announces its end, some ten seconds ahead, and what is under way on
 * it is lost. Here the announcement becomes an event, and everything else goes to the library as before.
 */
export function renewGently(client: SocketModeClient): void {
  const listeners = client.listeners("ws_message");
  client.removeAllListeners("ws_message");
  client.on("ws_message", (...message: unknown[]) => {
    if (announcesEnd(message[0])) client.emit(renewal);
    else for (const listener of listeners) listener.apply(client, message);
  });
}

/** Other reasons (`link_disabled`, `too_many_websockets`) do not get better by connecting again at once. */
const gentleReasons: ReadonlySet<unknown> = new Set(["warning", "refresh_requested"]);

function announcesEnd(data: unknown): boolean {
  if (typeof data !== "string" || !data.includes('"disconnect"')) return false;
  try {
    const message: unknown = JSON.parse(data);
    if (typeof message !== "object" || message === null) return false;
    return (
      "type" in message && message.type === "disconnect" && "reason" in message && gentleReasons.has(message.reason)
    );
  } catch {
    return false;
  }
}
