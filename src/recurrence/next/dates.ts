import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  weekday,
  weekNumber,
} from "../../time/plain-date.ts";
import type { Dates, DayRule } from "../recurrence.ts";

/** Finds the first date on or after another, or `Infinity` if there is none within 100 years. */
export type DateSearch = (date: DayNumber) => DayNumber;

/** Days in a hundred years, the horizon of every search. */
export const horizon = 36_525;

/** Every day. */
export const everyDate: DateSearch = (date) => date;

/** @param counts whether a matching date counts */
export const searchDates =
  (dates: Dates, counts: (date: DayNumber) => boolean = () => true): DateSearch =>
  (date) => {
    const { year, month, day } = dateFields(date);
    const start = monthNumber(year, month);
    for (let number = start; number <= start + 1_200; number++) {
      const inMonth = monthOf(Math.floor(number / 12), mod(number, 12) + 1);
      if (!mayMatch(dates, inMonth.month)) continue;
      for (let on = number === start ? day : 1; on <= inMonth.length; on++)
        if (matches(dates, on, inMonth) && counts(inMonth.first + on - 1)) return inMonth.first + on - 1;
    }
    return Infinity;
  };

/** Whether a date matches. */
export const isOn = (dates: Dates, date: DayNumber): boolean => {
  const { year, month, day } = dateFields(date);
  return mayMatch(dates, month) && matches(dates, day, monthOf(year, month));
};

interface Month {
  readonly year: number;
  readonly month: number;
  readonly length: number;
  readonly first: DayNumber;
}

const monthOf = (year: number, month: number): Month => ({
  year,
  month,
  length: monthLength(year, month),
  first: dayNumber(year, month, 1),
});

const mayMatch = ({ months, days }: Dates, month: number): boolean =>
  (!months || months.includes(month)) &&
  (!days || days.some((rule) => rule.kind !== "annual" || rule.month === month));

const matches = ({ weekdays, days }: Dates, day: number, month: Month): boolean =>
  (!weekdays || weekdays.includes(weekday(month.first + day - 1))) &&
  (!days || days.some((rule) => isDayOf(rule, day, month)));

const isDayOf = (rule: DayRule, day: number, { year, month, length, first }: Month): boolean => {
  const date = first + day - 1;
  switch (rule.kind) {
    case "day":
      return day === (rule.day < 0 ? length + 1 + rule.day : rule.day);
    case "nth":
      return (
        weekday(date) === rule.weekday &&
        rule.nth === (rule.nth > 0 ? Math.ceil(day / 7) : -Math.ceil((length + 1 - day) / 7))
      );
    case "workday":
      return (
        isWorkday(date) &&
        rule.nth === (rule.nth > 0 ? workdaysIn(first, date) : -workdaysIn(date, first + length - 1))
      );
    case "near":
      return day === nearestWorkday(rule.day, length, first);
    case "annual":
      return rule.month === month && rule.day === day;
    case "year-day":
      return date === (rule.day > 0 ? dayNumber(year, 1, 0) : dayNumber(year + 1, 1, 1)) + rule.day;
  }
};

const isWorkday = (date: DayNumber): boolean => weekday(date) <= 5;

const workdaysIn = (from: DayNumber, to: DayNumber): number => workdaysBefore(to + 1) - workdaysBefore(from);

/** Counted from a Monday. */
const workdaysBefore = (date: DayNumber): number => weekNumber(date) * 5 + Math.min(weekday(date) - 1, 5);

/** The Friday before a Saturday, the Monday after a Sunday; the other way round at the ends of the month, to stay inside it. */
const nearestWorkday = (wanted: number, length: number, first: DayNumber): number => {
  if (wanted > length) return 0;
  const weekdayOf = weekday(first + wanted - 1);
  if (weekdayOf === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekdayOf === 7) return wanted === length ? wanted - 2 : wanted + 1;
  return wanted;
};
