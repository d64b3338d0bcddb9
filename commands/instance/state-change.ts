import { UserError } from "../../src/errors.ts";
import type { Permission } from "../../src/access/permissions.ts";
import { targetOf } from "../../src/pipeline/authorize.ts";
import type { Plan } from "../../src/pipeline/plan.ts";
import { argument, flag, option } from "../../src/pipeline/define.ts";
import {
  formatResource,
  newInstanceReference,
  resourceKey,
  seconds,
  type Resource,
  type TargetReference,
} from "../../src/pipeline/references.ts";
import type { Services } from "../../src/pipeline/services.ts";
import { instanceChangeState } from "../../src/steps/instance/change-state.ts";
import { stamps, statusCode } from "../../src/steps/instance/identity.ts";
import { aboutSubjects, findSubjects, listed, projectionOf, unfit, type Subject } from "./shared.ts";

/** What the commands that change states have in common. */
export const instancesArgument = argument({
  value: newInstanceReference,
  optional: true,
  many: true,
  hint: "INSTANCE",
  help: "one or more",
});
export const allFlag = flag({ help: "every instance of the remote; asks first" });
export const timeoutOption = option({
  value: seconds,
  hint: "SECONDS",
  help: "how long to wait for a clean shutdown; -1 for ever",
});
export const forceFlag = flag({ short: "f", help: "do not wait: cut the power" });

type Action = "start" | "stop" | "restart" | "freeze" | "unfreeze";

interface Words {
  readonly verb: string;
  readonly permission: Permission;
  readonly title: string;
  readonly done: string;
  /** The statuses in which LXD takes the action (lxd/instance/drivers/driver_lxc.go: Start, Stop, Restart, Freeze, Unfreeze). */
  readonly from: readonly number[];
  readonly unfit: Readonly<Record<number, { readonly is: string; readonly offer?: string }>>;
}

const { stopped, running, frozen } = statusCode;

/** What each action is called, what it needs, and from which states it is possible. */
const actions = {
  start: {
    verb: "start",
    permission: "instance.start",
    title: "Start",
    done: "running",
    from: [stopped],
    unfit: { [running]: { is: "is running already" }, [frozen]: { is: "is paused", offer: "resume" } },
  },
  stop: {
    verb: "stop",
    permission: "instance.stop",
    title: "Stop",
    done: "stopped",
    from: [running, frozen],
    unfit: { [stopped]: { is: "is stopped already" } },
  },
  restart: {
    verb: "restart",
    permission: "instance.start",
    title: "Restart",
    done: "running again",
    from: [running],
    unfit: { [stopped]: { is: "is not running", offer: "start" }, [frozen]: { is: "is paused", offer: "resume" } },
  },
  freeze: {
    verb: "pause",
    permission: "instance.stop",
    title: "Pause",
    done: "paused",
    from: [running],
    unfit: { [stopped]: { is: "is not running" }, [frozen]: { is: "is paused already" } },
  },
  unfreeze: {
    verb: "resume",
    permission: "instance.start",
    title: "Resume",
    done: "running",
    from: [frozen],
    unfit: { [stopped]: { is: "is stopped, not paused", offer: "start" }, [running]: { is: "is running already" } },
  },
} as const satisfies Record<Action, Words>;

export interface StateChangeArgs {
  readonly instances: readonly TargetReference[];
  readonly all: boolean;
  readonly project: string | undefined;
  readonly timeout?: number | undefined;
  readonly force?: boolean;
}

interface Asked {
  readonly args: StateChangeArgs;
  readonly use: Pick<Services, "resolve" | "lxd" | "jobs" | "may">;
  /** What was typed. */
  readonly text: string;
}

/** The most instances that one command may touch. */
const maxInstances = 100;

