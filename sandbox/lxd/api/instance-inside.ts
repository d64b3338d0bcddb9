import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { instanceResources, isUp, requireInstance, tellInstance } from "../engine/instances.ts";
import type { Instance } from "../engine/model.ts";
import { accepted, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { flagField, namesField } from "./preconditions.ts";

const execPost = {
  go: "InstanceExecPost",
  fields: {
    command: "strings",
    "wait-for-websocket": "bool",
    interactive: "bool",
    environment: "map",
    width: "int",
    height: "int",
    "record-output": "bool",
    user: "int",
    group: "int",
    cwd: "string",
  },
} as const;

/** What can be seen inside of an instance: logs, console, files, and a handful of commands. */
export const instanceInsideRoutes: readonly Route[] = [
  { path: "/1.0/instances/{name}/logs", GET: { handle: listLogs } },
  { path: "/1.0/instances/{name}/logs/{file}", GET: { handle: showLog }, DELETE: { handle: deleteLog } },
  { path: "/1.0/instances/{name}/console", GET: { handle: showConsole } },
  { path: "/1.0/instances/{name}/files", GET: { handle: showFile } },
  { path: "/1.0/instances/{name}/exec", POST: { body: execPost, handle: runCommand } },
];

function target(daemon: Daemon, request: ApiRequest): Instance {
  return requireInstance(daemon, request.project, request.params["name"] ?? "");
}

function listLogs(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  return sync([...instance.logs.keys()].sort().map((file) => `/1.0/instances/${instance.name}/logs/${file}`));
}

function requireLogName(request: ApiRequest): string {
  const file = request.params["file"] ?? "";
  const known = /^(lxc\.(conf|log)|qemu\.(conf|log)|(migration|snapshot|exec)_.*)$/.test(file);
  if (!known) throw new ApiError(400, `log file name ${file} not valid`);
  return file;
}

function download(name: string, body: string, headers: Readonly<Record<string, string>> = {}): ApiResponse {
  return {
    kind: "raw",
    body,
    headers: {
      "Content-Type": "application/octet-stream",
      "Content-Disposition": `inline;filename=${name}`,
      "Accept-Ranges": "bytes",
      ...headers,
    },
  };
}

function showLog(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const file = requireLogName(request);
  const content = instance.logs.get(file);
  if (content === undefined) throw new ApiError(404, "Not Found");
  tellInstance(daemon, instance, {
    action: "instance-log-retrieved",
    path: `/backups/${file}`,
    requestor: request.requestor,
  });
  return download(file, content);
}

function deleteLog(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const file = requireLogName(request);
  if (!file.startsWith("exec_"))
    throw new ApiError(400, "Only log files excluding qemu.log and lxc.log may be deleted");
  if (!instance.logs.delete(file)) throw new ApiError(404, "Not Found");
  return emptySync;
}

function showConsole(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const name = `/var/log/${daemon.flavour.server}/${instance.name}/console.log`;
  return download(name, instance.consoleLog);
}

function filesOf(instance: Instance): ReadonlyMap<string, string> {
  const basics: readonly (readonly [string, string])[] = [
    ["/etc/hostname", `${instance.name}\n`],
    ["/etc/passwd", "root:x:0:0:root:/root:/bin/sh\nubuntu:x:1000:1000::/home/ubuntu:/bin/sh\n"],
    ["/etc/group", "root:x:0:\nubuntu:x:1000:\n"],
  ];
  return new Map(instance.hasRootfs ? [...basics, ...instance.files] : []);
}

const fileHeaders = {
  "X-LXD-gid": "0",
  "X-LXD-uid": "0",
  "X-LXD-modified": "2026-11-24 07:43:28 +0000 UTC",
};

function showFile(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  const path = request.query.get("path") ?? "";
  if (path === "") throw new ApiError(400, "Missing path argument");
  const content = filesOf(instance).get(path);
  if (content === undefined) throw new ApiError(404, "Not Found");
  tellInstance(daemon, instance, { action: "instance-file-retrieved", context: { path } });
  const name = path.slice(path.lastIndexOf("/") + 1);
  return download(name, content, { ...fileHeaders, "X-LXD-mode": "0644", "X-LXD-type": "file" });
}

interface CommandResult {
  readonly returnCode: number;
  readonly stdout: string;
  readonly stderr: string;
}

const commandNotFound = 127;

/** The commands that the simulated containers know; null for one they do not have. */
function perform(instance: Instance, command: readonly string[]): CommandResult | null {
  const [program = "", ...rest] = command;
  switch (program) {
    case "echo":
      return done(`${rest.join(" ")}\n`);
    case "hostname":
      return done(`${instance.name}\n`);
    case "true":
      return done("");
    case "false":
      return { returnCode: 1, stdout: "", stderr: "" };
    case "id":
      return done("uid=0(root) gid=0(root)\n");
    case "cat":
      return concatenate(filesOf(instance), rest);
    default:
      return null;
  }
}

function done(stdout: string): CommandResult {
  return { returnCode: 0, stdout, stderr: "" };
}

function concatenate(files: ReadonlyMap<string, string>, paths: readonly string[]): CommandResult {
  const missing = paths.filter((path) => !files.has(path));
  return {
    returnCode: missing.length === 0 ? 0 : 1,
    stdout: paths.map((path) => files.get(path) ?? "").join(""),
    stderr: missing.map((path) => `cat: can't open '${path}': No such file or directory\n`).join(""),
  };
}

/** Without WebSockets: the output is recorded or dropped. */
function runCommand(daemon: Daemon, request: ApiRequest): ApiResponse {
  const instance = target(daemon, request);
  if (instance.status === "Frozen") throw new ApiError(400, "Instance is frozen");
  if (!isUp(instance)) throw new ApiError(400, "Instance is not running");
  if (flagField(request, "wait-for-websocket") || flagField(request, "interactive")) {
    throw new ApiError(501, "exec over WebSockets is not simulated: use record-output");
  }
  const command = namesField(request, "command") ?? [];
  const record = flagField(request, "record-output");
  return accepted(
    daemon.operations.create({
      project: instance.project,
      description: "Executing command",
      resources: instanceResources(daemon, [instance.name]),
      run: async (handle) => {
        await daemon.pace.spend(0, handle.signal);
        if (command.length === 0) throw new ApiError(500, "Failed to retrieve PID of executing child process");
        tellInstance(daemon, instance, { action: "instance-exec", context: { command } });
        const result = perform(instance, command);
        if (result === null) {
          handle.updateMetadata({ return: commandNotFound });
          throw new ApiError(500, "Command not found");
        }
        const output = record ? recordOutput(instance, handle.id, result) : undefined;
        handle.updateMetadata({ ...(output === undefined ? {} : { output }), return: result.returnCode });
      },
    }),
  );
}

function recordOutput(instance: Instance, id: string, result: CommandResult): Record<string, string> {
  instance.logs.set(`exec_${id}.stdout`, result.stdout);
  instance.logs.set(`exec_${id}.stderr`, result.stderr);
  const path = `/1.0/instances/${instance.name}/logs/exec_${id}`;
  return { "1": `${path}.stdout`, "2": `${path}.stderr` };
}
