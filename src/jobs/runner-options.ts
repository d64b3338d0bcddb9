import type { Store, Write } from "../../db/database.ts";
import type { JobRow, StepRow } from "../../db/jobs.ts";
import type { Clock } from "../clock.ts";
import type { Lxd } from "../lxd/connection.ts";
import type { Caller } from "../lxd/transport/exchange.ts";
import type { Endpoint } from "../lxd/transport/routes.ts";
import type { Log } from "../log.ts";
import type { Failure } from "./failure.ts";
import type { StepKinds } from "./step-kind.ts";

export interface RunnerOptions {
  readonly store: Store;
  readonly clock: Clock;
  readonly log: Log;
  readonly kinds: StepKinds;
  readonly servers: JobServers;
  /** Asked right before a job begins: may it still, and is the plan still what was agreed to? A failure ends it unbegun. */
  readonly mayStart: (job: JobRow, signal: AbortSignal) => Promise<Failure | undefined>;
  /** Adds to the thread and to the trail what is worth keeping, in the transaction in which it happens. */
  readonly tell: JobTeller;
  /** Something was written that is to be sent. */
  readonly changed: () => void;
  /** Tests end the process here; see `StepDependencies`. */
  readonly boundary: (name: string) => void;
}

/** How a job reaches servers; all its requests carry its request id. */
export interface JobServers {
  /** A client of a remote. Throws UserError `remote-unknown`. */
  readonly lxd: (remote: string, caller: Caller) => Lxd;
  /** A client of a server that is no remote (yet); it lives until the signal is aborted or the program ends. */
  readonly dial: (remote: string, endpoint: Endpoint, caller: Caller) => Lxd;
}

export interface JobTeller {
  readonly begun: (transaction: Write, job: JobRow) => Promise<void>;
  /** The program was ended while the job ran, and takes it up again. */
  readonly takenUp: (transaction: Write, job: JobRow) => Promise<void>;
  readonly stepEnded: (transaction: Write, job: JobRow, step: StepRow) => Promise<void>;
  readonly ended: (transaction: Write, job: JobRow, steps: readonly StepRow[]) => Promise<void>;
}
