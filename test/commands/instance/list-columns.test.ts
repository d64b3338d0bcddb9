import { expect, test } from "vitest";
import { columnNames, columns, defaultColumns } from "../../../commands/instance/list-columns.ts";
import { row } from "./rows.ts";

type Letter = keyof typeof columns;
const cell = (letter: Letter, ...rest: Parameters<typeof row>): string => columns[letter].value(row(...rest));

test.each<[Letter, string, string]>([
  ["n", "NAME", "lxd1:web1"],
  ["s", "STATE", "RUNNING"],
  ["4", "IPV4", "10.0.3.7 (eth0)"],
  ["6", "IPV6", "fd42::7 (eth0)"],
  ["t", "TYPE", "CONTAINER"],
  ["S", "SNAPSHOTS", "1"],
  ["a", "ARCHITECTURE", "x86_64"],
  ["b", "STORAGE POOL", "fast"],
  ["c", "CREATED AT", "2026-05-01 10:20"],
  ["d", "DESCRIPTION", "the shop"],
  ["e", "PROJECT", "default"],
  ["f", "BASE IMAGE", "0123456789ab"],
  ["l", "LAST USED AT", ""],
  ["L", "LOCATION", "none"],
  ["m", "MEMORY USAGE", "3.40MiB"],
  ["N", "PROCESSES", "12"],
  ["p", "PID", "4711"],
  ["P", "PROFILES", "default web"],
])("%s is %s", (letter, title, value) => {
  expect([columns[letter].title, cell(letter)]).toEqual([title, value]);
});

test("what was seen last and may no longer hold is marked", () => {
  expect(cell("s", {}, { stale: true })).toBe("RUNNING?");
});

test("an ephemeral one and a virtual machine say so", () => {
  expect(cell("t", { ephemeral: true })).toBe("CONTAINER (EPHEMERAL)");
  expect(cell("t", { type: "virtual-machine" })).toBe("VIRTUAL-MACHINE");
});

test("an instance that does not run has empty cells, not zeros", () => {
  const state = { status: "Stopped", status_code: 102, pid: 0, processes: -1, memory: null, network: null };
  const letters: readonly Letter[] = ["4", "6", "m", "N", "p"];
  expect(letters.map((letter) => cell(letter, { state }))).toEqual(["", "", "", "", ""]);
  expect(letters.map((letter) => cell(letter, { state: null }))).toEqual(["", "", "", "", ""]);
});

test.each([
  [512, "512B"],
  [1_024, "1.00KiB"],
  [1_073_741_824, "1.00GiB"],
  [5_497_558_138_880, "5.00TiB"],
])("%i bytes are %s", (usage, expected) => {
  const state = { status: "Running", status_code: 103, pid: 1, processes: 1 };
  expect(cell("m", { state: { ...state, memory: { usage, usage_peak: 0, swap_usage: 0 } } })).toBe(expected);
});

test("the default columns are lxc's, and every letter is named in the help", () => {
  expect(defaultColumns.join("")).toBe("ns46tS");
  expect(columnNames()).toContain("n name, s state");
  for (const letter of defaultColumns) expect(columns).toHaveProperty(letter);
});
