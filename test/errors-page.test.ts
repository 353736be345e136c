import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..");

test.each(["errors.md", "errors.zh-CN.md"])("%s has a row for each code", (page) => {
  const [, union = ""] =
    /export type ScheduleErrorCode =([\s\S]*?);/.exec(readFileSync(join(root, "src/errors.ts"), "utf8")) ??
    [];
  const codes = [...union.matchAll(/"([a-z-]+)"/g)].map(([, code]) => code);
  const rows = [...readFileSync(join(root, "examples/guide", page), "utf8").matchAll(/^\| (`[^|]*) \|/gm)];
  const listed = rows.flatMap(([, cell = ""]) => [...cell.matchAll(/`([a-z-]+)`/g)].map(([, code]) => code));
  expect(listed.sort()).toEqual(codes.sort());
});
