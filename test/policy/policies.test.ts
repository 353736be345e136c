import { expect, test } from "vitest";
import {
  type Arrival,
  type Backoff,
  jitterOf,
  type Overlap,
  onArrival,
  overlaps,
  waitBefore,
} from "../../src/policy/policies.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";

/** What runs, what waits, and what each word says to one more. */
const table: readonly [running: number, waiting: number, answers: Record<Overlap, Arrival>][] = [
  [0, 0, { skip: "start", queue: "start", queueAll: "start", cancel: "start", allow: "start" }],
  [1, 0, { skip: "skip", queue: "wait", queueAll: "wait", cancel: "replace", allow: "start" }],
  [1, 1, { skip: "skip", queue: "skip", queueAll: "wait", cancel: "replace", allow: "start" }],
  [2, 0, { skip: "skip", queue: "wait", queueAll: "wait", cancel: "replace", allow: "start" }],
  [1, 999, { skip: "skip", queue: "skip", queueAll: "wait", cancel: "replace", allow: "start" }],
  [1, 1_000, { skip: "skip", queue: "skip", queueAll: "drop", cancel: "replace", allow: "start" }],
  [1, 1_001, { skip: "skip", queue: "skip", queueAll: "drop", cancel: "replace", allow: "start" }],
];

test.each(table)("%i running, %i waiting", (running, waiting, answers) => {
  expect(Object.fromEntries(overlaps.map((word) => [word, onArrival(running, waiting, word)]))).toEqual(
    answers,
  );
});

const policy = (times: number, backoff: Backoff, delay: number, maxDelay: number) => ({
  times,
  backoff,
  delay: delay as Milliseconds,
  maxDelay: maxDelay as Milliseconds,
});

test.each([
  ["fixed", policy(3, "fixed", 10, 100), [10, 10, 10, undefined, undefined]],
  ["exponential", policy(4, "exponential", 10, 1_000), [10, 20, 40, 80, undefined]],
  ["exponential up to a longest wait", policy(5, "exponential", 10, 35), [10, 20, 35, 35, 35, undefined]],
  ["no wait at all", policy(2, "exponential", 0, 100), [0, 0, undefined]],
  ["one", policy(1, "exponential", 10, 100), [10, undefined]],
])("%s", (_, retry, waits) => {
  expect(waits.map((_, i) => waitBefore(i + 1, retry))).toEqual(waits);
});

test("a hundred attempts end in no number that is too great", () => {
  const hundred = policy(100, "exponential", 3_600_000, 86_400_000);
  for (let failed = 6; failed <= 100; failed++) expect(waitBefore(failed, hundred)).toBe(86_400_000);
});

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
