import { WebClient } from "@slack/web-api";
import { expect, test } from "vitest";
import { startLocalSlack } from "../../../sandbox/slack/server.ts";
import { call, dev, ops } from "./calling.ts";

test("a log is uploaded into a thread by the official client, and can be read", async () => {
  await using slack = await startLocalSlack();
  const client = new WebClient(slack.botToken, { slackApiUrl: slack.apiUrl, retryConfig: { retries: 0 } });
  const { ts } = (await call(slack, "chat.postMessage", { channel: ops, text: "job" })).body;

  await client.filesUploadV2({
    channel_id: ops,
    thread_ts: String(ts),
    content: "line 1\nline 2 ✓\n",
    filename: "job.log",
    title: "The log",
  });

  const shared = slack.messages(ops).at(-1);
  expect(shared).toMatchObject({ thread_ts: ts, files: [{ name: "job.log", title: "The log" }] });
  const id = shared?.files[0]?.id ?? "";
  const shown = await fetch(`${slack.url}files/${id}/job.log`);
  expect(await shown.text()).toBe("line 1\nline 2 ✓\n");
  const { body } = await call(slack, "files.info", { file: id });
  const path = JSON.stringify(body).match(/\/files-pri\/[^"]+/)?.[0] ?? "";
  expect((await fetch(slack.url + path.slice(1))).status).toBe(403);
  const authorized = await fetch(slack.url + path.slice(1), { headers: { Authorization: `Bearer ${slack.botToken}` } });
  expect(await authorized.text()).toBe("line 1\nline 2 ✓\n");
});

test("a file is not shared before its bytes have come, twice, or where the bot is not", async () => {
  await using slack = await startLocalSlack();
  const { body } = await call(slack, "files.getUploadURLExternal", { filename: "x", length: 3 });
  const files = [{ id: body["file_id"] }];
  expect((await call(slack, "files.completeUploadExternal", { files, channel_id: ops })).body["error"]).toBe(
    "file_not_found",
  );
  const send = async (bytes: string): Promise<number> =>
    (await fetch(String(body["upload_url"]), { method: "POST", body: bytes })).status;
  expect([await send("four"), await send("abc"), await send("abc")]).toEqual([400, 200, 400]);
  expect((await call(slack, "files.completeUploadExternal", { files, channel_id: dev })).body["error"]).toBe(
    "not_in_channel",
  );
  expect((await call(slack, "files.completeUploadExternal", { files, channel_id: ops })).body["ok"]).toBe(true);
  expect((await call(slack, "files.completeUploadExternal", { files, channel_id: ops })).body["error"]).toBe(
    "file_not_found",
  );
});
