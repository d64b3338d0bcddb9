import { newId, newSecret } from "../ids.ts";
import type { Clock } from "../clock.ts";
import type { StoredFile } from "./store.ts";

interface Upload {
  readonly file: StoredFile;
  readonly secret: string;
  bytes: Buffer | undefined;
  shared: boolean;
}

/** Files: announced, then sent, then shared (https://docs.slack.dev/messaging/working-with-files). */
export class Files {
  readonly #clock: Clock;
  readonly #uploads = new Map<string, Upload>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  announce(file: { readonly name: string; readonly size: number; readonly snippet_type: string }): {
    readonly id: string;
    readonly secret: string;
  } {
    const id = newId("F");
    const secret = newSecret();
    const created = Math.floor(this.#clock.now() / 1000);
    this.#uploads.set(id, {
      file: { ...file, id, title: file.name, created },
      secret,
      bytes: undefined,
      shared: false,
    });
    return { id, secret };
  }

  /** False when the address is unknown or used, or the size is not the announced one. */
  receive(secret: string, bytes: Buffer): boolean {
    const upload = [...this.#uploads.values()].find((one) => one.secret === secret);
    if (upload === undefined || upload.bytes !== undefined || upload.file.size !== bytes.length) return false;
    upload.bytes = bytes;
    return true;
  }

  /** The file when its bytes have come and it was not shared before. */
  complete(id: string, title: string | undefined): StoredFile | undefined {
    const upload = this.#uploads.get(id);
    if (upload?.bytes === undefined || upload.shared) return undefined;
    const file = { ...upload.file, title: title ?? upload.file.title };
    this.#uploads.set(id, { ...upload, file, shared: true });
    return file;
  }

  get(id: string): { readonly file: StoredFile; readonly bytes: Buffer } | undefined {
    const upload = this.#uploads.get(id);
    return upload?.bytes === undefined ? undefined : { file: upload.file, bytes: upload.bytes };
  }

  delete(id: string): boolean {
    return this.#uploads.delete(id);
  }
}
