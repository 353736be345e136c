import type { DateUnit } from "../recurrence/recurrence.ts";
import { dayNumber, monthLength, parseDate, weekday } from "../time/plain-date.ts";
import type { Amount, Day, Unit } from "./meaning.ts";
import { given, Mistake } from "./mistake.ts";

/** A date of one year. */
export const dateOf = (year: number, month: number, day: number): Day | Mistake =>
  day < 1 || day > monthLength(year, month)
    ? new Mistake("date", `a day that exists: that month has ${monthLength(year, month)} days`)
    : { kind: "date", date: dayNumber(year, month, day) };

/** `2027-02-03`. */
export const isoDay = (text: string): Day | Mistake => {
  try {
    return { kind: "date", date: parseDate(text) };
  } catch {
    return new Mistake("date", '"YYYY-MM-DD", a day that exists');
  }
};

/** The one weekday that was named, in a week. */
export const weekdayIn = (days: readonly number[], week: "coming" | number): Day | undefined =>
  days.length === 1 ? { kind: "weekday", weekday: days[0]!, week } : undefined;

/** A date that was said with its weekday. */
export const weekdayOn = (days: readonly number[], day: Day | Mistake): Day | Mistake =>
  given(day, (day) =>
    day.kind === "date" && !days.includes(weekday(day.date))
      ? new Mistake("contradiction", "the weekday of that date, or the date alone")
      : day,
  );

/** A day that lies days, weeks, months or years behind another one. */
export const daysAfter = (amount: Amount, than: Day): Day | undefined =>
  amount.unit && amount.elapsed === 0 ? { kind: "later", amount, than } : undefined;

/** "this month", "next quarter". */
export const unitAhead = (
  unit: Unit,
  ahead: number,
): { of: DateUnit | "quarter"; ahead: number } | undefined => {
  if ("elapsed" in unit) return undefined;
  if (unit.isQuarter) return { of: "quarter", ahead };
  return unit.every === 1 ? { of: unit.unit, ahead } : undefined;
};

export const past = (): Mistake => new Mistake("past", "a moment that is still to come");

/** Named by its date, so that two of them can be the ends of a range. */
export const isDated = (day: Day): boolean =>
  day.kind === "date" ||
  day.kind === "ahead" ||
  (day.kind === "matching" && day.dates.weekdays === undefined);
