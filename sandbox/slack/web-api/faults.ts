/**
 * Bad luck on demand, for the next calls of one method (`"*"` for any, `"response_url"` for those).
 * `hang` never answers; `drop` cuts the connection before anything is done; `apply-and-drop` does it and then cuts,
 * so that the caller cannot know.
 */
export type Fault =
  | { readonly type: "ratelimited"; readonly retryAfterSeconds: number; readonly times?: number }
  | { readonly type: "status"; readonly status: number; readonly times?: number }
  | { readonly type: "error"; readonly error: string; readonly times?: number }
  | { readonly type: "hang"; readonly times?: number }
  | { readonly type: "drop"; readonly times?: number }
  | { readonly type: "apply-and-drop"; readonly times?: number };

/** The faults that are still to come, in the order in which they were asked for. */
export class Faults {
  readonly #waiting: { readonly method: string; readonly fault: Fault; left: number }[] = [];

  add(method: string, fault: Fault): void {
    this.#waiting.push({ method, fault, left: fault.times ?? 1 });
  }

  take(method: string): Fault | undefined {
    const index = this.#waiting.findIndex((one) => one.method === method || one.method === "*");
    const found = this.#waiting[index];
    if (found === undefined) return undefined;
    found.left -= 1;
    if (found.left <= 0) this.#waiting.splice(index, 1);
    return found.fault;
  }

  clear(): void {
    this.#waiting.length = 0;
  }
}
