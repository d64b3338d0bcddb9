import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf, sortDevices, sortKeys } from "../engine/go-json.ts";
import { urlOf } from "../engine/instances.ts";
import type { Profile } from "../engine/model.ts";
import { configProblem, deviceProblem, deviceTypeProblem } from "../engine/validate.ts";
import { created, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { checkIfMatch, configField, devicesField, recursionOf, textField } from "./preconditions.ts";

const profilePut = { go: "ProfilePut", fields: { config: "map", description: "string", devices: "devices" } } as const;
const profilesPost = { go: "ProfilesPost", fields: { ...profilePut.fields, name: "string" } } as const;
const profilePost = { go: "ProfilePost", fields: { name: "string" } } as const;

export const profileRoutes: readonly Route[] = [
  {
    path: "/1.0/profiles",
    GET: { handle: listProfiles },
    POST: { body: profilesPost, handle: createProfile },
  },
  {
    path: "/1.0/profiles/{name}",
    GET: { handle: showProfile },
    PUT: { body: profilePut, handle: (daemon, request) => changeProfile(daemon, request, "replace") },
    PATCH: { body: profilePut, handle: (daemon, request) => changeProfile(daemon, request, "merge") },
    POST: { body: profilePost, handle: renameProfile },
    DELETE: { handle: deleteProfile },
  },
];

function render(daemon: Daemon, profile: Profile): Record<string, unknown> {
  return {
    config: sortKeys(profile.config),
    description: profile.description,
    devices: sortDevices(profile.devices),
    name: profile.name,
    used_by: usersOf(daemon, profile),
    ...(daemon.flavour.server === "incus" ? { project: profile.project } : {}),
  };
}

function usersOf(daemon: Daemon, profile: Profile): readonly string[] {
  return daemon.store.instances
    .list(profile.project)
    .filter((instance) => instance.profiles.includes(profile.name))
    .map((instance) => urlOf(`/1.0/instances/${instance.name}`, instance.project));
}

function profileEtag(profile: Profile): string {
  return etagOf([sortKeys(profile.config), profile.description, sortDevices(profile.devices)]);
}

function requireProfile(daemon: Daemon, request: ApiRequest, prefix = ""): Profile {
  const profile = daemon.store.profiles.get(request.project, request.params["name"] ?? "");
  if (profile === undefined) throw new ApiError(404, `${prefix}Profile not found`);
  return profile;
}

function listProfiles(daemon: Daemon, request: ApiRequest): ApiResponse {
  const profiles = daemon.store.profiles.list(request.project);
  return sync(
    recursionOf(request) > 0
      ? profiles.map((profile) => render(daemon, profile))
      : profiles.map(({ name, project }) => urlOf(`/1.0/profiles/${name}`, project)),
  );
}

function showProfile(daemon: Daemon, request: ApiRequest): ApiResponse {
  const profile = requireProfile(daemon, request, "Fetch profile: ");
  return sync(render(daemon, profile), profileEtag(profile));
}

function checkContent(daemon: Daemon, request: ApiRequest): void {
  const devices = devicesField(request) ?? {};
  const problem =
    configProblem(configField(request) ?? {}) ??
    deviceTypeProblem(devices) ??
    deviceProblem(daemon, request.project, devices)?.replace("Invalid devices: ", "") ??
    null;
  if (problem !== null) throw new ApiError(400, problem);
}

function createProfile(daemon: Daemon, request: ApiRequest): ApiResponse {
  const name = textField(request, "name");
  if (name === "") throw new ApiError(400, "No name provided");
  if (name.includes("/")) throw new ApiError(400, "Profile names may not contain slashes");
  checkContent(daemon, request);
  if (daemon.store.profiles.get(request.project, name) !== undefined) {
    throw new ApiError(500, `Error inserting "${name}" into database: The profile already exists`);
  }
  daemon.store.profiles.put({
    name,
    project: request.project,
    description: textField(request, "description"),
    config: configField(request) ?? {},
    devices: devicesField(request) ?? {},
  });
  tell(daemon, request, { action: "profile-created", name });
  return created(`/1.0/profiles/${name}`);
}

function changeProfile(daemon: Daemon, request: ApiRequest, mode: "replace" | "merge"): ApiResponse {
  const profile = requireProfile(daemon, request);
  checkIfMatch(request, profileEtag(profile));
  checkContent(daemon, request);
  const base = mode === "merge" ? profile : { config: {}, devices: {} };
  profile.config = { ...base.config, ...configField(request) };
  profile.devices = { ...base.devices, ...devicesField(request) };
  if (mode === "replace" || request.body["description"] !== undefined) {
    profile.description = textField(request, "description");
  }
  tell(daemon, request, { action: "profile-updated", name: profile.name });
  return emptySync;
}

function renameProfile(daemon: Daemon, request: ApiRequest): ApiResponse {
  const oldName = request.params["name"] ?? "";
  if (oldName === "default") throw new ApiError(403, 'The "default" profile cannot be renamed');
  const profile = requireProfile(daemon, request);
  const name = textField(request, "name");
  if (name === "") throw new ApiError(400, "No name provided");
  if (daemon.store.profiles.get(request.project, name) !== undefined) {
    throw new ApiError(500, `Name "${name}" already in use`);
  }
  daemon.store.profiles.rename(profile, name);
  for (const instance of daemon.store.instances.list(profile.project)) {
    instance.profiles = instance.profiles.map((used) => (used === oldName ? name : used));
  }
  tell(daemon, request, { action: "profile-renamed", name, context: { old_name: oldName } });
  return created(`/1.0/profiles/${name}`);
}

function deleteProfile(daemon: Daemon, request: ApiRequest): ApiResponse {
  const name = request.params["name"] ?? "";
  if (name === "default") throw new ApiError(403, 'The "default" profile cannot be deleted');
  const profile = requireProfile(daemon, request);
  if (usersOf(daemon, profile).length > 0) throw new ApiError(500, "Profile is currently in use");
  daemon.store.profiles.remove(profile);
  tell(daemon, request, { action: "profile-deleted", name });
  return emptySync;
}

function tell(
  daemon: Daemon,
  request: ApiRequest,
  event: {
    readonly action: string;
    readonly name: string;
    readonly context?: Readonly<Record<string, unknown>>;
  },
): void {
  daemon.events.lifecycle({
    action: event.action,
    source: urlOf(`/1.0/profiles/${event.name}`, request.project),
    project: request.project,
    context: event.context,
    requestor: request.requestor,
  });
}
