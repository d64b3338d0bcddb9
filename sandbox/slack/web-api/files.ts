import type { Events } from "../delivery/events.ts";
import { isObject, textOf } from "../json.ts";
import type { Files } from "../state/files.ts";
import { fileShape } from "../state/shapes.ts";
import type { Store, StoredFile } from "../state/store.ts";
import { ApiError, missingArgument, type Args, type Method } from "./call.ts";
import { visibleChannel } from "./channels.ts";
import { newMessage } from "./chat.ts";

const snippetBytes = 1024 * 1024;
const uploadBytes = 50 * 1024 * 1024;

export interface FileMethodsOptions {
  readonly store: Store;
  readonly files: Files;
  readonly events: Events;
  readonly baseUrl: () => string;
}

/** files.getUploadURLExternal, completeUploadExternal, info, delete. */
export function fileMethods(options: FileMethodsOptions): Readonly<Record<string, Method>> {
  const { store, files } = options;
  return {
    "files.getUploadURLExternal": (args) => {
      const size = args.integer("length") ?? 0;
      if (size < 1) throw missingArgument("length");
      const snippet = args.text("snippet_type") ?? "";
      if (snippet !== "" && size > snippetBytes) throw new ApiError("snippet_too_large");
      if (size > uploadBytes) throw new ApiError("file_upload_size_restricted");
      const { id, secret } = files.announce({ name: args.text("filename") ?? "", size, snippet_type: snippet });
      return { upload_url: `${options.baseUrl()}upload/v1/${secret}`, file_id: id };
    },
    "files.completeUploadExternal": (args) => {
      const wanted = args.json("files");
      if (!Array.isArray(wanted) || wanted.length === 0) throw missingArgument("files");
      const target = args.text("channel_id") ?? args.text("channels");
      const channel = target === undefined ? undefined : visibleChannel(store, target);
      if (channel !== undefined && !channel.members.includes(store.botUser)) throw new ApiError("not_in_channel");
      const done = wanted
        .filter(isObject)
        .map((one) => completed(files, textOf(one, "id") ?? "", textOf(one, "title")));
      if (channel !== undefined) {
        const content = { text: args.text("initial_comment") ?? "", blocks: undefined, attachments: undefined };
        const message = store.put({ ...newMessage(store, { channel, content, ...threadTs(args) }), files: done });
        options.events.messagePosted(message, channel);
      }
      return { files: done.map((file) => fileShape(store, file)) };
    },
    "files.info": (args) => {
      const found = files.get(args.text("file") ?? "");
      if (found === undefined) throw new ApiError("file_not_found");
      return { file: fileShape(store, found.file), comments: [] };
    },
    "files.delete": (args) => {
      if (!files.delete(args.text("file") ?? "")) throw new ApiError("file_not_found");
      return {};
    },
  };
}

function completed(files: Files, id: string, title: string | undefined): StoredFile {
  const file = files.complete(id, title);
  if (file === undefined) throw new ApiError("file_not_found");
  return file;
}

function threadTs(args: Args): { readonly thread_ts?: string } {
  const ts = args.text("thread_ts");
  return ts === undefined || ts === "" ? {} : { thread_ts: ts };
}
