import { dates as normalDates } from "../recurrence/build.ts";
import { searchDates } from "../recurrence/next/dates.ts";
import type { Dates, DateUnit } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  weekday,
} from "../time/plain-date.ts";
import { day as dayLength } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type { ParseContext } from "./hearing.ts";
import type { Amount, Clock, Day, Point } from "./meaning.ts";
import { ambiguous, given, Mistake } from "./mistake.ts";

/** Which end of something a point is: a beginning starts with its day, an end includes it. */
export type Side = "start" | "end";

/** The date on which it is now. */
export const today = ({ now, zone }: ParseContext): DayNumber => Math.floor(wallAt(zone, now) / dayLength);

/** The instant of a wall time on a date. */
export const instantOn = (date: DayNumber, at: number, zone: Zone): Instant =>
  resolveWall(zone, (date * dayLength + at) as WallTime);

/** The last instant of a date. */
export const endOfDate = (date: DayNumber, zone: Zone): Instant =>
  (instantOn(date + 1, 0, zone) - 1) as Instant;

/**
 * The instant of a point, as a beginning or an end. What names no year or week is the next such one after `base`; a day that
 * begins something may have begun already.
 */
export const resolvePoint = (
  point: Point,
  side: Side,
  parseContext: ParseContext,
  base = parseContext.now,
): Instant | Mistake => {
  const { zone } = parseContext;
  switch (point.kind) {
    case "now":
      return parseContext.now;
    case "moment":
      return momentOf(point.text, zone);
    case "later":
      return laterThan(parseContext.now, point.amount, zone);
    case "clock":
      return nextClock(point.clock, base, zone);
    case "day": {
      const { day, clock } = point;
      const from = Math.floor(wallAt(zone, base) / dayLength);
      return given(resolveDay(day, side, today(parseContext), from), (date) => {
        if (!clock) return side === "start" ? instantOn(date, 0, zone) : endOfDate(date, zone);
        const at = instantOn(date, clock.at, zone);
        if (at > base || !isFloating(day)) return at;
        return given(resolveDay(day, side, today(parseContext), date + 1), (later) =>
          instantOn(later, clock.at, zone),
        );
      });
    }
  }
};

/** The next time a clock shows it. */
export const nextClock = ({ at }: Clock, after: Instant, zone: Zone): Instant => {
  const date = Math.floor(wallAt(zone, after) / dayLength);
  const found = [0, 1, 2]
    .map((ahead) => instantOn(date + ahead, at, zone))
    .find((instant) => instant > after);
  return found ?? instantOn(date + 3, at, zone);
};

/** ISO 8601. */
export const momentOf = (text: string, zone: Zone): Instant | Mistake => {
  try {
    return parseMoment(text, zone);
  } catch {
    return new Mistake("moment", 'a moment that exists, as in "2027-02-03 04:05"');
  }
};

/** Days and longer keep the wall clock; what is shorter is elapsed time. */
export const laterThan = (from: Instant, amount: Amount, zone: Zone): Instant => {
  if (!amount.unit) return (from + amount.elapsed) as Instant;
  const wall = wallAt(zone, from);
  const date = Math.floor(wall / dayLength);
  return (instantOn(dateLater(date, amount), wall - date * dayLength, zone) + amount.elapsed) as Instant;
};

/** So many days, weeks, months or years later; where the month has no such day, its last. */
export const dateLater = (date: DayNumber, { every, unit = "day" }: Amount): DayNumber => {
  if (unit === "day" || unit === "week") return date + every * (unit === "week" ? 7 : 1);
  const { year, month, day } = dateFields(date);
  const place = monthNumber(year, month) + every * (unit === "year" ? 12 : 1);
  const [inYear, inMonth] = [Math.floor(place / 12), mod(place, 12) + 1];
  return dayNumber(inYear, inMonth, Math.min(day, monthLength(inYear, inMonth)));
};

/** Whether there will be another such day: "friday", "june 5", but not "tomorrow". */
export const isFloating = (day: Day): boolean =>
  (day.kind === "weekday" && day.week === "coming") ||
  (day.kind === "matching" &&
    day.year === undefined &&
    day.monthsAhead === undefined &&
    day.yearsAhead === undefined);

