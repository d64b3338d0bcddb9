import { UserError } from "../../src/errors.ts";

/** The `UserError` that a function throws, or nothing; whatever else is thrown is the test's failure. */
export function refusalIfAny(run: () => unknown): UserError | undefined {
  try {
    run();
    return undefined;
  } catch (thrown) {
    if (thrown instanceof UserError) return thrown;
    throw thrown;
  }
}

/** The `UserError` that a function has to throw. */
export function refusalOf(run: () => unknown): UserError {
  const refusal = refusalIfAny(run);
  if (refusal === undefined) throw new Error("it was not refused");
  return refusal;
}
