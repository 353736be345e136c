import { expect, test } from "vitest";
import { loadResults, type Result, tableOf, writtenTable } from "./results.ts";

test("the README shows the last figures of every experiment", () => {
  expect(writtenTable()).toBe(tableOf(loadResults()));
});

test("an experiment is a row, with what its control showed beside it", () => {
  const result = (figures: Result["figures"]): Result => ({
    date: "2026-11-27",
    node: "20.20.2",
    machine: "Linux 6.1, 2 processors",
    figures,
  });
  const rows = tableOf({
    "F4 report": result({ seed: 1234567, kills: 1_000, lost: "0 (at most | nearly)" }),
    "F4 rerun": result({ seed: 7, kills: 1_000 }),
    "F4 control, no claim": result({ doubled: 3 }),
    F8: { ...result({ starts: 99_000 }), date: "2026-11-28" },
  }).split("\n");
  expect(rows.slice(2)).toEqual([
    "| A script killed with `kill -9` at random moments; jobs of 5 to 50 ms | report: kills 1,000 · lost 0 (at most \\| nearly)<br>rerun: kills 1,000 | no claim: doubled 3 | 2026-11-27, Node 20.20.2, Linux 6.1, 2 processors |",
    "| Three processes on one file | starts 99,000 |  | 2026-11-28, Node 20.20.2, Linux 6.1, 2 processors |",
  ]);
});