/** The date of a day, seen from today; a floating one is the first on or after `from`. */
export const resolveDay = (day: Day, side: Side, today: DayNumber, from = today): DayNumber | Mistake => {
  switch (day.kind) {
    case "ahead":
      return today + day.days;
    case "date":
      return day.date;
    case "weekday":
      return day.week === "coming"
        ? from + mod(day.weekday - weekday(from), 7)
        : today - weekday(today) + day.weekday + 7 * day.week;
    case "later":
      return given(resolveDay(day.than, side, today), (than) => dateLater(than, day.amount));
    case "matching":
      return matchingDay(day, today, from);
    case "edge":
      if (day.edge === undefined && side === "end")
        return ambiguous(`the start of next ${day.of}`, `the end of next ${day.of}`);
      return edgeOf(day.of, day.ahead, day.edge ?? "start", today);
    case "month":
      if (day.edge === undefined && side === "end")
        return ambiguous("the start of that month", "the end of that month");
      return edgeOfMonth(day.month, day.year, day.edge ?? "start", from);
  }
};

const matchingDay = (
  { dates, year: said, monthsAhead, yearsAhead }: Extract<Day, { kind: "matching" }>,
  today: DayNumber,
  from: DayNumber,
): DayNumber | Mistake => {
  const { year: thisYear, month } = dateFields(today);
  if (monthsAhead !== undefined) {
    const place = monthNumber(thisYear, month) + monthsAhead;
    const first = dayNumber(Math.floor(place / 12), mod(place, 12) + 1, 1);
    const found = nextDay(dates, first);
    return dateFields(found).month === dateFields(first).month && found - first < 31 ? found : noSuchDay();
  }
  const year = yearsAhead === undefined ? said : thisYear + yearsAhead;
  if (year !== undefined) {
    const found = nextDay(dates, dayNumber(year, 1, 1));
    return dateFields(found).year === year ? found : noSuchDay();
  }
  return agreedDay(dates, from);
};

/** The next date of a condition. A weekday said with a date must be the weekday of the next such date. */
export const agreedDay = (dates: Dates, from: DayNumber): DayNumber | Mistake => {
  const isDate = dates.days?.every((rule) => rule.kind === "annual");
  if (!isDate || !dates.weekdays) return nextDay(dates, from);
  const { weekdays, ...plain } = dates;
  const found = nextDay(plain, from);
  return weekdays.includes(weekday(found))
    ? found
    : new Mistake("contradiction", "the weekday of the next such date, or the date alone");
};

/** The first date of a condition on or after another; `Infinity` when there is none. */
export const nextDay = (dates: Dates, from: DayNumber): DayNumber =>
  searchDates(normalDates(dates) ?? {}).from(from);

const noSuchDay = (): Mistake => new Mistake("date", "a day that the month has");

const edgeOf = (
  of: DateUnit | "quarter",
  ahead: number,
  edge: "start" | "end",
  today: DayNumber,
): DayNumber => {
  if (edge === "end") return edgeOf(of, ahead + 1, "start", today) - 1;
  const { year, month } = dateFields(today);
  switch (of) {
    case "day":
      return today + ahead;
    case "week":
      return today - weekday(today) + 1 + 7 * ahead;
    default: {
      const size = { month: 1, quarter: 3, year: 12 }[of];
      const place = (Math.floor(monthNumber(year, month) / size) + ahead) * size;
      return dayNumber(Math.floor(place / 12), mod(place, 12) + 1, 1);
    }
  }
};

const edgeOfMonth = (
  month: number,
  year: number | undefined,
  edge: "start" | "end",
  from: DayNumber,
): DayNumber => {
  const inYear = year ?? dateFields(from).year;
  const date = dayNumber(inYear, month, edge === "start" ? 1 : monthLength(inYear, month));
  return date >= from || year !== undefined ? date : edgeOfMonth(month, inYear + 1, edge, from);
};
