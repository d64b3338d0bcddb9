import { UserError, type ErrorCode } from "../errors.ts";
import { LxdNonsense, LxdRefused, LxdUnreachable } from "./errors.ts";

interface Signature {
  readonly pattern: RegExp;
  readonly code: ErrorCode;
  readonly next: string;
}

/**
 * What LXD's refusals mean for a person. The only place where its texts are read; the first match counts.
 * Texts from canonical/lxd, tag lxd-5.0.2, and lxc/incus 6.0.
 */
const signatures: readonly Signature[] = [
  {
    pattern: /^(Instance|Container) not found|^Failed (?:getting|to fetch).*instance.*not found/i,
    code: "instance-missing",
    next: "See what there is with `/lxd list`.",
  },
  {
    pattern: /Instance "[^"]*" already exists|This "instances" entry already exists|Name "[^"]*" already in use/i,
    code: "instance-taken",
    next: "Choose another name, or look at the one that has it with `/lxd info`.",
  },
  {
    pattern: /Requested profile "?'?[^"']*"?'? doesn't exist|Profile not found/i,
    code: "profile-missing",
    next: "Choose another profile with `-p`.",
  },
  {
    pattern: /Image (alias )?not found|Alias .*not found|couldn't be found|The requested image|No image alias/i,
    code: "image-missing",
    next: "See what there is with `/lxd image list`.",
  },
  {
    pattern: /Storage pool not found|pool.*(doesn't exist|not found)/i,
    code: "pool-missing",
    next: "Choose another storage pool with `-s`.",
  },
  {
    pattern: /Network not found|network.*(doesn't exist|not found)/i,
    code: "network-missing",
    next: "Choose another network with `-n`.",
  },
  { pattern: /Project not found/i, code: "project-missing", next: "Choose another project with `--project`." },
  {
    pattern: /Instance is busy running a "([^"]*)" operation/i,
    code: "state-unfit",
    next: "Wait until it has ended (`/lxd operation list`), then try again.",
  },
  {
    pattern: /is already (running|stopped|frozen)|is not (running|frozen)/i,
    code: "state-unfit",
    next: "See how it stands with `/lxd info`.",
  },
  {
    pattern: /not authorized|Certificate is restricted|not trusted|is not trusted/i,
    code: "lxd-untrusted",
    next: "Add the remote again with a new join token: `/lxd remote add NAME TOKEN`.",
  },
];

/** What LXD's client errors mean for a person; undefined for anything else. */
export function explainLxdError(thrown: unknown): UserError | undefined {
  if (thrown instanceof LxdRefused) {
    const known = signatures.find(({ pattern }) => pattern.test(thrown.errorText));
    return new UserError(known?.code ?? "lxd-refused", {
      what: `${thrown.remote} refused.`,
      why: thrown.errorText,
      ...(known ? { next: known.next } : {}),
      cause: thrown,
    });
  }
  if (thrown instanceof LxdUnreachable) {
    if (thrown.kind === "tls-pin-changed") {
      return new UserError("lxd-certificate", {
        what: `${thrown.remote} shows another certificate than the one that was pinned, so nothing was sent to it.`,
        why: "The server was reinstalled, its certificate was renewed, or somebody else answers in its place.",
        next: `Ask whoever runs the server. If the new certificate is right: \`/lxd remote remove ${thrown.remote}\`, then add it again.`,
        cause: thrown,
      });
    }
    return new UserError("lxd-unreachable", {
      what: `${thrown.remote} cannot be reached.`,
      why: thrown.message.slice(thrown.message.indexOf(thrown.path) + thrown.path.length + 2),
      next: "Try again when it is back; `lxd-chatops doctor` on the bot's host looks at every remote.",
      cause: thrown,
    });
  }
  if (thrown instanceof LxdNonsense) {
    return new UserError("lxd-nonsense", {
      what: `${thrown.remote} answered something that the bot does not understand.`,
      why: thrown.detail,
      next: "Check that the address is that of an LXD or Incus server, and not of a proxy before it.",
      cause: thrown,
    });
  }
  return undefined;
}
