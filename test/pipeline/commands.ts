import { z } from "zod";
import { argument, defineCommand, flag, option, type Command } from "../../src/pipeline/define.ts";
import {
  imageReference,
  instanceName,
  instanceReference,
  keyValue,
  newInstanceReference,
} from "../../src/pipeline/references.ts";
import { say } from "../../src/pipeline/reply.ts";

const done = say("done");

/** Declarations with every feature of the grammar, shaped as lxc's own commands. */
const launch = defineCommand({
  type: "answer",
  name: "launch",
  aliases: ["start-new"],
  summary: "Create and start an instance",
  description: "Takes an image (`ubuntu:24.04`).",
  parameters: {
    image: argument({ value: imageReference, help: "the image" }),
    instance: argument({ value: newInstanceReference, help: "its name", optional: true }),
    profile: option({ value: z.string(), help: "a profile", hint: "PROFILE", short: "p", repeat: true }),
    config: option({ value: keyValue, help: "a setting", hint: "KEY=VALUE", short: "c", repeat: true }),
    project: option({ value: z.string().min(1), help: "the project", hint: "PROJECT" }),
    ephemeral: flag({ help: "delete it when it stops", short: "e" }),
    dryRun: flag({ help: "only say what would happen" }),
    quiet: flag({ help: "say less", short: "q" }),
  },
  examples: ["launch {image} {remote}:web1 -p default", "launch {image}"],
  permission: "instance.create",
  needs: [],
  run: async () => done,
});

const stop = defineCommand({
  type: "setting",
  name: "stop",
  summary: "Stop instances",
  parameters: {
    instances: argument({ value: instanceReference, help: "which", many: true, hint: "INSTANCE" }),
    timeout: option({ value: z.coerce.number().int().min(0), help: "how long to wait", hint: "SECONDS" }),
    force: flag({ help: "pull the plug", short: "f" }),
  },
  examples: ["stop {instance} --timeout 30"],
  permission: "instance.stop",
  needs: [],
  run: async () => ({ write: async () => {}, reply: done }),
});

const list = defineCommand({
  type: "answer",
  name: "list",
  aliases: ["ls"],
  summary: "List instances",
  parameters: {
    filters: argument({ value: z.string(), help: "what to show", many: true, optional: true, hint: "FILTER" }),
    format: option({ value: z.enum(["table", "csv"]), help: "how", hint: "FORMAT", short: "f" }),
  },
  examples: ["list {remote}: --format csv"],
  permission: "instance.read",
  needs: [],
  run: async () => done,
});

const remoteAdd = defineCommand({
  type: "setting",
  name: "remote add",
  summary: "Add a remote",
  parameters: {
    remote: argument({ value: instanceName, help: "its name" }),
    address: argument({ value: z.string().min(3), help: "a token or an address", hint: "TOKEN|ADDRESS" }),
    token: option({ value: z.string().startsWith("ey"), help: "a join token", hint: "TOKEN", short: "t" }),
    verbose: flag({ help: "say more", short: "v" }),
  },
  examples: ["remote add {other} TOKEN"],
  permission: "remote.write",
  needs: [],
  secrets: ["address", "token"],
  run: async () => ({ write: async () => {}, reply: done }),
});

const remoteList = defineCommand({
  type: "answer",
  name: "remote list",
  aliases: ["remote ls"],
  summary: "List remotes",
  parameters: {},
  examples: ["remote list"],
  permission: "remote.read",
  needs: [],
  run: async () => done,
});

const version = defineCommand({
  type: "answer",
  name: "version",
  summary: "Say what runs",
  parameters: {},
  examples: [],
  permission: "anyone",
  needs: [],
  run: async () => done,
});

export const testCommands: readonly Command[] = [launch, stop, list, remoteAdd, remoteList, version];
