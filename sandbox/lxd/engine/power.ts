import { randomBytes, randomInt } from "node:crypto";
import type { Daemon } from "./daemon.ts";
import { ApiError } from "./errors.ts";
import type { Requestor } from "./events.ts";
import { failOn, hasFault } from "./faults.ts";
import { expandedDevices, idmap, isUp, lockInstance, nicsOf, tellInstance } from "./instances.ts";
import type { Config, Instance, InstanceLock } from "./model.ts";
import type { OperationHandle } from "./operations.ts";

export type PowerAction = "start" | "stop" | "restart" | "freeze" | "unfreeze";

export interface PowerRequest {
  readonly action: PowerAction;
  /** Seconds a shutdown may take; 0 or less waits for ever. */
  readonly timeoutSeconds: number;
  readonly force: boolean;
  readonly stateful: boolean;
  readonly requestor: Requestor;
}

const millisecondsPerSecond = 1_000;
const crashShare = 0.5;
const vethDigits = 4;
const pidRange = { min: 2_000, max: 60_000 };

/** Carries one action out as LXD does; throws LXD's text (lxd/instance/drivers/driver_lxc.go). */
export async function changePower(
  daemon: Daemon,
  instance: Instance,
  job: { readonly request: PowerRequest; readonly handle: OperationHandle },
): Promise<void> {
  const { request, handle } = job;
  switch (request.action) {
    case "start":
      return start(daemon, instance, job);
    case "stop":
      return stop(daemon, instance, job);
    case "restart":
      if (!isUp(instance)) throw new ApiError(400, "The instance is already stopped");
      await takeDown(daemon, instance, job);
      await bringUp(daemon, instance, handle);
      return tellInstance(daemon, instance, { action: "instance-restarted", requestor: request.requestor });
    case "freeze":
      return freeze(daemon, instance, job);
    case "unfreeze":
      if (!isUp(instance)) throw new ApiError(500, daemon.flavour.texts.notRunning);
      if (instance.status === "Running") throw new ApiError(500, "The container is already running");
      await daemon.pace.spend(1, handle.signal);
      instance.status = "Running";
      return tellInstance(daemon, instance, { action: "instance-resumed", requestor: request.requestor });
  }
}

interface Job {
  readonly request: PowerRequest;
  readonly handle: OperationHandle;
}

async function start(daemon: Daemon, instance: Instance, { request, handle }: Job): Promise<void> {
  if (isUp(instance)) throw new ApiError(daemon.flavour.codes.alreadyRunning, "The instance is already running");
  if (request.stateful) throw new ApiError(500, "Container has no existing state to restore");
  await bringUp(daemon, instance, handle);
  tellInstance(daemon, instance, { action: "instance-started", requestor: request.requestor });
  if (hasFault(instance.name, "crash")) crashSoon(daemon, instance);
}

/** Also what the start of a freshly made instance does (Incus' `start: true`). */
export async function bringUp(daemon: Daemon, instance: Instance, handle: OperationHandle): Promise<void> {
  const lock = lockInstance(instance, "start", "Failed to create instance start operation: ");
  const { directory } = daemon.flavour.texts;
  try {
    const remaps = daemon.flavour.server === "lxd" && instance.config["volatile.last_state.idmap"] === "[]";
    if (remaps) handle.updateMetadata({ container_progress: "Remapping container filesystem" });
    await daemon.pace.spend(1, handle.signal);
    if (!instance.hasRootfs) {
      const rootfs = `${directory}/storage-pools/default/containers/${instance.name}/rootfs`;
      throw new ApiError(500, `Failed to handle idmapped storage: No such file or directory: "${rootfs}"`);
    }
    if (remaps) handle.updateMetadata({ container_progress: "" });
    if (hasFault(instance.name, "start")) writeStartFailure(instance);
    failOn(
      instance.name,
      "start",
      `Failed to run: ${daemon.flavour.texts.binary} forkstart ${instance.name} ${directory}/containers ` +
        `/var/log/${daemon.flavour.server}/${instance.name}/lxc.conf: exit status 1`,
    );
    markRunning(daemon, instance);
  } finally {
    lock.release();
  }
}

function writeStartFailure(instance: Instance): void {
  const line = (text: string) => `lxc ${instance.name} 20261124074507.615 ERROR    ${text}\n`;
  instance.logs.set(
    "lxc.log",
    line(
      "conf - ../src/lxc/conf.c:lxc_map_ids:3701 - newuidmap failed to write mapping: newuidmap: uid range not allowed",
    ) +
      line("start - ../src/lxc/start.c:lxc_spawn:1791 - Failed to set up id mapping.") +
      line(`start - ../src/lxc/start.c:__lxc_start:2074 - Failed to spawn container "${instance.name}"`),
  );
}

