import { expect, test } from "vitest";
import { loadResults, pageOf, type Result, readPage } from "./results.ts";

test("test/faults/README.md shows the last figures of every experiment", () => {
  expect(readPage()).toBe(`${pageOf(loadResults())}\n`);
});

test("an experiment is a section, with its control below it", () => {
  const result = (figures: Result["figures"]): Result => ({
    date: "2026-11-27",
    node: "20.20.2",
    machine: "Linux 6.1, 2 processors",
    figures,
  });
  const page = pageOf({
    "F4 report": result({ seed: 1234567, kills: 1_000, lost: "0 (at most 0.02 %)" }),
    "F4 control, no claim": result({ doubled: 3 }),
    F8: { ...result({ starts: 99_000 }), date: "2026-11-28" },
  });
  expect(
    page.slice(page.indexOf("## ")),
  ).toBe(`## A script killed with \`kill -9\` at random moments; jobs of 5 to 50 ms

- **report**: kills 1,000 · lost 0 (at most 0.02 %)
- **Control, no claim**: doubled 3

Last run: 2026-11-27, Node 20.20.2, Linux 6.1, 2 processors.

## Three processes on one file

- starts 99,000

Last run: 2026-11-28, Node 20.20.2, Linux 6.1, 2 processors.`);
});
