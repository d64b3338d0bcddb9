import { failureOf, networkFailureOf, type CallFailure } from "../web/failures.ts";
import type { Rendered } from "../render/reply.ts";

const respondTimeoutMs = 10_000;
const defaultRetryAfterMs = 5_000;

/**
 * Posts to a response URL: five times within 30 minutes. Null when it was taken; `refused` when the URL has had its
 * day, or is none.
 */
export async function respond(
  url: string,
  { rendered, ...how }: { readonly rendered: Rendered; readonly public: boolean; readonly replace: boolean },
): Promise<CallFailure | null> {
  if (!URL.canParse(url)) return { kind: "refused", error: "no response url" };
  try {
    const response = await fetch(url, {
      method: "POST",
      headers: { "content-type": "application/json; charset=utf-8" },
      body: JSON.stringify({
        ...rendered,
        response_type: how.public ? "in_channel" : "ephemeral",
        replace_original: how.replace,
      }),
      redirect: "error",
      signal: AbortSignal.timeout(respondTimeoutMs),
    });
    const said = (await response.text()).slice(0, 200);
    if (response.ok) return null;
    if (response.status === 429) {
      const seconds = Number(response.headers.get("retry-after"));
      return { kind: "limited", afterMs: seconds > 0 ? seconds * 1000 : defaultRetryAfterMs, error: "ratelimited" };
    }
    const error = `http ${response.status} ${said}`;
    return { kind: response.status >= 500 ? "unknown" : "refused", error };
  } catch (error) {
    return error instanceof TypeError ? networkFailureOf(error) : failureOf(error);
  }
}

/** A response URL is good for half an hour (https://docs.slack.dev/interactivity/handling-user-interaction#message_responses). */
const lifeMs = 30 * 60_000;
const maxKept = 1_000;

/** The newest response URL of a person in a channel: the only way to be heard where the bot is not a member. In memory, since it is worth little. */
export class ResponseUrls {
  readonly #urls = new Map<string, { readonly url: string; readonly at: number }>();

  keep(
    { userId, channelId, url }: { readonly userId: string; readonly channelId: string; readonly url: string },
    at: number,
  ): void {
    const key = `${userId}/${channelId}`;
    this.#urls.delete(key);
    this.#urls.set(key, { url, at });
    if (this.#urls.size > maxKept) this.#urls.delete(this.#urls.keys().next().value ?? "");
  }

  find(
    { userId, channelId }: { readonly userId: string; readonly channelId: string },
    now: number,
  ): string | undefined {
    const kept = this.#urls.get(`${userId}/${channelId}`);
    return kept !== undefined && now - kept.at < lifeMs ? kept.url : undefined;
  }
}