/** Also how a seeded instance is found running. */
export function markRunning(daemon: Daemon, instance: Instance): void {
  const config = { ...instance.config };
  delete config["volatile.apply_template"];
  config["volatile.idmap.current"] = idmap;
  config["volatile.last_state.idmap"] = idmap;
  config["volatile.last_state.power"] = "RUNNING";
  for (const [name] of nicsOf(expandedDevices(daemon, instance))) {
    config[`volatile.${name}.host_name`] = `veth${randomBytes(vethDigits).toString("hex")}`;
  }
  instance.config = config;
  instance.status = "Running";
  instance.pid = randomInt(pidRange.min, pidRange.max);
  instance.startedMs = daemon.pace.nowMs();
  instance.lastUsedAt = daemon.pace.now();
  instance.logs.set("lxc.conf", `lxc.uts.name = ${instance.name}\n`);
  instance.logs.set("lxc.log", "");
  instance.consoleLog += `${instance.name} login: `;
}

function markStopped(instance: Instance): void {
  const config: Config = { ...instance.config, "volatile.last_state.power": "STOPPED" };
  for (const key of Object.keys(config)) if (/^volatile\..+\.host_name$/.test(key)) delete config[key];
  instance.config = config;
  instance.status = "Stopped";
  instance.pid = 0;
  instance.startedMs = 0;
  instance.consoleLog += "The system is going down NOW!\nSent SIGTERM to all processes\nRequesting system halt\n";
}

async function stop(daemon: Daemon, instance: Instance, job: Job): Promise<void> {
  const { request } = job;
  if (!isUp(instance)) throw new ApiError(400, "The instance is already stopped");
  if (request.stateful) {
    throw new ApiError(500, "Unable to perform container live migration. CRIU isn't installed");
  }
  const current = instance.lock;
  if (current?.action === "stop") return joinStop(instance, { job, current });
  await takeDown(daemon, instance, job);
  await tellStopped(daemon, instance, request);
}

/** LXD lets a second stop share the first one's lock: a forced one ends it, a further shutdown waits with it. */
async function joinStop(
  instance: Instance,
  shared: { readonly job: Job; readonly current: InstanceLock },
): Promise<void> {
  if (shared.job.request.force) shared.current.forced.abort();
  await shared.current.released;
  if (isUp(instance)) throw new ApiError(500, shutdownFailed);
}

const shutdownFailed = 'Failed shutting down instance, status is "Running": shutting down the container failed';

async function takeDown(daemon: Daemon, instance: Instance, { request, handle }: Job): Promise<void> {
  const lock = lockInstance(instance, "stop", "Failed to create instance stop operation: ");
  try {
    if (!request.force) instance.status = "Running";
    if (!request.force && hasFault(instance.name, "stop")) {
      await waitForForce(request.timeoutSeconds, AbortSignal.any([handle.signal, lock.forced.signal]));
      handle.signal.throwIfAborted();
      if (!lock.forced.signal.aborted) throw new ApiError(500, shutdownFailed);
    } else {
      await daemon.pace.spend(1, AbortSignal.any([handle.signal, lock.forced.signal])).catch(() => {
        handle.signal.throwIfAborted();
      });
    }
    markStopped(instance);
  } finally {
    lock.release();
  }
}

async function waitForForce(timeoutSeconds: number, signal: AbortSignal): Promise<void> {
  const done = Promise.withResolvers<void>();
  const end = () => done.resolve();
  const timer = timeoutSeconds > 0 ? setTimeout(end, timeoutSeconds * millisecondsPerSecond) : undefined;
  signal.addEventListener("abort", end, { once: true });
  if (signal.aborted) end();
  await done.promise;
  clearTimeout(timer);
  signal.removeEventListener("abort", end);
}

/** An ephemeral instance is gone with its stop; LXD tells the deletion first. */
async function tellStopped(daemon: Daemon, instance: Instance, request: PowerRequest): Promise<void> {
  if (instance.ephemeral) {
    daemon.store.instances.remove(instance);
    tellInstance(daemon, instance, { action: "instance-deleted" });
  }
  tellInstance(daemon, instance, {
    action: request.force ? "instance-stopped" : "instance-shutdown",
    requestor: request.requestor,
  });
}

async function freeze(daemon: Daemon, instance: Instance, { request, handle }: Job): Promise<void> {
  if (!isUp(instance)) throw new ApiError(500, daemon.flavour.texts.notRunning);
  if (instance.status === "Frozen") throw new ApiError(500, "The container is already frozen");
  await daemon.pace.spend(1, handle.signal);
  failOn(instance.name, "freeze", "Failed to freeze container: context deadline exceeded");
  instance.status = "Frozen";
  tellInstance(daemon, instance, { action: "instance-paused", requestor: request.requestor });
}

function crashSoon(daemon: Daemon, instance: Instance): void {
  const timer = setTimeout(() => {
    if (instance.lock !== null || !isUp(instance)) return;
    markStopped(instance);
    tellInstance(daemon, instance, { action: "instance-shutdown" });
  }, daemon.pace.operationMs * crashShare);
  timer.unref();
}
