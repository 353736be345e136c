import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";

/** A date as it is written: `"2027-02-28"`. Years 1 to 9999 of the Gregorian calendar. */
export type PlainDate = `${number}-${number}-${number}`;

/** A date as a number: whole days since 1970-01-01. */
export type DayNumber = number;

export interface DateFields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  /** 1 to 31. */
  readonly day: number;
}

/**
 * Days since 1970-01-01 for a date of the proleptic Gregorian calendar.
 * Years start in March here, so that the leap day comes last and needs no special case
 * (the derivation is Howard Hinnant's, "chrono-Compatible Low-Level Date Algorithms").
 */
export const dayNumber = (year: number, month: number, day: number): DayNumber => {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 +
    yearOfEra * 365 +
    Math.floor(yearOfEra / 4) -
    Math.floor(yearOfEra / 100) +
    dayOfYear -
    719_468
  );
};

/** The inverse of {@link dayNumber}. */
export const dateFields = (date: DayNumber): DateFields => {
  const z = date + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra -
      Math.floor(dayOfEra / 1_460) +
      Math.floor(dayOfEra / 36_524) -
      Math.floor(dayOfEra / 146_096)) /
      365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
};

/** ISO day of the week, 1 Monday to 7 Sunday. */
export const weekday = (date: DayNumber): number => mod(date + 3, 7) + 1;

/** Whole weeks since the Monday of 1969-12-29; weeks begin on Monday (ISO 8601). */
export const weekNumber = (date: DayNumber): number => Math.floor((date + 3) / 7);

/** Months since January of year 0. */
export const monthNumber = (year: number, month: number): number => year * 12 + month - 1;

export const isLeap = (year: number): boolean => year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);

const lengths = [31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] as const;

/** A year that has every date. */
export const leapYear = 2000;

/** Days in a month, 28 to 31. */
export const monthLength = (year: number, month: number): number =>
  month === 2 && isLeap(year) ? 29 : lengths[month - 1]!;

/** `"2027-02-28"` for a day number. */
export const formatDate = (date: DayNumber): PlainDate => {
  const { year, month, day } = dateFields(date);
  return `${String(year).padStart(4, "0")}-${String(month).padStart(2, "0")}-${String(day).padStart(2, "0")}` as PlainDate;
};

/**
 * Reads `"2027-02-28"`.
 *
 * @throws ScheduleError `date` when it is not written so or does not exist.
 */
export const parseDate = (text: string): DayNumber => {
  const parts = /^(\d{4})-(\d{2})-(\d{2})$/.exec(text);
  const [year, month, day] = [Number(parts?.[1]), Number(parts?.[2]), Number(parts?.[3])];
  if (!parts || month < 1 || month > 12 || year < 1 || day < 1 || day > monthLength(year, month)) {
    throw new ScheduleError({
      code: "date",
      ...texts().errors.date,
      given: text,
    });
  }
  return dayNumber(year, month, day);
};

/** Modulo, never negative for a positive divisor. */
export const mod = (n: number, by: number): number => ((n % by) + by) % by;
