/**
 * Does a piece of work soon after it was asked for, one at a time: asked while it is done, it is done once more. The work
 * looks at what there is, so that any number of requests is served by one.
 */
export class Rerun {
  readonly #work: () => Promise<void>;
  readonly #failed: (error: unknown) => void;
  #running: Promise<void> | undefined;
  #again = false;

  constructor(work: () => Promise<void>, failed: (error: unknown) => void) {
    this.#work = work;
    this.#failed = failed;
  }

  ask(): void {
    if (this.#running) {
      this.#again = true;
      return;
    }
    this.#running = this.#work()
      .catch((error: unknown) => this.#failed(error))
      .finally(() => {
        this.#running = undefined;
        if (!this.#again) return;
        this.#again = false;
        this.ask();
      });
  }

  /** Resolves when the work that is being done now has ended. */
  async settled(): Promise<void> {
    await this.#running;
  }
}
