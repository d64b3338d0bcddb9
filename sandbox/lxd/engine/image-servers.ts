import { createHash, randomBytes } from "node:crypto";
import { ApiError } from "./errors.ts";
import { brokenImageAlias } from "./faults.ts";
import type { Image, Config } from "./model.ts";
import type { OperationHandle } from "./operations.ts";
import type { Pace } from "./clock.ts";
import { neverUsed } from "./clock.ts";

/** What a simplestreams server offers: aliases, each with the properties that instances get as `image.*`. */
export interface RemoteImage {
  readonly aliases: readonly string[];
  readonly properties: Config;
  readonly sizeBytes: number;
}

/** The simulation's idea of the Internet: URL of a simplestreams server → its images. Nothing is ever dialled. */
export type ImageServers = ReadonlyMap<string, readonly RemoteImage[]>;

const mebibyte = 1_048_576;
const progressSteps = 12;
const millisecondsPerSecond = 1_000;

function ubuntu(version: string, codename: string): RemoteImage {
  return {
    aliases: [version, codename, codename.charAt(0), `${version}/amd64`, `${codename}/amd64`],
    properties: {
      architecture: "amd64",
      description: `ubuntu ${version} LTS amd64 (release) (20261105)`,
      label: "release",
      os: "ubuntu",
      release: codename,
      serial: "20261105",
      type: "squashfs",
      version,
    },
    sizeBytes: 260 * mebibyte,
  };
}

function community(os: string, release: string, sizeMib: number): RemoteImage {
  const name = os.toLowerCase();
  return {
    aliases: [`${name}/${release}`, `${name}/${release}/default`, `${name}/${release}/amd64`],
    properties: {
      architecture: "amd64",
      description: `${os} ${release} amd64 (20261120_05:24)`,
      os,
      release,
      serial: "20261120_05:24",
      type: "squashfs",
      variant: "default",
    },
    sizeBytes: sizeMib * mebibyte,
  };
}

const ubuntuImages = [ubuntu("24.04", "noble"), ubuntu("22.04", "jammy"), ubuntu("20.04", "focal")];
const communityImages = [
  community("Alpine", "3.20", 3),
  community("Alpine", "edge", 3),
  community("Debian", "12", 96),
  community("Debian", "bookworm", 96),
  community("Rockylinux", "9", 120),
];

/** The servers behind `ubuntu:` and `images:` of both clients. */
export const defaultImageServers: ImageServers = new Map([
  ["https://cloud-images.ubuntu.com/releases", ubuntuImages],
  ["https://cloud-images.ubuntu.com/releases/", ubuntuImages],
  ["https://images.linuxcontainers.org", communityImages],
  ["https://images.lxd.canonical.com", communityImages],
]);

const failedInfo = "Failed getting remote image info: Failed getting image: ";

/** Finds an image at a server, or throws what LXD says when the server or the image is not there. */
export function lookUpRemoteImage(servers: ImageServers, server: string, alias: string): RemoteImage {
  const images = servers.get(server);
  if (images === undefined) {
    const why = whyUnreachable(server);
    throw new ApiError(500, `${failedInfo}Failed parsing stream: Get "${server}/streams/v1/index.json": ${why}`);
  }
  if (alias === brokenImageAlias) {
    return { aliases: [alias], properties: { description: "An image that breaks off" }, sizeBytes: mebibyte };
  }
  const found = images.find((image) => image.aliases.includes(alias));
  if (found === undefined) throw new ApiError(500, `${failedInfo}The requested image couldn't be found`);
  return found;
}

/** An address refuses, a name is not found: what Go says in each case. */
function whyUnreachable(server: string): string {
  if (!URL.canParse(server)) return "unsupported protocol scheme";
  const { hostname, port } = new URL(server);
  const address = `${hostname}:${port === "" ? "443" : port}`;
  const isAddress = /^[\d.]+$|^\[/.test(hostname);
  return isAddress
    ? `Unable to connect to: ${address} ([dial tcp ${address}: connect: connection refused])`
    : `lookup ${hostname}: no such host`;
}

/** Plays a download with its progress; while it lasts the operation may be cancelled. */
export async function downloadImage(
  source: { readonly image: RemoteImage; readonly server: string; readonly alias: string; readonly project: string },
  handle: OperationHandle,
  pace: Pace,
): Promise<Image> {
  const { image, server, alias, project } = source;
  handle.setCancellable(true);
  const perSecond = (image.sizeBytes / Math.max(pace.operationMs, millisecondsPerSecond)) * millisecondsPerSecond;
  const speed = `${(perSecond / 1_000_000).toFixed(2)}MB/s`;
  handle.updateMetadata({ download_progress: `metadata: 100% (${speed})` });
  for (let step = 1; step <= progressSteps; step += 1) {
    await pace.spend(1 / progressSteps, handle.signal);
    const percent = Math.floor((step / progressSteps) * 100);
    handle.updateMetadata({ download_progress: `rootfs: ${percent}% (${speed})` });
    if (alias === brokenImageAlias && step > progressSteps / 2) {
      throw new ApiError(500, `Failed remote image download: Get "${server}/rootfs": unexpected EOF`);
    }
  }
  handle.setCancellable(false);
  const fingerprint = createHash("sha256")
    .update(`${server} ${image.aliases.join(" ")}`)
    .digest("hex");
  return {
    fingerprint,
    project,
    aliases: [],
    architecture: "x86_64",
    properties: image.properties,
    sizeBytes: image.sizeBytes,
    filename: `lxd-${randomBytes(4).toString("hex")}.squashfs`,
    createdAt: "2026-11-20T00:00:00Z",
    uploadedAt: pace.now(),
    lastUsedAt: neverUsed,
    cached: true,
    public: false,
    updateSource: { alias, server },
  };
}
