import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  weekNumber,
} from "../time/plain-date.ts";
import { type Counting, type DateSearch, horizon } from "./dates.ts";
import { draw } from "./draw.ts";
import type { DateUnit, Step } from "./recurrence.ts";

/**
 * Dates that follow from the first one alone: every 2 days, every 4 months. A month without such a day gives its last one,
 * and the next step goes on from the day that was meant.
 */
export const stepDates = (step: Step, base: DayNumber, seed: string): DateSearch => {
  const unit = units[step.unit];
  const start = unit.place(base);
  const lengths = step.to === undefined ? undefined : draw(seed, step.every, step.to, 1);
  const placeOf = (index: number) => start + unit.size * (lengths ? lengths.sum(index) : index * step.every);
  return {
    from(date) {
      const passed = Math.max(0, Math.floor((unit.place(date) - start) / unit.size));
      let index = lengths ? lengths.reach(passed) : Math.floor(passed / step.every);
      let found = unit.date(placeOf(index), base);
      while (found < date) found = unit.date(placeOf(++index), base);
      return found - date > horizon ? Infinity : found;
    },
  };
};

/** Dates of a condition that also lie in every n-th day, week, month or year from the first match. */
export const countFrom = ({ every, unit }: Step, base: DayNumber): Counting => {
  const { year, month } = dateFields(base);
  const counts = (place: number) => mod(place, every) === 0;
  switch (unit) {
    case "day":
      return { month: () => true, days: (bits, first) => keep(bits, (bit) => counts(first + bit - base)) };
    case "week":
      return {
        month: () => true,
        days: (bits, first) => keep(bits, (bit) => counts(weekNumber(first + bit) - weekNumber(base))),
      };
    case "month":
      return { month: (number) => counts(number - monthNumber(year, month)), days: (bits) => bits };
    case "year":
      return { month: (number) => counts(Math.floor(number / 12) - year), days: (bits) => bits };
  }
};

const keep = (bits: number, isKept: (bit: number) => boolean): number => {
  let kept = 0;
  for (let bit = 0; bit < 31; bit++) if (bits & (1 << bit) && isKept(bit)) kept |= 1 << bit;
  return kept;
};

/** A unit of dates as places that can be counted: days, or months. */
interface Unit {
  /** How many places one unit is. */
  readonly size: number;
  place(date: DayNumber): number;
  /** The date at a place, with the day of the month that was meant at first. */
  date(place: number, base: DayNumber): DayNumber;
}

const days = { place: (date: DayNumber) => date, date: (place: number) => place };
const months = {
  place(date: DayNumber) {
    const { year, month } = dateFields(date);
    return monthNumber(year, month);
  },
  date(place: number, base: DayNumber) {
    const [year, month] = [Math.floor(place / 12), mod(place, 12) + 1];
    return dayNumber(year, month, Math.min(dateFields(base).day, monthLength(year, month)));
  },
};

const units: Readonly<Record<DateUnit, Unit>> = {
  day: { size: 1, ...days },
  week: { size: 7, ...days },
  month: { size: 1, ...months },
  year: { size: 12, ...months },
};
