import { expect, test } from "vitest";
import { blockProblems, charactersOf } from "../../../sandbox/slack/block-kit/blocks.ts";
import type { JobState } from "../../../db/tables.ts";
import { renderJob } from "../../../src/slack/render/job.ts";
import type { JobView } from "../../../src/slack/render/job-view.ts";
import { elapsed } from "../../../src/slack/render/elapsed.ts";

const view: JobView = {
  id: "j-7k2mf9xw3q",
  requestId: "r-7k2mf9xw3q",
  title: "Launch lxd1:web1 from busybox",
  state: "running",
  userId: "U0ALICE01",
  channelId: "C0OPS0001",
  createdAt: 1_700_000_000_000,
  startedAt: 1_700_000_001_000,
  endedAt: null,
  now: 1_700_000_013_000,
  cancelRequested: false,
  steps: [
    {
      says: "Create lxd1:web1 from busybox",
      state: "running",
      startedAt: 1_700_000_001_000,
      endedAt: null,
      progress: { stage: "rootfs", text: "rootfs 12 MB/s", percent: 43 },
    },
    { says: "Start lxd1:web1", state: "pending", startedAt: null, endedAt: null },
  ],
  findings: [],
  changed: [],
  done: "lxd1:web1 is running.",
  behind: [],
};

/** What a person reads, block by block. */
function screen(job: JobView): string {
  const { blocks } = renderJob(job);
  expect(blockProblems(blocks, "message")).toEqual([]);
  return blocks.map((block) => words(block)).join("\n");
}

function words(value: unknown): string {
  if (Array.isArray(value)) return value.map((inner) => words(inner)).join("");
  if (typeof value !== "object" || value === null) return "";
  if ("type" in value && value.type === "button")
    return `[${Object.values(value)
      .map((inner) => words(inner))
      .join("")}]`;
  if ("user_id" in value) return `@${String(value.user_id)}`;
  if ("fallback" in value) return String(value.fallback);
  return Object.entries(value)
    .map(([key, inner]) => (key === "text" && typeof inner === "string" ? inner : words(inner)))
    .join("");
}

test("a running job shows its steps, a bar, how long it takes, and a way to stop it", () => {
  expect(screen(view)).toBe(
    [
      "Launch lxd1:web1 from busybox",
      "⏳ Running · 12 s",
      "◐ Create lxd1:web1 from busybox · 12 s",
      "▓▓▓▓▓░░░░░░░ 43% rootfs 12 MB/s",
      "○ Start lxd1:web1",
      "[Cancel]",
      "<@U0ALICE01> in <#C0OPS0001> <!date^1700000000^{date_short_pretty} {time}|2023-11-14 22:13 UTC> · j-7k2mf9xw3q",
    ].join("\n"),
  );
});

test("a job that asks shows what it is about, until when, and two buttons", () => {
  const text = screen({
    ...view,
    state: "asking",
    startedAt: null,
    steps: [{ says: "Delete lxd1:web1", state: "pending", startedAt: null, endedAt: null }],
    changed: ["web1 was started"],
    question: {
      approvalId: "a-1",
      expiresAt: 1_700_000_600_000,
      button: "Delete web1",
      parts: [{ type: "text", text: "It has 2 snapshots." }],
      destroys: true,
    },
  });
  expect(text).toContain("✋ Waiting for your click, @U0ALICE01 · until 2023-11-14 22:23 UTC");
  expect(text).toContain("This has changed since you were asked:\nweb1 was started\nIt has 2 snapshots.");
  expect(text).toContain("[Delete web1][Never mind]");
});

test("a question about losing something has a red button, another one a green one", () => {
  const question = { approvalId: "a-1", expiresAt: 1, button: "Go", parts: [], destroys: true };
  expect(JSON.stringify(renderJob({ ...view, state: "asking", question }))).toContain('"style":"danger"');
  const mild = JSON.stringify(renderJob({ ...view, state: "asking", question: { ...question, destroys: false } }));
  expect(mild).toContain('"style":"primary"');
  expect(mild).toContain('"action_id":"question.confirm"');
  expect(mild).toContain('"value":"a-1"');
});

test("a queued job says behind what", () => {
  const text = screen({ ...view, state: "queued", startedAt: null, behind: ["j-1", "j-2", "j-3", "j-4"] });
  expect(text).toContain("🕓 Queued behind j-1 j-2 j-3 and 1 more");
  expect(text).toContain("[Cancel]");
});

test("a failed job says what, why, what next, and where the story is", () => {
  const text = screen({
    ...view,
    state: "failed",
    endedAt: view.now,
    failure: {
      code: "lxd-refused",
      what: "LXD said no.",
      why: "No space left on device",
      next: "Make room: `lxc storage info default`.",
    },
  });
  expect(text).toContain("❌ Failed · took 12 s");
  expect(text).toContain("LXD said no.\nWhy: No space left on device\nNext: Make room: lxc storage info default.");
  expect(text).toContain("/lxd why r-7k2mf9xw3q");
  expect(text).not.toContain("[Cancel]");
});

test("every state has its own words, and none offers what is no longer possible", () => {
  const states: readonly JobState[] = ["succeeded", "failed", "cancelled", "declined", "expired", "unknown"];
  const texts = states.map((state) => screen({ ...view, state, endedAt: view.now }));
  expect(new Set(texts.map((text) => text.split("\n")[1])).size).toBe(states.length);
  expect(texts.filter((text) => text.includes("["))).toEqual([]);
  expect(screen({ ...view, cancelRequested: true })).toContain("Cancelling");
  expect(screen({ ...view, cancelRequested: true })).not.toContain("[");
});

test("a job over a whole fleet stays within a message", () => {
  const steps = Array.from({ length: 300 }, (_, n) => ({
    says: `Stop lxd1:${"web".repeat(20)}${n}`,
    state: n < 150 ? ("done" as const) : n === 150 ? ("running" as const) : ("pending" as const),
    startedAt: null,
    endedAt: null,
  }));
  const { blocks } = renderJob({ ...view, title: "x".repeat(500), steps });
  expect(blockProblems(blocks, "message")).toEqual([]);
  expect(charactersOf(blocks)).toBeLessThanOrEqual(10_000);
  expect(screen({ ...view, steps })).toContain("web150");
  expect(screen({ ...view, steps })).toContain("300 steps: 150 done, 1 running, 149 pending");
});

test("time spans are told as people tell them", () => {
  expect([400, 12_000, 185_000, 7_800_000].map((ms) => elapsed(ms))).toEqual([
    "0.4 s",
    "12 s",
    "3 min 5 s",
    "2 h 10 min",
  ]);
});
