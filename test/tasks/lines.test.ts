import { expect, test } from "vitest";
import { Lines } from "../../src/tasks/program.ts";

const linesOf = (...pieces: readonly string[]): readonly string[] => {
  const found: string[] = [];
  const lines = new Lines((line) => found.push(line));
  for (const piece of pieces) lines.add(piece);
  lines.end();
  return found;
};

test.each([
  [["one\ntwo\n"], ["one", "two"]],
  [
    ["on", "e\nt", "wo"],
    ["one", "two"],
  ],
  [["\n\nthird\n"], ["", "", "third"]],
  [["dos\r\nlines\r\n"], ["dos", "lines"]],
  [["10 %\r50 %\r100 %\ndone\n"], ["100 %", "done"]],
  [["10 %\r", "100 %\r"], ["100 %"]],
  [[], []],
])("%j is cut into %j", (pieces, expected) => {
  expect(linesOf(...pieces)).toEqual(expected);
});

test("a line that never ends is given out in parts, and nothing of it is lost", () => {
  const found = linesOf("x".repeat(100_000), "y".repeat(100_000));
  expect(found.join("")).toBe("x".repeat(100_000) + "y".repeat(100_000));
  expect(found.every((part) => part.length <= 65_536)).toBe(true);
});
