import { z } from "zod";

/**
 * The values that people type in commands, each parsed once, here.
 * A reference says what was typed; the resolver (which asks remotes and the channel) makes a `Resource` of it.
 */

/** `lxd1:web1`, `web1`, `lxd1:` (name is ""). */
export interface TargetReference {
  readonly remote?: string;
  readonly name: string;
}

/** `busybox`, `lxd1:busybox`, `ubuntu:24.04`, a fingerprint. Whether the part before the colon is a remote or an image server is for the resolver. */
export interface ImageReference {
  readonly source?: string;
  readonly name: string;
}

/** Something on a server, in full. */
export interface Resource {
  readonly remote: string;
  readonly project: string;
  readonly kind: "instance" | "remote" | "operation" | "image";
  readonly name: string;
}

/** `lxd1:web1`, and `lxd1:web1 (project staging)` outside the default project. */
export function formatResource(resource: Resource): string {
  const at = `${resource.remote}:${resource.name}`;
  return resource.project === "default" ? at : `${at} (project ${resource.project})`;
}

/** The name under which jobs lock a resource, and by which patterns match. */
export function resourceKey(resource: Resource): string {
  return `${resource.kind}/${resource.remote}/${resource.project}/${resource.name}`;
}

const remoteNamePattern = /^[a-zA-Z0-9][a-zA-Z0-9_.-]{0,62}$/;

export const remoteName = z
  .string()
  .regex(remoteNamePattern, "a remote's name is letters, digits, `-`, `_` and `.`, at most 63");

/** LXD's own rule for names (shared/validate/validate.go, IsHostname): 1–63 letters, digits and dashes, no dash at the ends, not only digits. */
export const instanceName = z
  .string()
  .max(63, "a name has at most 63 characters")
  .regex(/^[a-zA-Z0-9-]+$/, "a name is made of letters, digits and dashes")
  .refine((name) => !name.startsWith("-") && !name.endsWith("-"), "a name neither begins nor ends with a dash")
  .refine((name) => !/^[0-9]+$/.test(name), "a name is not only digits");

function splitRemote(text: string): { remote?: string; name: string } {
  const colon = text.indexOf(":");
  return colon === -1 ? { name: text } : { remote: text.slice(0, colon), name: text.slice(colon + 1) };
}

function targetOf(nameRule: z.ZodType<string>, { nameNeeded }: { readonly nameNeeded: boolean }) {
  return z.string().transform((text, context): TargetReference => {
    const { remote, name } = splitRemote(text);
    if (remote !== undefined) {
      const checked = remoteName.safeParse(remote);
      if (!checked.success) context.addIssue({ code: "custom", message: checked.error.issues[0]?.message ?? "" });
    }
    if (name === "" && nameNeeded) {
      context.addIssue({
        code: "custom",
        message: remote === undefined ? "a name has at least one character" : "a name is missing after the colon",
      });
    }
    if (name !== "") {
      const checked = nameRule.safeParse(name);
      if (!checked.success) context.addIssue({ code: "custom", message: checked.error.issues[0]?.message ?? "" });
    }
    return remote === undefined ? { name } : { remote, name };
  });
}

/** An instance that must be named: `web1`, `lxd1:web1`. */
export const instanceReference = targetOf(instanceName, { nameNeeded: true });

/** An instance, or only a remote (`lxd1:`) whose server shall choose the name. */
export const newInstanceReference = targetOf(instanceName, { nameNeeded: false });

export const imageReference = z.string().transform((text, context): ImageReference => {
  const { remote, name } = splitRemote(text);
  if (!/^[^\s\p{Cc}]{1,200}$/u.test(name))
    context.addIssue({ code: "custom", message: "an image is named by an alias or a fingerprint" });
  return remote === undefined ? { name } : { source: remote, name };
});

/** `key=value`, as in `-c limits.cpu=2`. */
export const keyValue = z.string().transform((text, context): readonly [string, string] => {
  const equals = text.indexOf("=");
  if (equals < 1) context.addIssue({ code: "custom", message: "it is written key=value" });
  return [text.slice(0, equals), text.slice(equals + 1)];
});

/** `name,key=value,key=value` or `name,key=value`, as in `-d root,size=10GiB` (lxc's `--device`). */
export const deviceOverride = z
  .string()
  .transform((text, context): { name: string; settings: Readonly<Record<string, string>> } => {
    const [name = "", ...pairs] = text.split(",");
    const settings: Record<string, string> = {};
    if (name === "" || pairs.length === 0)
      context.addIssue({ code: "custom", message: "it is written device,key=value" });
    for (const pair of pairs) {
      const equals = pair.indexOf("=");
      if (equals < 1) context.addIssue({ code: "custom", message: "it is written device,key=value" });
      else settings[pair.slice(0, equals)] = pair.slice(equals + 1);
    }
    return { name, settings };
  });

/** Whole seconds; -1 waits for ever, as in lxc. */
export const seconds = z
  .string()
  .regex(/^(-1|[0-9]{1,6})$/, "it is a number of seconds, or -1 to wait for ever")
  .transform(Number);

export const projectName = z.string().regex(/^[^\s/:]{1,63}$/u, "a project's name has no spaces, slashes or colons");
export const profileName = z.string().regex(/^[^\s/:]{1,63}$/u, "a profile's name has no spaces, slashes or colons");
export const plainName = z.string().regex(/^[^\s/:\p{Cc}]{1,63}$/u, "a name has no spaces, slashes or colons");
