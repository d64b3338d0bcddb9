import { expect, test } from "vitest";
import { checkRequests, splitTarget } from "./request-checker.ts";

const create = { method: "POST", path: "/1.0/instances", query: { project: "default" } };

test("a request as LXD describes it passes", () => {
  const body = { name: "web1", source: { type: "image", alias: "busybox" }, config: { "limits.cpu": "2" } };
  expect(checkRequests([{ ...create, body }])).toEqual([]);
  expect(checkRequests([{ method: "GET", ...splitTarget("/1.0/instances?recursion=2&all-projects=true") }])).toEqual(
    [],
  );
});

test("misspelt and unknown fields, wrong types, and bodies in the wrong place are found", () => {
  expect(
    checkRequests([
      { ...create, body: { name: "web1", epehemeral: true, source: { type: "image" } } },
      { ...create, body: { name: "web1", config: { "limits.cpu": 2 } } },
      { ...create, body: null },
      { method: "DELETE", path: "/1.0/instances/web1", query: {}, body: { force: true } },
    ]),
  ).toEqual([
    "POST /1.0/instances: body: must NOT have additional properties epehemeral",
    "POST /1.0/instances: body/config/limits.cpu: must be string",
    "POST /1.0/instances: the body is missing",
    "DELETE /1.0/instances/web1: a body where none belongs",
  ]);
});

test("unknown paths, methods and query parameters are found", () => {
  expect(
    checkRequests([
      { method: "GET", path: "/1.0/containers", query: {} },
      { method: "PATCH", path: "/1.0/instances/web1/state", query: {} },
      { method: "GET", path: "/1.0/instances", query: { all_projects: "true", recursion: "yes" } },
    ]),
  ).toEqual([
    "GET /1.0/containers: no such path",
    "PATCH /1.0/instances/web1/state: no such method",
    "GET /1.0/instances: unknown query parameter all_projects",
    "GET /1.0/instances: query parameter recursion=yes is no integer",
  ]);
});
