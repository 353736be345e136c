import { expect, test } from "vitest";
import { jitterOf } from "../../src/policy/policies.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";

const at = (moment: number) => moment as Instant;
const most = 120_000 as Milliseconds;
const hour = 3_600_000;
const many = Array.from({ length: 5_000 }, (_, i) =>
  jitterOf("backup", at(i * hour), at((i + 1) * hour), most),
);

test("the same job and moment give the same length, others give others", () => {
  expect(jitterOf("backup", at(hour), at(2 * hour), most)).toBe(many[1]);
  expect(new Set(many).size).toBeGreaterThan(4_500);
  const other = Array.from({ length: 5_000 }, (_, i) =>
    jitterOf("report", at(i * hour), at((i + 1) * hour), most),
  );
  expect(other.filter((length, i) => length === many[i]).length).toBeLessThan(5);
});

test("whole milliseconds from nothing to the most, evenly", () => {
  expect(many.every((length) => Number.isInteger(length) && length >= 0 && length <= most)).toBe(true);
  const tenths = Array(10).fill(0);
  for (const length of many) tenths[Math.min(9, Math.floor((10 * length) / most))]++;
  for (const tenth of tenths) expect(tenth).toBeGreaterThan(400);
});

test.each([
  ["the next occurrence is never reached", 1_000, 999],
  ["a millisecond apart leaves no room", 1, 0],
])("%s", (_, catchUpStagger, room) => {
  for (let i = 0; i < 500; i++)
    expect(
      jitterOf("backup", at(i * catchUpStagger), at((i + 1) * catchUpStagger), most),
    ).toBeLessThanOrEqual(room);
});

test("the last occurrence may be put off by all of it", () => {
  const lengths = Array.from({ length: 500 }, (_, i) => jitterOf("backup", at(i), null, most));
  expect(Math.max(...lengths)).toBeGreaterThan(most * 0.95);
});

test("jitter never delays a start past the end", () => {
  const lengths = Array.from({ length: 500 }, (_, i) => jitterOf("backup", at(i), null, most, i + 250));
  expect(Math.max(...lengths)).toBeLessThanOrEqual(250);
  expect(Math.max(...lengths)).toBeGreaterThan(225);
});
