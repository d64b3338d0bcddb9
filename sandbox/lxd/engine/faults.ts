import { ApiError } from "./errors.ts";

/** Things that can go wrong between the request and its answer, by name. */
export const transportFaults = {
  /** The request is carried out, its answer is never sent; the socket stays open. */
  "withhold-answer": "after",
  /** The request is carried out, then the socket is cut. */
  "cut-after-request": "after",
  /** The socket is cut before anything is done. */
  "cut-before-request": "before",
  /** The answer waits for `delayMs`. */
  "slow-answer": "after",
  /** Nothing is done; the answer is 500 with LXD's error body. */
  "answer-500": "before",
  /** Nothing is done; the answer is no JSON. */
  "answer-garbage": "before",
  /** Nothing is done; the answer stops in the middle of its body. */
  "answer-truncated": "before",
} as const satisfies Record<string, "before" | "after">;
export type TransportFault = keyof typeof transportFaults;

export interface FaultOptions {
  /** Default: any. */
  readonly method?: string;
  /** Default: any. A text matches the whole path. */
  readonly path?: string | RegExp;
  /** How often it strikes before it is over. Default: 1. */
  readonly times?: number;
  /** For "slow-answer". */
  readonly delayMs?: number;
}

interface ArmedFault {
  readonly name: TransportFault;
  readonly options: FaultOptions;
  left: number;
}

/** The faults armed by a test. */
export interface Faults {
  arm(name: TransportFault, options: FaultOptions): Disposable;
  /** Takes one strike of the first armed fault that matches. */
  strike(method: string, path: string): { readonly name: TransportFault; readonly delayMs: number } | null;
}

export function createFaults(): Faults {
  const armed = new Set<ArmedFault>();
  return {
    arm(name, options) {
      const fault: ArmedFault = { name, options, left: options.times ?? 1 };
      armed.add(fault);
      return { [Symbol.dispose]: () => void armed.delete(fault) };
    },
    strike(method, path) {
      for (const fault of armed) {
        if (!matches(fault.options, method, path)) continue;
        fault.left -= 1;
        if (fault.left <= 0) armed.delete(fault);
        return { name: fault.name, delayMs: fault.options.delayMs ?? 0 };
      }
      return null;
    },
  };
}

function matches(options: FaultOptions, method: string, path: string): boolean {
  if (options.method !== undefined && options.method !== method) return false;
  if (options.path === undefined) return true;
  return typeof options.path === "string" ? options.path === path : options.path.test(path);
}

/**
 * Faults that an instance carries in its name: `fault-start-web` fails to start. They need no access to the
 * simulation, so a person at the demo can have them, too.
 */
export const instanceFaults = {
  create: "the unpacking fails half way, the record is removed again",
  start: "forkstart fails, the instance's lxc.log says why",
  stop: "the shutdown is ignored; a forced stop works",
  delete: "the storage volume is busy",
  freeze: "the cgroup freezer times out",
  crash: "it starts, and is found stopped a moment later",
  noip: "it never gets an address",
} as const;
export type InstanceFault = keyof typeof instanceFaults;

export function hasFault(instanceName: string, fault: InstanceFault): boolean {
  return instanceName === `fault-${fault}` || instanceName.startsWith(`fault-${fault}-`);
}

/** Throws `message` where the instance's name asks for the fault. */
export function failOn(instanceName: string, fault: InstanceFault, message: string): void {
  if (hasFault(instanceName, fault)) throw new ApiError(500, message);
}

/** An image of this alias cannot be downloaded from any image server. */
export const brokenImageAlias = "fault-download";
