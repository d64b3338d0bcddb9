import type { z } from "zod";
import type { Demand } from "../access/permissions.ts";
import type { Plan } from "./plan.ts";
import type { Reply } from "./reply.ts";
import type { Request } from "./request.ts";
import type { Services } from "./services.ts";

/** A positional argument. `many` takes all that follow, so only the last may be; optional ones stand last. */
export interface Argument<Value extends z.ZodType = z.ZodType> {
  readonly kind: "argument";
  readonly value: Value;
  readonly help: string;
  readonly optional: boolean;
  readonly many: boolean;
  /** What stands for it in the usage line; the parameter's name when absent. */
  readonly hint?: string;
}

/** `--name VALUE`, `-n VALUE`, `--name=VALUE`. `repeat` collects every occurrence. */
export interface Option<Value extends z.ZodType = z.ZodType> {
  readonly kind: "option";
  readonly value: Value;
  readonly help: string;
  readonly short?: string;
  readonly repeat: boolean;
  readonly hint: string;
}

/** `--name`, `-n`: no value. */
export interface Flag {
  readonly kind: "flag";
  readonly help: string;
  readonly short?: string;
}

export type Parameter = Argument | Option | Flag;
export type Parameters = Readonly<Record<string, Parameter>>;

/** What the handler gets: `dryRun` in the declaration is `--dry-run` when typed. */
export type ArgsOf<P extends Parameters> = {
  readonly [K in keyof P]: P[K] extends Flag
    ? boolean
    : P[K] extends { readonly kind: "option"; readonly value: infer V extends z.ZodType; readonly repeat: infer R }
      ? R extends true
        ? readonly z.output<V>[]
        : z.output<V> | undefined
      : P[K] extends {
            readonly kind: "argument";
            readonly value: infer V extends z.ZodType;
            readonly optional: infer O;
            readonly many: infer M;
          }
        ? M extends true
          ? readonly z.output<V>[]
          : O extends true
            ? z.output<V> | undefined
            : z.output<V>
        : never;
};

interface ArgumentSpec {
  readonly value: z.ZodType;
  readonly help: string;
  readonly optional?: true;
  readonly many?: true;
  readonly hint?: string;
}

/** Whether a specification says so; what it does not say is false. */
type Said<S, K extends string> = S extends Readonly<Record<K, true>> ? true : false;

export function argument<const S extends ArgumentSpec>(
  spec: S,
): Argument<S["value"]> & { readonly optional: Said<S, "optional">; readonly many: Said<S, "many"> } {
  const made: Argument = { ...spec, kind: "argument", optional: spec.optional ?? false, many: spec.many ?? false };
  // the fields are those of the specification, which the type repeats
  return made as Argument<S["value"]> & { readonly optional: Said<S, "optional">; readonly many: Said<S, "many"> };
}

interface OptionSpec {
  readonly value: z.ZodType;
  readonly help: string;
  readonly hint: string;
  readonly short?: string;
  readonly repeat?: true;
}

export function option<const S extends OptionSpec>(
  spec: S,
): Option<S["value"]> & { readonly repeat: Said<S, "repeat"> } {
  const made: Option = { ...spec, kind: "option", repeat: spec.repeat ?? false };
  return made as Option<S["value"]> & { readonly repeat: Said<S, "repeat"> }; // as above
}

export function flag(spec: { readonly help: string; readonly short?: string }): Flag {
  return { kind: "flag", ...spec };
}

interface Common<P extends Parameters, N extends keyof Services> {
  /** The words after `/lxd`: `launch`, `remote add`. */
  readonly name: string;
  /** lxc's other words for the same: `ls`, `rm`. */
  readonly aliases?: readonly string[];
  readonly summary: string;
  /** A paragraph for `/lxd help NAME`. */
  readonly description?: string;
  readonly parameters: P;
  /**
   * Lines without `/lxd`, with `{remote}`, `{instance}`, `{image}`, `{other}` where this team's own names shall stand.
   */
  readonly examples: readonly string[];
  readonly permission: Demand;
  /** What the handler may use; nothing else is handed to it. */
  readonly needs: readonly N[];
  /**
   * The words that are a secret when typed (a join token), by parameter name: they are kept out of logs, audit and messages.
   */
  readonly secrets?: readonly (keyof P & string)[];
}

export interface Context<P extends Parameters, N extends keyof Services> {
  readonly request: Request;
  readonly args: ArgsOf<P>;
  readonly use: Pick<Services, N>;
  readonly signal: AbortSignal;
}

/** Reads, and answers. Quick answers are seen by the asker alone unless `--public` is typed. */
export interface AnswerCommand<
  P extends Parameters = Parameters,
  N extends keyof Services = keyof Services,
> extends Common<P, N> {
  readonly type: "answer";
  readonly run: (context: Context<P, N>) => Promise<Reply>;
}

/**
 * Changes the bot's own database, and nothing else. `run` prepares and returns the write; the pipeline carries it out
 * in the transaction that also ends the request, so that it happens exactly once.
 */
export interface SettingCommand<
  P extends Parameters = Parameters,
  N extends keyof Services = keyof Services,
> extends Common<P, N> {
  readonly type: "setting";
  readonly run: (context: Context<P, N>) => Promise<Setting>;
}

export interface Setting {
  readonly write: (transaction: SettingTransaction) => Promise<void>;
  readonly reply: Reply;
}

/** The open transaction, as `db/` functions take it; opaque here. */
export type SettingTransaction = import("../../db/database.ts").Write;

/** Changes servers: computes a plan, which becomes a job. Computing changes nothing, and is done again before the run. */
export interface JobCommand<
  P extends Parameters = Parameters,
  N extends keyof Services = keyof Services,
> extends Common<P, N> {
  readonly type: "job";
  readonly plan: (context: Context<P, N>) => Promise<Plan>;
}

export type Command = AnswerCommand | SettingCommand | JobCommand;

/**
 * Declares a command. The type of the arguments follows from the declared parameters, that of the services from `needs`.
 * The result hides both, so that all commands stand in one list.
 */
export function defineCommand<const P extends Parameters, const N extends keyof Services>(
  command: AnswerCommand<P, N> | SettingCommand<P, N> | JobCommand<P, N>,
): Command {
  // the registry hands each command the arguments that its own parameters parsed, and the services that it needs
  return command as unknown as Command;
}
