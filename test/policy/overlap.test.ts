import { expect, test } from "vitest";
import { type Arrival, longestQueue, type Overlap, onArrival, overlaps } from "../../src/policy/policies.ts";

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

test("a thousand may wait", () => expect(longestQueue).toBe(1_000));
