import { join } from "node:path";
import { expect, test } from "vitest";
import { openStore } from "../../db/database.ts";
import { openArrivals } from "../../db/inbox.ts";
import { listJobs, stepsOf } from "../../db/jobs.ts";
import { eventsOfRequest } from "../../db/audit-events.ts";
import { startSimulatedLxd } from "../../sandbox/lxd/server.ts";
import { click, ops, seen, type } from "./acting.ts";
import { setStage, type Stage } from "./stage.ts";

/** Everything that the database says of the newest job. */
async function remembered(stage: Stage): Promise<{ readonly state: string; readonly text: string }> {
  await using store = await openStore(join(stage.dir, "bot.sqlite"));
  const [job] = await listJobs(store.read, { limit: 1 });
  if (!job) throw new Error("there is no job");
  const rows = [
    job,
    await stepsOf(store.read, job.id),
    await eventsOfRequest(store.read, job.request_id, 500),
    await openArrivals(store.read),
  ];
  return { state: job.state, text: JSON.stringify(rows) };
}

test("a join token is forgotten when its job is over, whether it was used or declined", async () => {
  await using stage = await setStage();
  await using far = await startSimulatedLxd({ name: "far", listen: { type: "https", port: 0 } });
  const used = far.addToken("bot");
  await type(stage.slack, `/lxd remote add far ${used}`);
  await seen(stage.slack, "far is there.");
  const after = await remembered(stage);
  expect(after.state).toBe("succeeded");
  expect(after.text).not.toContain(used.slice(0, 40));
  expect(JSON.stringify(stage.slack.messages(ops))).not.toContain(used.slice(0, 40));

  await type(stage.slack, `/lxd remote add far2 ${far.url ?? ""}`);
  await seen(stage.slack, "It is the right certificate");
  await click(stage.slack, "question.decline");
  await seen(stage.slack, "Declined, nothing was done");
  expect((await remembered(stage)).state).toBe("declined");
});
