import { describe, expect, test } from "vitest";
import { ScheduleError } from "../../src/errors.ts";
import {
  dateFields,
  dayNumber,
  formatDate,
  isLeap,
  mod,
  monthLength,
  monthNumber,
  parseDate,
  weekday,
  weekNumber,
} from "../../src/time/plain-date.ts";
import { day } from "../../src/time/plain-time.ts";

describe("dates as numbers", () => {
  test("agree with Date for 400 years back and ahead", () => {
    const last = Date.UTC(2370, 11, 31) / day;
    let wrong = 0;
    for (let date = Date.UTC(1570, 0, 1) / day; date <= last; date++) {
      const then = new Date(date * day);
      const [year, month, dayOfMonth] = [then.getUTCFullYear(), then.getUTCMonth() + 1, then.getUTCDate()];
      const fields = dateFields(date);
      const isSame =
        fields.year === year &&
        fields.month === month &&
        fields.day === dayOfMonth &&
        dayNumber(year, month, dayOfMonth) === date &&
        weekday(date) === (then.getUTCDay() || 7) &&
        monthLength(year, month) === new Date(Date.UTC(year, month, 0)).getUTCDate();
      if (!isSame) wrong++;
    }
    expect(wrong).toBe(0);
  });

  test("work from the year 1 to 9999", () => {
    expect(dayNumber(1, 1, 1) * day).toBe(Date.parse("0001-01-01T00:00:00Z"));
    expect(dayNumber(9999, 12, 31) * day).toBe(Date.parse("9999-12-31T00:00:00Z"));
    expect(formatDate(dayNumber(1, 2, 3))).toBe("0001-02-03");
  });

  test("count weeks from Monday and months from January", () => {
    const monday = dayNumber(2026, 11, 23);
    expect(weekday(monday)).toBe(1);
    expect(weekNumber(monday)).toBe(weekNumber(monday - 1) + 1);
    expect(weekNumber(monday + 6)).toBe(weekNumber(monday));
    expect(weekNumber(dayNumber(1969, 12, 29))).toBe(0);
    expect(weekNumber(dayNumber(1969, 12, 28))).toBe(-1);
    expect(monthNumber(2027, 1) - monthNumber(2026, 12)).toBe(1);
  });

  test.each([
    [1900, false],
    [2000, true],
    [2024, true],
    [2026, false],
    [2100, false],
    [2400, true],
  ])("%i", (year, skippedRanges) => expect(isLeap(year)).toBe(skippedRanges));

  test("mod is never negative", () => {
    expect([-7, -1, 0, 1, 7, 8].map((n) => mod(n, 7))).toEqual([0, 6, 0, 1, 0, 1]);
  });
});

describe("dates as text", () => {
  test.each(["2027-02-28", "2028-02-29", "2000-02-29", "0001-01-01", "9999-12-31"])(
    "%s is read and written back",
    (text) => expect(formatDate(parseDate(text))).toBe(text),
  );

  test.each([
    "2027-02-29",
    "1900-02-29",
    "2027-04-31",
    "2027-13-01",
    "2027-00-10",
    "2027-01-00",
    "2027-01-32",
    "0000-01-01",
    "2027-1-1",
    "2027-01-01\n",
    "20270101",
    " 2027-01-01",
    "2027-01-01T00:00",
    "",
  ])("%j is no date", (text) => {
    expect(() => parseDate(text)).toThrow(ScheduleError);
    expect(() => parseDate(text)).toThrow(expect.objectContaining({ code: "date", given: text }));
  });
});
