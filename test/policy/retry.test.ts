import { expect, test } from "vitest";
import { type Backoff, waitBefore } from "../../src/policy/policies.ts";
import type { Milliseconds } from "../../src/time/instant.ts";

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
