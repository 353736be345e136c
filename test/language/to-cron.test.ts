import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { toCron } from "../../src/language/cron/format.ts";
import { parseCron } from "../../src/language/cron/parse.ts";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  except,
  fields,
  grid,
  interval,
  once,
  timeList,
  union,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import type { DayRule, Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { hour, minute, timeNumber } from "../../src/time/plain-time.ts";
import { runs, seed, thorough } from "../random.ts";
import { recurrence } from "../recurrence/arbitrary.ts";
import { cronExpression } from "./cron-expressions.ts";

const nine = timeList([9 * hour]);
const daily = calendar({ times: nine });
const on = (...days: readonly DayRule[]): Recurrence => calendar({ dates: { days }, times: nine });

test.each([
  ["0 9 * * Monday-Friday", "0 9 * * 1-5"],
  ["0 9 * * sun,sat", "0 9 * * 0,6"],
  ["0 9 * * fri-sun", "0 9 * * 0,5,6"],
  ["0 9,13,17 * * *", "0 9,13,17 * * *"],
  ["0 8,9,10,11,14 * * *", "0 8-11,14 * * *"],
  ["0,5,10,15,20,25,30,35,40,45,50,55 * * * *", "*/5 * * * *"],
  ["5/15 * * * *", "5-50/15 * * * *"],
  ["*/30 2 * * *", "*/30 2 * * *"],
  ["0,30 2 * * *", "0,30 2 * * *"],
  ["*/30,10 2 * * *", "*/30,10 2 * * *"],
  ["5 */8,9 * * *", "5 */8,9 * * *"],
  ["0 0-23 * * *", "0 0-23 * * *"],
  ["*/10 * * * * *", "*/10 * * * * *"],
  ["0 */10 * * * *", "*/10 * * * *"],
  ["30 15 9 * * *", "30 15 9 * * *"],
  ["0 9 * 1,4,7,10 *", "0 9 * */3 *"],
  ["0 9 * nov-feb *", "0 9 * 1,2,11,12 *"],
  ["0 9 LW,15W,L-2,L,1W,3 * *", "0 9 3,L-2,L,15W,1W,LW * *"],
  ["0 9 * * friL,fri#2", "0 9 * * 5#2,5L"],
  ["0 9 * * mon,fri#2", "0 9 * * 1,5#2"],
  ["0 9 1 * fri#2", "0 9 1 * 5#2"],
  ["0 9 1 6 mon", "0 9 1 6 1"],
  ["0 9 1-31/2 * mon", "0 9 1-31/2 * 1"],
  ["0 9 */2 * mon", "0 9 */2 * 1"],
  ["0 9 */2,L * mon", "0 9 */2,L * 1"],
  ["0 9 13 * */6", "0 9 13 * */6"],
  ["0 9 25 12 *", "0 9 25 12 *"],
  ["@weekly", "0 0 * * 0"],
  ["@hourly", "0 * * * *"],
])("%s is written as %s", (text, written) => {
  expect(toCron(parseCron(text))).toBe(written);
});

describe("what cron cannot say exactly is null", () => {
  const friday13 = calendar({ dates: { days: [{ kind: "day", day: 13 }], weekdays: [5] }, times: nine });
  const noon = timeList([12 * hour]);
  const cannot: readonly (readonly [name: string, recurrence: Recurrence])[] = [
    ["a moment", once(Date.UTC(2027, 0, 1) as Instant)],
    ["elapsed time", interval(minute as Milliseconds)],
    ["every second day", calendar({ step: { every: 2, unit: "day" }, times: nine })],
    ["the time counting began at", calendar({ dates: { weekdays: [1] }, times: anchorTime })],
    [
      "steps in a window",
      calendar({ times: grid((30 * minute) as Milliseconds, [dailyWindow(9 * hour, 17 * hour)]) }),
    ],
    ["steps of real time from midnight", calendar({ times: grid((7 * minute) as Milliseconds) })],
    ["a beginning", bounded(daily, { starting: Date.UTC(2027, 0, 1) as Instant })],
    ["a zone", zoned(daily, "Europe/Berlin")],
    ["a window", within(daily, [dailyWindow(8 * hour, 10 * hour)])],
    ["an exception", except(daily, { kind: "dates", dates: { weekdays: [3] } })],
    ["two schedules", union(daily, calendar({ dates: { weekdays: [1] }, times: noon }))],
    [
      "two sorts of dates",
      union(on({ kind: "day", day: 1 }), calendar({ dates: { months: [2], weekdays: [1] }, times: nine })),
    ],
    [
      "three schedules",
      union(
        on({ kind: "day", day: 1 }),
        calendar({ dates: { weekdays: [1] }, times: nine }),
        interval(hour as Milliseconds),
      ),
    ],
    ["Friday the 13th", friday13],
    [
      "times that are no hours and minutes",
      calendar({ times: timeList([timeNumber(9, 0), timeNumber(17, 30)]) }),
    ],
    ["milliseconds", calendar({ times: timeList([timeNumber(9, 0, 0, 250)]) })],
    [
      "real time at an hour and minute that no step gives",
      calendar({ times: fields({ hours: [9], minutes: [5], seconds: [0], follows: "elapsed" }) }),
    ],
    ["the second workday", on({ kind: "workday", nth: 2 })],
    ["the last Friday but one", on({ kind: "nth", nth: -2, weekday: 5 })],
    ["a day of the year", on({ kind: "year-day", day: 200 })],
    [
      "days of several months",
      on({ kind: "annual", month: 1, day: 1 }, { kind: "annual", month: 12, day: 25 }),
    ],
    [
      "a date that never comes",
      calendar({ dates: { months: [2], days: [{ kind: "day", day: 30 }] }, times: nine }),
    ],
  ];
  test.each(cannot)("%s", (_, recurrence) => {
    expect(toCron(recurrence)).toBeNull();
  });
});

test(`every expression is written as one that is read the same (seed ${seed})`, () => {
  fc.assert(
    fc.property(cronExpression(), ({ text }) => {
      const meant = parseCron(text);
      const written = toCron(meant);
      expect(written).not.toBeNull();
      expect(parseCron(written!)).toEqual(meant);
      expect(toCron(parseCron(written!))).toBe(written);
    }),
    { numRuns: runs(2_000), seed },
  );
});

test(`whatever is written is read as the same recurrence (seed ${seed})`, () => {
  let written = 0;
  fc.assert(
    fc.property(recurrence({ depth: 2 }), (value) => {
      const text = toCron(value);
      if (text === null) return;
      written++;
      expect(parseCron(text)).toEqual(value);
    }),
    { numRuns: runs(5_000), seed },
  );
  if (thorough >= 1) expect(written).toBeGreaterThan(100);
});
