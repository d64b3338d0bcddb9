import { goZeroTime, neverUsed } from "../engine/clock.ts";
import type { Daemon } from "../engine/daemon.ts";
import { ApiError } from "../engine/errors.ts";
import { etagOf } from "../engine/go-json.ts";
import { downloadImage, lookUpRemoteImage } from "../engine/image-servers.ts";
import { urlOf } from "../engine/instances.ts";
import type { Image } from "../engine/model.ts";
import { findImage, findImageByAlias } from "../engine/store.ts";
import { accepted, created, emptySync, sync, type ApiRequest, type ApiResponse, type Route } from "../wire/exchange.ts";
import { parseFilter } from "./filter.ts";
import { recordField, recursionOf, textField } from "./preconditions.ts";

const imageSource = {
  go: "ImagesPostSource",
  fields: {
    type: "string",
    mode: "string",
    alias: "string",
    fingerprint: "string",
    server: "string",
    protocol: "string",
    certificate: "string",
    secret: "string",
    image_type: "string",
    name: "string",
    url: "string",
    project: "string",
  },
} as const;
const imagesPost = {
  go: "ImagesPost",
  fields: {
    aliases: "any",
    auto_update: "bool",
    public: "bool",
    expires_at: "string",
    profiles: "strings",
    properties: "map",
    filename: "string",
    compression_algorithm: "string",
    source: imageSource,
  },
} as const;
const aliasesPost = {
  go: "ImageAliasesPost",
  fields: { name: "string", description: "string", target: "string", type: "string" },
} as const;

export const imageRoutes: readonly Route[] = [
  {
    path: "/1.0/images",
    GET: { untrusted: true, handle: listImages },
    POST: { body: imagesPost, handle: copyImage },
  },
  { path: "/1.0/images/aliases", GET: { handle: listAliases }, POST: { body: aliasesPost, handle: createAlias } },
  {
    path: "/1.0/images/aliases/{alias}",
    GET: { untrusted: true, handle: showAlias },
    DELETE: { handle: deleteAlias },
  },
  {
    path: "/1.0/images/{fingerprint}",
    GET: { untrusted: true, handle: showImage },
    DELETE: { handle: deleteImage },
  },
];

function render(daemon: Daemon, image: Image): Record<string, unknown> {
  const source = image.updateSource;
  return {
    auto_update: source !== null,
    properties: image.properties,
    public: image.public,
    expires_at: daemon.flavour.server === "lxd" ? neverUsed : goZeroTime,
    profiles: ["default"],
    aliases: image.aliases,
    architecture: image.architecture,
    cached: image.cached,
    filename: image.filename,
    fingerprint: image.fingerprint,
    size: image.sizeBytes,
    ...(source === null
      ? {}
      : { update_source: { ...source, certificate: "", protocol: "simplestreams", image_type: "container" } }),
    type: "container",
    created_at: image.createdAt,
    last_used_at: image.lastUsedAt,
    uploaded_at: image.uploadedAt,
    ...(daemon.flavour.server === "incus" ? { project: image.project } : {}),
  };
}

/** Strangers see public images only. */
function visible(daemon: Daemon, request: ApiRequest): readonly Image[] {
  return daemon.store.images.filter((image) => image.project === request.project && (request.trusted || image.public));
}

function listImages(daemon: Daemon, request: ApiRequest): ApiResponse {
  const filterText = request.query.get("filter") ?? "";
  const keep = filterText === "" ? () => true : parseFilter(filterText);
  const images = visible(daemon, request).filter((image) => keep(render(daemon, image)));
  if (recursionOf(request) > 0) return sync(images.map((image) => render(daemon, image)));
  return sync(images.map(({ fingerprint, project }) => urlOf(`/1.0/images/${fingerprint}`, project)));
}

function requireImage(daemon: Daemon, request: ApiRequest): Image {
  const fingerprint = request.params["fingerprint"] ?? "";
  const image = findImage(daemon.store, request.project, fingerprint);
  if (image === undefined || !(request.trusted || image.public)) {
    throw new ApiError(404, daemon.flavour.texts.imageNotFound(fingerprint));
  }
  return image;
}

function showImage(daemon: Daemon, request: ApiRequest): ApiResponse {
  const image = requireImage(daemon, request);
  return sync(render(daemon, image), etagOf([image.public, false, image.properties]));
}

