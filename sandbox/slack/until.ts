const defaultTimeoutMs = 10_000;
/** Calls of the Web API change nothing that watchers hear of, so the probe is asked now and then as well. */
const askEveryMs = 20;

/** Resolves with the first thing that `probe` gives; asked at once, after every change, and every few milliseconds. */
export function until<T>(
  probe: () => T | undefined | false,
  options: { readonly watchers: Set<() => void>; readonly timeoutMs?: number },
): Promise<T> {
  const timeoutMs = options.timeoutMs ?? defaultTimeoutMs;
  return new Promise((resolve, reject) => {
    const deadline = setTimeout(
      () => finish(() => reject(new Error(`Nothing came in ${timeoutMs} ms: ${String(probe)}`))),
      timeoutMs,
    );
    const timer = setInterval(ask, askEveryMs);
    options.watchers.add(ask);
    ask();

    function ask(): void {
      try {
        const found = probe();
        if (found !== undefined && found !== false) finish(() => resolve(found));
      } catch (error) {
        finish(() => reject(error instanceof Error ? error : new Error(String(error))));
      }
    }

    function finish(settle: () => void): void {
      clearTimeout(deadline);
      clearInterval(timer);
      options.watchers.delete(ask);
      settle();
    }
  });
}
