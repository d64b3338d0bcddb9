import { connect, createServer, type Socket } from "node:net";
import { once } from "node:events";

export interface WithholdingProxy extends AsyncDisposable {
  /** How many requests began with these words. */
  readonly seen: () => number;
  /** Answers pass again from now on. */
  readonly relent: () => void;
}

/**
 * A socket before a server's socket. Requests pass; the answer to the first one that begins with `words` never comes
 * back, although the server has carried it out.
 */
export async function startWithholdingProxy({
  listen,
  server,
  words,
}: {
  readonly listen: string;
  readonly server: string;
  readonly words: string;
}): Promise<WithholdingProxy> {
  const sockets = new Set<Socket>();
  let seen = 0;
  let withholding = true;
  const proxy = createServer((client) => {
    const upstream = connect(server);
    let mute = false;
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        sockets.delete(socket);
        client.destroy();
        upstream.destroy();
      });
    }
    client.on("data", (data) => {
      if (data.toString("latin1").startsWith(words)) {
        seen += 1;
        if (withholding) mute = true;
      }
      upstream.write(data);
    });
    upstream.on("data", (data) => {
      if (!mute) client.write(data);
    });
  });
  proxy.listen(listen);
  await once(proxy, "listening");
  return {
    seen: () => seen,
    relent: () => {
      withholding = false;
    },
    [Symbol.asyncDispose]: async () => {
      const closed = once(proxy, "close");
      proxy.close();
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}