function deleteImage(daemon: Daemon, request: ApiRequest): ApiResponse {
  const image = requireImage(daemon, request);
  return accepted(
    daemon.operations.create({
      project: image.project,
      description: "Deleting image",
      resources: { images: [`/1.0/images/${image.fingerprint}`] },
      run: async (handle) => {
        await daemon.pace.spend(1, handle.signal);
        daemon.store.images.splice(daemon.store.images.indexOf(image), 1);
        tell(daemon, request, { action: "image-deleted", path: image.fingerprint });
      },
    }),
  );
}

/** Only the copy of an image from a simplestreams server; uploads and publishing are not simulated. */
function copyImage(daemon: Daemon, request: ApiRequest): ApiResponse {
  const source = recordField(request, "source");
  if (source["type"] !== "image" || typeof source["server"] !== "string") {
    throw new ApiError(501, "Only images of an image server are simulated");
  }
  const server = source["server"];
  // The decoder let only strings through.
  const alias = (source["alias"] ?? source["fingerprint"] ?? "") as string;
  const aliases = Array.isArray(request.body["aliases"]) ? request.body["aliases"] : [];
  return accepted(
    daemon.operations.create({
      project: request.project,
      description: "Downloading image",
      resources: null,
      run: async (handle) => {
        const remote = lookUpRemoteImage(daemon.imageServers, server, alias);
        const project = request.project;
        const downloaded = await downloadImage({ image: remote, server, alias, project }, handle, daemon.pace);
        const names = aliases.flatMap((entry: unknown) => aliasOf(entry) ?? []);
        daemon.store.images.push({ ...downloaded, cached: false, aliases: names });
        handle.updateMetadata({ fingerprint: downloaded.fingerprint, size: String(downloaded.sizeBytes) });
        tell(daemon, request, { action: "image-created", path: downloaded.fingerprint });
      },
    }),
  );
}

function aliasOf(entry: unknown): Image["aliases"][number] | null {
  if (typeof entry !== "object" || entry === null || !("name" in entry)) return null;
  return { name: String(entry.name), description: "description" in entry ? String(entry.description) : "" };
}

function renderAlias(image: Image, alias: Image["aliases"][number]): Record<string, unknown> {
  return { description: alias.description, target: image.fingerprint, name: alias.name, type: "container" };
}

function listAliases(daemon: Daemon, request: ApiRequest): ApiResponse {
  const all = visible(daemon, request).flatMap((image) => image.aliases.map((alias) => ({ image, alias })));
  if (recursionOf(request) > 0) return sync(all.map(({ image, alias }) => renderAlias(image, alias)));
  return sync(all.map(({ alias }) => urlOf(`/1.0/images/aliases/${encodeURIComponent(alias.name)}`, request.project)));
}

function requireAlias(daemon: Daemon, request: ApiRequest): { image: Image; alias: Image["aliases"][number] } {
  const name = request.params["alias"] ?? "";
  const image = findImageByAlias(daemon.store, request.project, name);
  const alias = image?.aliases.find((candidate) => candidate.name === name);
  if (image === undefined || alias === undefined || !(request.trusted || image.public)) {
    throw new ApiError(404, "Image alias not found");
  }
  return { image, alias };
}

function showAlias(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { image, alias } = requireAlias(daemon, request);
  const rendered = renderAlias(image, alias);
  return sync(rendered, etagOf([rendered]));
}

function createAlias(daemon: Daemon, request: ApiRequest): ApiResponse {
  const name = textField(request, "name");
  const target = textField(request, "target");
  if (name === "" || target === "") throw new ApiError(400, "name and target are required");
  if (findImageByAlias(daemon.store, request.project, name) !== undefined) {
    throw new ApiError(409, `Alias "${name}" already exists`);
  }
  const image = findImage(daemon.store, request.project, target);
  if (image === undefined) throw new ApiError(404, "Image not found");
  image.aliases.push({ name, description: textField(request, "description") });
  tell(daemon, request, {
    action: "image-alias-created",
    path: `aliases/${name}`,
    context: { target: image.fingerprint },
  });
  return created(`/1.0/images/aliases/${name}`);
}

function deleteAlias(daemon: Daemon, request: ApiRequest): ApiResponse {
  const { image, alias } = requireAlias(daemon, request);
  image.aliases.splice(image.aliases.indexOf(alias), 1);
  tell(daemon, request, { action: "image-alias-deleted", path: `aliases/${alias.name}` });
  return emptySync;
}

function tell(
  daemon: Daemon,
  request: ApiRequest,
  event: {
    readonly action: string;
    readonly path: string;
    readonly context?: Readonly<Record<string, unknown>>;
  },
): void {
  daemon.events.lifecycle({
    action: event.action,
    source: urlOf(`/1.0/images/${event.path}`, request.project),
    project: request.project,
    context: event.context,
    requestor: request.requestor,
  });
}