/** Plans one action on several instances; each is its own lane, so that one that fails does not keep the others. */
export async function planStateChange(action: Action, { args, use, text }: Asked): Promise<Plan> {
  const words: Words = actions[action];
  const asked = { args, use, text };
  const subjects = args.all ? await allSubjects(words, asked) : await namedSubjects(words, asked);
  const names = subjects.map(({ resource }) => formatResource(resource));
  const options = {
    ...(args.timeout === undefined ? {} : { timeout: args.timeout }),
    ...(args.force === true ? { force: true } : {}),
  };
  const findings = subjects.flatMap(({ resource, instance }) =>
    action === "stop" && instance?.ephemeral === true
      ? [`${formatResource(resource)} is ephemeral: it is deleted when it stops`]
      : [],
  );
  const losesData = findings.length > 0;
  return {
    title: `${words.title} ${listed(names)}`,
    ...aboutSubjects(subjects, words.permission),
    steps: subjects.map(({ resource }) =>
      instanceChangeState.plan({
        input: { remote: resource.remote, project: resource.project, name: resource.name, action, ...options },
        says: `${words.title} ${formatResource(resource)}${args.force === true ? " by force" : ""}`,
        lane: resourceKey(resource),
      }),
    ),
    findings,
    basis:
      args.all || losesData
        ? subjects.map(({ resource, instance }) => [resourceKey(resource), instance && projectionOf(instance)])
        : null,
    ...(args.all || losesData
      ? {
          confirm: {
            button: `${words.title} ${subjects.length === 1 ? (subjects[0]?.resource.name ?? "") : `all ${subjects.length}`}`,
            parts: [{ type: "list", items: names.map((name) => ({ code: name })) } as const],
          },
        }
      : {}),
    done: `${listed(names)} ${names.length === 1 ? "is" : "are"} ${words.done}.`,
  };
}

async function namedSubjects(words: Words, { args, use, text }: Asked): Promise<readonly Subject[]> {
  if (args.instances.length === 0) {
    throw new UserError("argument-missing", {
      what: `\`${words.verb}\` needs the name of an instance.`,
      next: `\`/lxd ${words.verb} REMOTE:NAME\`, or \`--all\` with a remote.`,
    });
  }
  const nameless = args.instances.find(({ name }) => name === "");
  if (nameless) {
    throw new UserError("argument-invalid", {
      what: `${nameless.remote ?? ""}: names a remote, and no instance.`,
      next: `Write a name behind the colon, or \`--all\` if you mean every instance there.`,
    });
  }
  const subjects = await findSubjects(use, args.instances, { project: args.project, text });
  for (const { resource, instance, busy } of subjects) {
    if (busy || !instance || words.from.includes(instance.status_code)) continue;
    const reason = words.unfit[instance.status_code];
    if (reason) throw unfit(resource, reason);
  }
  return subjects;
}

/** Every instance of one remote and project that is in a state for it and that the person may touch. */
async function allSubjects(words: Words, { args, use, text }: Asked): Promise<readonly Subject[]> {
  const [reference, ...more] = args.instances;
  if (more.length > 0 || (reference !== undefined && reference.name !== "")) {
    throw new UserError("argument-extra", {
      what: "`--all` means every instance of a remote, so no instance can be named beside it.",
      next: `\`/lxd ${words.verb} --all REMOTE:\``,
    });
  }
  const { remote, project } = await use.resolve.remote(reference?.remote, {
    project: args.project,
    typed: (name) => `${text} ${name}:`,
  });
  const instances = await use.lxd(remote).instances.list({ project, recursion: 1 });
  const subjects: Subject[] = [];
  for (const instance of instances) {
    const resource: Resource = { kind: "instance", remote, project, name: instance.name };
    if (!words.from.includes(instance.status_code)) continue;
    if (!use.may(words.permission, targetOf(resource, instance.config[stamps.owner])).allow) continue;
    subjects.push({ resource, instance, busy: false });
  }
  if (subjects.length === 0) {
    throw new UserError("state-unfit", {
      what: `There is no instance on ${remote} to ${words.verb}.`,
      next: `See what there is: \`/lxd list ${remote}:\`.`,
    });
  }
  if (subjects.length > maxInstances) {
    throw new UserError("argument-extra", {
      what: `${subjects.length} instances are more than one command may touch (${maxInstances}).`,
      next: "Name them, or a project.",
    });
  }
  return subjects;
}
