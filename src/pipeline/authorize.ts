import { hostReaching } from "../access/host-reaching.ts";
import type { Decision, PolicyTarget } from "../access/policy.ts";
import { UserError } from "../errors.ts";
import type { Command } from "./define.ts";
import type { Plan } from "./plan.ts";
import { formatResource, type Resource } from "./references.ts";
import type { Services } from "./services.ts";

/** First: may this person try this at all, anywhere? @throws UserError `not-allowed` */
export function authorizeCommand(command: Command, decision: Decision): void {
  if (decision.allow) return;
  throw notAllowed(`You may not use \`${command.name}\`.`, decision.because);
}

/**
 * Second: every resource that the plan touches, and what the instances would be like: whoever may create a container may
 * not thereby reach the host. @throws UserError `not-allowed`
 */
export function authorizePlan(plan: Plan, may: Services["may"]): void {
  for (const { resource, permission } of plan.touches) {
    const decision = may(permission, targetOf(resource, plan.owners?.[formatResource(resource)]));
    if (!decision.allow) throw notAllowed(`You may not do this to ${formatResource(resource)}.`, decision.because);
  }
  for (const { resource, instance } of plan.results) {
    const reach = hostReaching(instance);
    if (reach.length === 0) continue;
    const decision = may("host.reach", targetOf(resource));
    if (decision.allow) continue;
    throw notAllowed(
      `${formatResource(resource)} would reach the host, and you may not do that.`,
      reach.map(({ what, why }) => `${what}: ${why}`).join("; "),
    );
  }
}

/** For a single thing that a command is about. @throws UserError `not-allowed` */
export function requireAllowed(decision: Decision, what: string): void {
  if (decision.allow) return;
  throw new UserError("not-allowed", { what, why: decision.because, next: "Ask an admin of the bot." });
}

export function targetOf(resource: Resource, owner?: string): PolicyTarget {
  return {
    remote: resource.remote,
    project: resource.project,
    name: resource.name,
    ...(owner === undefined ? {} : { owner }),
  };
}

function notAllowed(what: string, why: string): UserError {
  return new UserError("not-allowed", {
    what,
    why,
    next: "Ask an admin of the bot: `/lxd access grant @you ROLE REMOTE:NAME`.",
  });
}
