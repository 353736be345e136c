import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  weekday,
} from "../../time/plain-date.ts";
import type { Dates, DayRule } from "../recurrence.ts";

/** Finds dates: the first one on or after a day, or `Infinity` if there is none within 100 years. */
export interface DateSearch {
  from(date: DayNumber): DayNumber;
}

/** Days in a hundred years, the horizon of every search. */
export const horizon = 36_525;

/** Every day. */
export const everyDate: DateSearch = { from: (date) => date };

/**
 * Searches by month: the matching days of a month are the bits of one number, so the next date is the lowest remaining bit.
 */
export const searchDates = (dates: Dates, counts: Counting = everyMonth): DateSearch => {
  const months = monthsOf(dates);
  let known = Number.NaN;
  let days = 0;
  return {
    from(date) {
      const { year, month, day } = dateFields(date);
      const start = monthNumber(year, month);
      for (let number = start; number <= start + 1_200; number++) {
        const [inYear, inMonth] = [Math.floor(number / 12), mod(number, 12) + 1];
        if (!(months & (1 << inMonth)) || !counts.month(number)) continue;
        const first = dayNumber(inYear, inMonth, 1);
        if (number !== known) {
          days = counts.days(daysOfMonth(dates, inYear, inMonth), first);
          known = number;
        }
        const left = number === start ? days & -(1 << (day - 1)) : days;
        if (left !== 0) return first + trailingZeros(left);
      }
      return Infinity;
    },
  };
};

/** The months in which a date can match, as bits 1 to 12. */
const monthsOf = ({ months, days }: Dates): number => {
  const bits = (list: readonly number[]) => list.reduce((sum, month) => sum | (1 << month), 0);
  const named = months ? bits(months) : 0x1ffe;
  const annual = days?.every((rule) => rule.kind === "annual");
  return annual ? named & bits(days!.map((rule) => (rule as { month: number }).month)) : named;
};

/** Which months, and which of a month's days, a step counts. */
export interface Counting {
  month(number: number): boolean;
  /** Of the bits of the matching days, those that count; `first` is the month's first date. */
  days(bits: number, first: DayNumber): number;
}

const everyMonth: Counting = { month: () => true, days: (bits) => bits };

/** Whether a date matches. */
export const isOn = (dates: Dates, date: DayNumber): boolean => {
  const { year, month, day } = dateFields(date);
  if (dates.months && !dates.months.includes(month)) return false;
  return (daysOfMonth(dates, year, month) & (1 << (day - 1))) !== 0;
};

/** The days of a month that match, bit 0 for the first. Months are not looked at. */
const daysOfMonth = ({ weekdays, days }: Dates, year: number, month: number): number => {
  const length = monthLength(year, month);
  const first = dayNumber(year, month, 1);
  let bits = all(length);
  if (weekdays) bits &= weekdays.reduce((sum, wanted) => sum | bitsOfWeekday(first, wanted), 0);
  if (days) bits &= days.reduce((sum, rule) => sum | bitsOfRule(rule, { year, month, length, first }), 0);
  return bits;
};

const all = (length: number): number => 2 ** length - 1;

/** Every seventh day, from the first with that weekday; reaches past the end of the month. */
const bitsOfWeekday = (first: DayNumber, wanted: number): number =>
  everySeventh << ((wanted - weekday(first) + 7) % 7);

/** Bits 0, 7, 14, 21 and 28. */
const everySeventh = 0x10204081;

interface Month {
  readonly year: number;
  readonly month: number;
  readonly length: number;
  readonly first: DayNumber;
}

const bitsOfRule = (rule: DayRule, { year, month, length, first }: Month): number => {
  switch (rule.kind) {
    case "day":
      return bit(rule.day < 0 ? length + 1 + rule.day : rule.day, length);
    case "nth":
      return bit(nthWeekday(rule.nth, rule.weekday, length, first), length);
    case "workday":
      return bit(nthWorkday(rule.nth, length, first), length);
    case "near":
      return bit(nearestWorkday(rule.day, length, first), length);
    case "annual":
      return rule.month === month ? bit(rule.day, length) : 0;
    case "year-day": {
      const wanted =
        rule.day > 0 ? dayNumber(year, 1, 1) + rule.day - 1 : dayNumber(year + 1, 1, 1) + rule.day;
      return dateFields(wanted).year === year ? bit(wanted - first + 1, length) : 0;
    }
  }
};

const bit = (day: number, length: number): number => (day >= 1 && day <= length ? 1 << (day - 1) : 0);

const nthWeekday = (nth: number, wanted: number, length: number, first: DayNumber): number => {
  const earliest = ((wanted - weekday(first) + 7) % 7) + 1;
  if (nth > 0) return earliest + (nth - 1) * 7;
  return earliest + Math.floor((length - earliest) / 7) * 7 + (nth + 1) * 7;
};

const isWorkday = (date: DayNumber): boolean => weekday(date) <= 5;

const nthWorkday = (nth: number, length: number, first: DayNumber): number => {
  const step = nth > 0 ? 1 : -1;
  let left = Math.abs(nth);
  for (let day = nth > 0 ? 1 : length; day >= 1 && day <= length; day += step) {
    if (isWorkday(first + day - 1) && --left === 0) return day;
  }
  return 0;
};

/** The Friday before a Saturday, the Monday after a Sunday; the other way round at the ends of the month, to stay inside it. */
const nearestWorkday = (wanted: number, length: number, first: DayNumber): number => {
  if (wanted > length) return 0;
  const weekdayOf = weekday(first + wanted - 1);
  if (weekdayOf === 6) return wanted === 1 ? 3 : wanted - 1;
  if (weekdayOf === 7) return wanted === length ? wanted - 2 : wanted + 1;
  return wanted;
};

const trailingZeros = (bits: number): number => 31 - Math.clz32(bits & -bits);
