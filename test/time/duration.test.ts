import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { type DurationLike, formatDuration, longest, parseDuration } from "../../src/time/duration.ts";
import { day, hour, minute, second } from "../../src/time/plain-time.ts";
import { runs, seed } from "../random.ts";

describe("durations", () => {
  test.each<[DurationLike, number]>([
    ["90 seconds", 90 * second],
    ["2h30m", 2 * hour + 30 * minute],
    ["2h 30m", 2 * hour + 30 * minute],
    ["1 hour and 30 minutes", 90 * minute],
    ["1 hour, 30 minutes", 90 * minute],
    ["1 day, 2 hours, and 3 minutes", day + 2 * hour + 3 * minute],
    ["1.5h", 90 * minute],
    ["3 days", 3 * day],
    ["2 weeks", 14 * day],
    [" 5 MIN ", 5 * minute],
    ["250ms", 250],
    ["100 hrs", 100 * hour],
    [1, 1],
    [1.4, 1],
    [longest, longest],
    [{ toMillis: () => 5 * second }, 5 * second],
  ])("%j", (given, length) => expect(parseDuration(given)).toBe(length));

  test.each<[unknown]>([
    ["1 month"],
    ["5"],
    ["five minutes"],
    [""],
    ["0 seconds"],
    ["-5 minutes"],
    ["1e3 s"],
    ["1h,"],
    ["1h and"],
    ["and 1h"],
    ["1h30"],
    ["1 h s"],
    ["P1M"],
    ["P1Y"],
    ["P"],
    ["PT"],
    ["-PT5M"],
    ["37000 days"],
    ["1 second".padEnd(70)],
    [0],
    [0.4],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [longest + 1],
    [null],
    [undefined],
    [{}],
    [{ toMillis: () => "soon" }],
    [new Date(5)],
    [5n],
  ])("%s is refused", (given) => {
    expect(() => parseDuration(given as string)).toThrow(ScheduleError);
    expect(() => parseDuration(given as string)).toThrow(expect.objectContaining({ code: "duration" }));
  });

  test("may be zero where zero is allowed", () => {
    expect(parseDuration(0, "advance", 0)).toBe(0);
    expect(parseDuration("0 s", "advance", 0)).toBe(0);
  });

  test.each([
    [0, "0 seconds"],
    [1, "1 millisecond"],
    [second, "1 second"],
    [90 * second, "1 minute 30 seconds"],
    [day + hour + minute + second + 1, "1 day 1 hour 1 minute 1 second 1 millisecond"],
    [14 * day, "14 days"],
  ])("%d in words", (length, words) => expect(formatDuration(length)).toBe(words));

  test("are read back from their text", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: longest }), (length) => {
        expect(parseDuration(formatDuration(length))).toBe(length);
      }),
      { seed, numRuns: runs(500) },
    );
  });
});
