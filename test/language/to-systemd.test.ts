import { describe, expect, test } from "vitest";
import { parseCron } from "../../src/language/cron/parse.ts";
import { toSystemd } from "../../src/language/export.ts";
import {
  anchorTime,
  bounded,
  calendar,
  dailyWindow,
  except,
  grid,
  interval,
  once,
  timeList,
  union,
  within,
  zoned,
} from "../../src/recurrence/build.ts";
import type { Dates, DayRule, Recurrence } from "../../src/recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../../src/time/instant.ts";
import { hour, minute, timeNumber } from "../../src/time/plain-time.ts";

const nine = timeList([9 * hour]);
const daily = calendar({ times: nine });
const on = (dates: Dates): Recurrence => calendar({ dates, times: nine });
const nth = (nth: number, weekday: number): DayRule => ({ kind: "nth", nth, weekday });

test.each([
  ["0 9 * * *", "*-*-* 09:00:00"],
  ["0 9 * * 1-5", "Mon..Fri *-*-* 09:00:00"],
  ["0 9 * * sat,sun", "Sat,Sun *-*-* 09:00:00"],
  ["0 9 * * 1,3,5,0", "Mon,Wed,Fri,Sun *-*-* 09:00:00"],
  ["0 9 * * mon,wed-fri", "Mon,Wed..Fri *-*-* 09:00:00"],
  ["0,30 9,17 * * *", "*-*-* 09,17:00,30:00"],
  ["* * * * *", "*-*-* *:*:00"],
  ["* * * * * *", "*-*-* *:*:*"],
  ["*/5 * * * *", "*-*-* *:00/5:00"],
  ["5/15 * * * *", "*-*-* *:05..50/15:00"],
  ["0 0-23 * * *", "*-*-* *:00:00"],
  ["*/15 9-17 * * mon-fri", "Mon..Fri *-*-* 09..17:00/15:00"],
  ["*/10 30 9 * * *", "*-*-* 09:30:00/10"],
  ["0 9 1,15 * *", "*-*-01,15 09:00:00"],
  ["0 9 1-7 * *", "*-*-01..07 09:00:00"],
  ["0 9 */2 * mon", "Mon *-*-01..31/2 09:00:00"],
  ["0 9 L * *", "*-*~01 09:00:00"],
  ["0 9 L,L-2 * *", "*-*~01,03 09:00:00"],
  ["0 9 * 1,7 *", "*-01,07-* 09:00:00"],
  ["0 9 25 12 *", "*-12-25 09:00:00"],
  ["0 9 L 2 *", "*-02~01 09:00:00"],
  ["0 9 * * fri#1", "Fri *-*-01..07 09:00:00"],
  ["0 9 * * fri#2,mon#2", "Mon,Fri *-*-08..14 09:00:00"],
  ["0 9 * * fri#1,fri#3", "Fri *-*-01..07,15..21 09:00:00"],
  ["0 9 * * fri#5", "Fri *-*-29..31 09:00:00"],
  ["0 9 * * friL", "Fri *-*~01..07 09:00:00"],
])("cron's %s is systemd's %s", (cron, systemd) => {
  expect(toSystemd(parseCron(cron))).toBe(systemd);
});

test.each([
  ["Friday the 13th", on({ weekdays: [5], days: [{ kind: "day", day: 13 }] }), "Fri *-*-13 09:00:00"],
  ["the last Friday but one", on({ days: [nth(-2, 5)] }), "Fri *-*~08..14 09:00:00"],
  ["the fourth Friday from the end", on({ days: [nth(-4, 5)] }), "Fri *-*~22..28 09:00:00"],
  ["28 days from the end", on({ days: [{ kind: "day", day: -28 }] }), "*-*~28 09:00:00"],
  ["milliseconds", calendar({ times: timeList([timeNumber(9, 0, 5, 250)]) }), "*-*-* 09:00:05.25"],
  ["steps from midnight", calendar({ times: grid((20 * minute) as Milliseconds) }), "*-*-* *:00/20:00"],
  ["steps of hours", calendar({ times: grid((6 * hour) as Milliseconds) }), "*-*-* 00/6:00:00"],
  ["a zone", zoned(daily, "Europe/Berlin"), "*-*-* 09:00:00 Europe/Berlin"],
  ["UTC", zoned(daily, "UTC"), "*-*-* 09:00:00 UTC"],
])("%s has an expression", (_, recurrence, systemd) => {
  expect(toSystemd(recurrence)).toBe(systemd);
});

describe("what systemd cannot say is null", () => {
  const cannot: readonly (readonly [name: string, recurrence: Recurrence])[] = [
    ["a moment", once(Date.UTC(2027, 0, 1) as Instant)],
    ["elapsed time", interval(minute as Milliseconds)],
    ["every second day", calendar({ step: { every: 2, unit: "day" }, times: nine })],
    ["the time counting began at", calendar({ dates: { weekdays: [1] }, times: anchorTime })],
    [
      "steps in a window",
      calendar({ times: grid((30 * minute) as Milliseconds, [dailyWindow(9 * hour, 17 * hour)]) }),
    ],
    ["steps that do not fit the day", calendar({ times: grid((50 * minute) as Milliseconds) })],
    ["a beginning", bounded(daily, { starting: Date.UTC(2027, 0, 1) as Instant })],
    ["a window", within(daily, [dailyWindow(8 * hour, 10 * hour)])],
    ["an exception", except(daily, { kind: "dates", dates: { weekdays: [3] } })],
    ["this day or that weekday", parseCron("0 9 1 * mon")],
    ["two schedules", union(daily, interval(minute as Milliseconds))],
    [
      "times that are no hours and minutes",
      calendar({ times: timeList([timeNumber(9, 0), timeNumber(17, 30)]) }),
    ],
    ["a workday", parseCron("0 9 LW * *")],
    ["the workday nearest to a day", parseCron("0 9 15W * *")],
    ["29 days from the end", on({ days: [{ kind: "day", day: -29 }] })],
    ["the fifth Friday from the end", on({ days: [nth(-5, 5)] })],
    ["days from both ends", parseCron("0 9 1,L * *")],
    ["weekdays from both ends", parseCron("0 9 * * fri#1,friL")],
    ["different weeks for different weekdays", parseCron("0 9 * * mon#1,fri#2")],
    ["a weekday of a week that must be another weekday as well", on({ weekdays: [1], days: [nth(2, 5)] })],
    ["a day of the year", on({ days: [{ kind: "year-day", day: 200 }] })],
    [
      "days of several months",
      on({
        days: [
          { kind: "annual", month: 1, day: 1 },
          { kind: "annual", month: 12, day: 25 },
        ],
      }),
    ],
    [
      "a date of the year or a day of each month",
      on({
        days: [
          { kind: "annual", month: 2, day: 16 },
          { kind: "day", day: 20 },
        ],
      }),
    ],
    ["a zone that is an offset", zoned(daily, "UTC+02:00")],
  ];
  test.each(cannot)("%s", (_, recurrence) => {
    expect(toSystemd(recurrence)).toBeNull();
  });
});
