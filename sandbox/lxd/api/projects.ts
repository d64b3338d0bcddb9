import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf, sortKeys } from "../engine/go-json.ts";
import { urlOf } from "../engine/instances.ts";
import type { Project } from "../engine/model.ts";
import { created, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { configField, recursionOf, textField } from "./preconditions.ts";

const projectsPost = {
  go: "ProjectsPost",
  fields: { name: "string", config: "map", description: "string" },
} as const;

export const projectRoutes: readonly Route[] = [
  { path: "/1.0/projects", GET: { handle: listProjects }, POST: { body: projectsPost, handle: createProject } },
  { path: "/1.0/projects/{name}", GET: { handle: showProject }, DELETE: { handle: deleteProject } },
];

function usersOf(daemon: Daemon, project: string): readonly string[] {
  const { instances, profiles, images, networks } = daemon.store;
  const managed = project === "default" ? [...networks.values()].filter((network) => network.managed) : [];
  return [
    ...profiles.list(project).map(({ name }) => urlOf(`/1.0/profiles/${name}`, project)),
    ...instances.list(project).map(({ name }) => urlOf(`/1.0/instances/${name}`, project)),
    ...images
      .filter((image) => image.project === project)
      .map(({ fingerprint }) => urlOf(`/1.0/images/${fingerprint}`, project)),
    ...managed.map(({ name }) => `/1.0/networks/${name}`),
  ];
}

function render(daemon: Daemon, project: Project): Record<string, unknown> {
  return {
    config: sortKeys(project.config),
    description: project.description,
    name: project.name,
    used_by: usersOf(daemon, project.name),
  };
}

function listProjects(daemon: Daemon, request: ApiRequest): ApiResponse {
  const projects = [...daemon.store.projects.values()];
  return sync(
    recursionOf(request) > 0
      ? projects.map((project) => render(daemon, project))
      : projects.map(({ name }) => `/1.0/projects/${name}`),
  );
}

function showProject(daemon: Daemon, request: ApiRequest): ApiResponse {
  const project = daemon.store.projects.get(request.params["name"] ?? "");
  if (project === undefined) throw new ApiError(404, "Project not found");
  return sync(render(daemon, project), etagOf([project.description, sortKeys(project.config)]));
}

function createProject(daemon: Daemon, request: ApiRequest): ApiResponse {
  const name = textField(request, "name");
  if (name === "") throw new ApiError(400, "No name provided");
  if (name.includes("/")) throw new ApiError(400, "Project names may not contain slashes");
  if (name.includes(" ")) throw new ApiError(400, "Project names may not contain spaces");
  const config = configField(request) ?? {};
  const unknown = Object.keys(config).find(
    (key) => !/^(features|limits|restricted|backups|images|user)(\.|$)/.test(key),
  );
  if (unknown !== undefined) throw new ApiError(400, `Invalid project configuration key "${unknown}"`);
  if (daemon.store.projects.has(name)) {
    const record = `Failed creating project "${name}": Failed adding database record: `;
    throw new ApiError(daemon.flavour.codes.projectTaken, `${record}${daemon.flavour.texts.projectTaken}`);
  }
  addProject(daemon, { name, description: textField(request, "description"), config });
  tell(daemon, request, "project-created", name);
  return created(`/1.0/projects/${name}`);
}

/** A project with LXD's default features and its own empty "default" profile. */
function addProject(daemon: Daemon, project: Project): void {
  const features = Object.fromEntries(daemon.flavour.projectFeatures.map((name) => [`features.${name}`, "true"]));
  daemon.store.projects.set(project.name, { ...project, config: { ...features, ...project.config } });
  daemon.store.profiles.put({
    name: "default",
    project: project.name,
    description: `Default LXD profile for project ${project.name}`,
    config: {},
    devices: {},
  });
}

function deleteProject(daemon: Daemon, request: ApiRequest): ApiResponse {
  const name = request.params["name"] ?? "";
  if (name === "default") throw new ApiError(403, "The 'default' project cannot be deleted");
  if (!daemon.store.projects.has(name)) throw new ApiError(404, `Fetch project "${name}": Project not found`);
  const inUse = usersOf(daemon, name).some((user) => !user.startsWith("/1.0/profiles/default"));
  if (inUse) throw new ApiError(400, "Only empty projects can be removed");
  for (const profile of daemon.store.profiles.list(name)) daemon.store.profiles.remove(profile);
  daemon.store.projects.delete(name);
  tell(daemon, request, "project-deleted", name);
  return emptySync;
}

function tell(daemon: Daemon, request: ApiRequest, action: string, name: string): void {
  daemon.events.lifecycle({
    action,
    source: `/1.0/projects/${name}`,
    project: name,
    requestor: request.requestor,
  });
}
