import type { Reporter, SerializedError, TestModule } from "vitest/node";

/** Prints `N passed, N failed, N skipped` as the last line; a file that does not load counts as a failure. */
export default class ClosingLine implements Reporter {
  onTestRunEnd(modules: readonly TestModule[], errors: readonly SerializedError[]): void {
    const count = { passed: 0, failed: 0, skipped: 0 };
    for (const module of modules) {
      let failedHere = 0;
      for (const test of module.children.allTests()) {
        const state = test.result().state;
        if (state === "passed") count.passed += 1;
        else if (state === "failed") failedHere += 1;
        else count.skipped += 1;
      }
      if (failedHere === 0 && module.state() === "failed") failedHere = 1;
      count.failed += failedHere;
    }
    count.failed += errors.length;
    process.stdout.write(`\n${count.passed} passed, ${count.failed} failed, ${count.skipped} skipped\n`);
  }
}
