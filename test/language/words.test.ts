import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import { parseBoundary, parseClock, parseDays, parseExclusions } from "../../src/language/language.ts";
import { formatTime } from "../../src/time/plain-time.ts";
import { wednesday } from "./reading.ts";

describe("times of day", () => {
  test.each([
    ["9am", ["09:00"]],
    ["9:30 p.m.", ["21:30"]],
    ["noon", ["12:00"]],
    ["midnight", ["00:00"]],
    ["half past nine", ["09:30"]],
    ["at 9", ["09:00"]],
    ["9am and 5pm", ["09:00", "17:00"]],
    ["6 and 8pm", ["18:00", "20:00"]],
    ["7 in the evening", ["19:00"]],
    ["早上8点", ["08:00"]],
    ["下午2点和4点半", ["14:00", "16:30"]],
  ])("%s", (text, times) => {
    expect(parseClock(text).map(formatTime)).toEqual(times);
  });

  test.each(["25:00", "13pm", "banana", "every day", "9am until 5pm", "晚上12点", ""])(
    "refuses %j",
    (text) => {
      expect(() => parseClock(text)).toThrow(ScheduleError);
    },
  );
});

describe("beginnings and ends", () => {
  test.each([
    ["tomorrow", "2026-03-04T23:00:00.000Z", "2026-03-05T22:59:59.999Z"],
    ["next monday", "2026-03-08T23:00:00.000Z", "2026-03-09T22:59:59.999Z"],
    ["friday", "2026-03-05T23:00:00.000Z", "2026-03-06T22:59:59.999Z"],
    ["june 1", "2026-05-31T22:00:00.000Z", "2026-06-01T21:59:59.999Z"],
    ["march 1", "2027-02-28T23:00:00.000Z", "2027-03-01T22:59:59.999Z"],
    ["june 1 at 9am", "2026-06-01T07:00:00.000Z", "2026-06-01T07:00:00.000Z"],
    ["11am", "2026-03-05T10:00:00.000Z", "2026-03-05T10:00:00.000Z"],
    ["in 2 hours", "2026-03-04T12:15:00.000Z", "2026-03-04T12:15:00.000Z"],
    ["the end of the month", "2026-03-30T22:00:00.000Z", "2026-03-31T21:59:59.999Z"],
    ["2026-12-31", "2026-12-30T23:00:00.000Z", "2026-12-31T22:59:59.999Z"],
    ["2026-12-31 10:00", "2026-12-31T09:00:00.000Z", "2026-12-31T09:00:00.000Z"],
    ["明天", "2026-03-04T23:00:00.000Z", "2026-03-05T22:59:59.999Z"],
    ["下周一", "2026-03-08T23:00:00.000Z", "2026-03-09T22:59:59.999Z"],
    ["月底", "2026-03-30T22:00:00.000Z", "2026-03-31T21:59:59.999Z"],
  ])("%s", (text, start, end) => {
    expect(new Date(parseBoundary(text, wednesday, "start").at).toISOString()).toBe(start);
    expect(new Date(parseBoundary(text, wednesday, "end").at).toISOString()).toBe(end);
  });

  test.each([
    ["2026-12-24 at 6pm", "2026-12-24T17:00:00.000Z"],
    ["2026-12-24 18:00 America/New_York", "2026-12-24T23:00:00.000Z"],
    ["2026-12-24 noon", "2026-12-24T11:00:00.000Z"],
    ["24.12.2026 at 18:00", "2026-12-24T17:00:00.000Z"],
  ])("%s is a date in figures with words behind it", (text, at) => {
    for (const side of ["start", "end"] as const)
      expect(new Date(parseBoundary(text, wednesday, side).at).toISOString()).toBe(at);
  });

  test("a month begins with its first day, but as an end it might mean either edge", () => {
    expect(new Date(parseBoundary("june", wednesday, "start").at).toISOString()).toBe(
      "2026-05-31T22:00:00.000Z",
    );
    expect(() => parseBoundary("june", wednesday, "end")).toThrow(
      /the start of that month.*the end of that month/,
    );
  });

  test.each(["every day", "soon", "tomorrow and friday", ""])("refuses %j", (text) => {
    expect(() => parseBoundary(text, wednesday, "end").at).toThrow(ScheduleError);
  });
});

