import { once } from "node:events";
import { writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { expect, test } from "vitest";
import { findLocalSockets } from "../../src/lxd/sockets.ts";
import { temporaryDirectory } from "./setup.ts";

test("the socket in LXD_DIR comes first", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "unix.socket");
  const server = createServer();
  server.listen(path);
  await once(server, "listening");
  expect((await findLocalSockets({ lxdDir: directory.path }))[0]).toBe(path);
  server.close();
});

test("a file that is no socket, and a directory that is not there, are left out", async () => {
  await using directory = await temporaryDirectory();
  const path = join(directory.path, "unix.socket");
  await writeFile(path, "");
  expect(await findLocalSockets({ lxdDir: directory.path })).not.toContain(path);
  expect(await findLocalSockets({ lxdDir: join(directory.path, "gone") })).toEqual(await findLocalSockets());
});