describe("exceptions", () => {
  test.each([
    ["the 13th", [{ kind: "dates", dates: { days: [{ kind: "day", day: 13 }] } }]],
    ["wednesdays", [{ kind: "dates", dates: { weekdays: [3] } }]],
    ["december", [{ kind: "dates", dates: { months: [12] } }]],
    ["december 25", [{ kind: "dates", dates: { days: [{ kind: "annual", month: 12, day: 25 }] } }]],
    ["1pm", [{ kind: "times", at: ["13:00"] }]],
    ["between 12 and 1pm", [{ kind: "window", window: { from: "12:00", to: "13:00" } }]],
    ["2026-12-24", [{ kind: "range", from: "2026-12-24", to: "2026-12-24" }]],
    ["from june 8 to june 12", [{ kind: "range", from: "2026-06-08", to: "2026-06-12" }]],
    ["tomorrow", [{ kind: "range", from: "2026-03-05", to: "2026-03-05" }]],
    [
      "on mondays and the 1st",
      [
        { kind: "dates", dates: { weekdays: [1] } },
        { kind: "dates", dates: { days: [{ kind: "day", day: 1 }] } },
      ],
    ],
    [
      "the 13th and 15th of june",
      [
        {
          kind: "dates",
          dates: {
            days: [
              { kind: "annual", month: 6, day: 13 },
              { kind: "annual", month: 6, day: 15 },
            ],
          },
        },
      ],
    ],
    ["13号", [{ kind: "dates", dates: { days: [{ kind: "day", day: 13 }] } }]],
    ["周末", [{ kind: "dates", dates: { weekdays: [6, 7] } }]],
  ])("%s", (text, exclusions) => {
    expect(parseExclusions(text, wednesday)).toEqual(exclusions);
  });

  test("a range that has begun is the one that has not ended", () => {
    expect(parseExclusions("march 1 to march 10", wednesday)).toEqual([
      { kind: "range", from: "2026-03-01", to: "2026-03-10" },
    ]);
  });

  test("an error points into the exceptions alone", () => {
    try {
      parseExclusions("wendesdays", wednesday);
      expect.unreachable();
    } catch (error) {
      expect(error).toMatchObject({ start: 0, length: 10, nearest: '"wednesdays"' });
    }
  });
});

describe("days", () => {
  test.each([
    ["last friday", { days: [{ kind: "nth", nth: -1, weekday: 5 }] }],
    ["first workday", { days: [{ kind: "workday", nth: 1 }] }],
    ["december 25", { days: [{ kind: "annual", month: 12, day: 25 }] }],
    ["the 15th", { days: [{ kind: "day", day: 15 }] }],
    [
      "1st and 15th",
      {
        days: [
          { kind: "day", day: 1 },
          { kind: "day", day: 15 },
        ],
      },
    ],
    ["last day", { days: [{ kind: "day", day: -1 }] }],
    ["second to last day", { days: [{ kind: "day", day: -2 }] }],
    ["mondays", { weekdays: [1] }],
    ["monday to friday", { weekdays: [1, 2, 3, 4, 5] }],
    ["friday the 13th", { weekdays: [5], days: [{ kind: "day", day: 13 }] }],
    ["first sunday of october", { months: [10], days: [{ kind: "nth", nth: 1, weekday: 7 }] }],
    ["may", { months: [5] }],
    ["最后一个周五", { days: [{ kind: "nth", nth: -1, weekday: 5 }] }],
    ["12月25日", { days: [{ kind: "annual", month: 12, day: 25 }] }],
  ])("%s", (text, dates) => {
    expect(parseDays(text)).toEqual(dates);
  });

  test.each(["april 31", "frday", "every other monday", "noon", ""])("refuses %j", (text) => {
    expect(() => parseDays(text)).toThrow(ScheduleError);
  });
});
