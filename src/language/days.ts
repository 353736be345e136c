import { dates as normalDates, skippedDate } from "../recurrence/build.ts";
import { searchDates } from "../recurrence/next/dates.ts";
import type { Dates, DayRule } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import {
  type DayNumber,
  dateFields,
  dayNumber,
  leapYear,
  mod,
  monthLength,
  monthNumber,
  type PlainDate,
  parseDate,
  weekday,
} from "../time/plain-date.ts";
import { day as dayLength } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import {
  type Amount,
  type CalendarUnit,
  type Clause,
  type Clock,
  type Day,
  daysClause,
  everyDates,
  matching,
  type ParseContext,
  type Point,
  type Scope,
  type Unit,
  type Weekdays,
  type WeekdayWord,
} from "./clauses.ts";
import { type Place, refuse, refuseAmbiguous } from "./errors.ts";
import { endingOf } from "./lexer.ts";

/** "the 2nd and 16th", "the third to last day"; of a year there are more. */
export const monthDayRules = (days: readonly number[], most = 31): readonly DayRule[] =>
  days.some((day) => day === 0 || Math.abs(day) > most)
    ? refuse("date", (t) => t.dayUpTo(most))
    : days.map((day) => ({ kind: "day", day }));

/** More days than any month has are days of a year. */
export const mostOfYear = 366;

/** "the first and third monday", "the last workday", "the 2nd weekend day" is refused: a weekend is two days. */
export const nthRules = (
  nths: readonly number[],
  { days }: Pick<WeekdayWord, "days">,
): readonly DayRule[] => {
  const [weekday] = days;
  const isWorkdays = days.length === 5;
  if (weekday === undefined || (days.length > 1 && !isWorkdays))
    refuse("contradiction", (t) => t.kinds.weekday);
  const most = isWorkdays ? 23 : 5;
  if (nths.some((nth) => nth === 0 || Math.abs(nth) > most))
    refuse("date", (t) => (isWorkdays ? t.nthWorkday : t.nthWeekday));
  return nths.map((nth) => (isWorkdays ? { kind: "workday", nth } : { kind: "nth", nth, weekday }));
};

export const monthly: Scope = { of: "month", repeats: true };

export const monthDaysIn = (days: readonly number[], scope: Scope = monthly): readonly Clause[] =>
  scopedDays(monthDayRules(days), scope);

/** "first 3", "last 2", with the sign of the end they are counted from. */
export const severalNths = (n: number, sign: 1 | -1): readonly number[] | undefined =>
  n > 1 && n <= 31 ? around(1, n, 31).map((nth) => sign * nth) : undefined;

/** Days of the month from one to another, over its end where the second one is smaller. */
export const daysBetween = (from: number, to?: number): readonly number[] => {
  if (to === undefined) return [from];
  const areDays = from !== to && from >= 1 && from <= 31 && to >= 1 && to <= 31;
  return areDays ? around(from, to, 31) : refuse("date", (t) => t.twoMonthDays);
};

export const yearDayRules = (nths: readonly number[]): readonly DayRule[] =>
  monthDayRules(nths, mostOfYear).map(asYearDay);

const asYearDay = (rule: DayRule): DayRule =>
  rule.kind === "day" ? { kind: "year-day", day: rule.day } : rule;

export const nearRules = (days: readonly number[]): readonly DayRule[] =>
  days.some((day) => day < 1 || day > 31)
    ? refuse("date", (t) => t.monthDay)
    : days.map((day) => ({ kind: "near", day }));

/** A date of the year: "december 25". */
export const annualRules = (month: number, days: readonly number[]): readonly DayRule[] => {
  const most = monthLength(leapYear, month);
  return days.some((day) => day < 1 || day > most)
    ? refuse("date", (t) => t.monthHas(most))
    : days.map((day) => ({ kind: "annual", month, day }));
};

/** Which ones, of what: "the first monday of every quarter". */
export const scopedDays = (rules: readonly DayRule[], scope: Scope, every = false): readonly Clause[] => {
  const dates = datesIn(rules, scope);
  refuseImpossible(dates);
  return [
    ...daysClause(dates, every || scope.repeats, scope.isEach ? { isEach: true } : {}),
    ...((scope.every ?? 1) > 1 ? everyDates(scope.every!, scope.of === "year" ? "year" : "month") : []),
  ];
};

/** Refuses a condition no year can fulfil. */
export const refuseImpossible = ({ months, days = [] }: Dates, place?: Place): void => {
  const most = Math.max(...(months ?? [1]).map((month) => monthLength(leapYear, month)));
  const isOff = (rule: DayRule) => (rule.kind === "day" || rule.kind === "near") && Math.abs(rule.day) > most;
  const isElsewhere = (rule: DayRule) => rule.kind === "annual" && months?.includes(rule.month) === false;
  if (days.some(isOff) || (days.length > 0 && days.every(isElsewhere)))
    refuse("date", (t) => (months ? t.existingDay : t.monthDay), place);
};

const datesIn = (days: readonly DayRule[], { of, months }: Scope): Dates => {
  if (of === "month") return { ...(months && { months }), days };
  const isYear = of === "year";
  if (isYear && days.every((rule) => rule.kind === "day")) return { days: days.map(asYearDay) };
  const [isLast, ...others] = days.map(isFromEnd);
  if (others.some((end) => end !== isLast))
    refuse("contradiction", (t) => (isYear ? t.oneEndOf("year") : t.oneEndOf("quarter")));
  if (days.some((rule) => reach(rule) > 4))
    refuse("date", (t) => (isYear ? t.outerMonthOf("year") : t.outerMonthOf("quarter")));
  if (isYear) return { months: [isLast ? 12 : 1], days };
  return { months: isLast ? [3, 6, 9, 12] : [1, 4, 7, 10], days };
};

const isFromEnd = (rule: DayRule): boolean => ("nth" in rule ? rule.nth : "day" in rule ? rule.day : 1) < 0;

/** Weeks into the quarter or year, by which a rule for its first or last month may pass that month's end. */
const reach = (rule: DayRule): number => {
  if (rule.kind === "nth") return Math.abs(rule.nth);
  if (rule.kind === "workday") return Math.abs(rule.nth) / 5;
  return rule.kind === "day" && Math.abs(rule.day) > 30 ? 5 : 0;
};

/** "every first friday" is of the month, "every second friday" may be every other week. */
export const everyNth = (nths: readonly number[], word: WeekdayWord, name: string): readonly Clause[] => {
  const days = nthRules(nths, word);
  const [nth = 1] = nths;
  if (nths.length > 1 || nth <= 1) return daysClause({ days });
  const ofMonth = `the ${nth}${endingOf(nth)} ${name} of every month`;
  if (word.days.length > 1) refuseAmbiguous([ofMonth]);
  return refuseAmbiguous([nth === 2 ? `every other ${name}` : `every ${nth} weeks on ${name}`, ofMonth]);
};

export const weekdayClause = ({ days, repeats }: Weekdays, every = false): readonly Clause[] =>
  daysClause({ weekdays: days }, every || repeats);

export const weekdaysBetween = (from: readonly number[], to: readonly number[]): Weekdays | undefined =>
  from.length === 1 && to.length === 1 ? { days: around(from[0]!, to[0]!, 7), repeats: true } : undefined;

/** From one number of a circle to another, over its end: friday to monday, november to february. */
export const around = (from: number, to: number, size: number): readonly number[] => {
  const length = ((to - from + size) % size) + 1;
  return Array.from({ length }, (_, i) => ((from - 1 + i) % size) + 1);
};

export const dateOf = (year: number, month: number, day: number): Day =>
  day < 1 || day > monthLength(year, month)
    ? refuse("date", (t) => t.monthHas(monthLength(year, month)))
    : { kind: "date", date: dayNumber(year, month, day) };

/** `2027-02-03`. */
export const isoDay = (text: string): Day => {
  try {
    return { kind: "date", date: parseDate(text) };
  } catch {
    return refuse("date", (t) => t.existingDay);
  }
};

export const weekdayIn = (days: readonly number[], week: "coming" | number): Day | undefined =>
  days.length === 1 ? { kind: "weekday", weekday: days[0]!, week } : undefined;

/** A date that is written with its weekday. */
export const weekdayOn = (days: readonly number[] | undefined, day: Day): Day =>
  day.kind === "date" && days?.includes(weekday(day.date)) === false
    ? refuse("contradiction", (t) => t.weekdayOfDate)
    : day;

export const onlyDate = (days: readonly DayRule[], weekdays?: readonly number[]): Day | undefined =>
  days.length === 1 ? matching({ days, ...(weekdays && { weekdays }) }) : undefined;

/** "the 5th": the next one. */
export const onlyMonthDay = (day: number): Day | undefined =>
  day <= 31 ? matching({ days: [{ kind: "day", day }] }) : undefined;

/** Which ones, of this month or of the next. */
export const whichIn = (days: readonly DayRule[], unit: CalendarUnit | undefined): Day | undefined =>
  unit?.of === "month" ? matching({ days }, { monthsAhead: unit.ahead }) : undefined;

/** "the 3rd thursday of january 2027" */
export const whichOf = (days: readonly DayRule[], month: number, year: number): Day => {
  const dates: Dates = { months: [month], days };
  refuseImpossible(dates);
  return matching(dates, { year });
};

/** A day that lies days, weeks, months or years behind another one. */
export const daysAfter = (amount: Amount, than: Day): Day | undefined =>
  amount.unit && amount.elapsed === 0 ? { kind: "later", amount, than } : undefined;

export const unitAhead = (unit: Unit, ahead: number): CalendarUnit | undefined => {
  if ("elapsed" in unit) return undefined;
  if (unit.isQuarter) return { of: "quarter", ahead };
  return unit.every === 1 ? { of: unit.unit, ahead } : undefined;
};

export const refusePast = (): never => refuse("past", (t) => t.stillToCome);

/** Named by its date, so that two of them can be the ends of a range. */
export const isDated = (day: Day): boolean =>
  day.kind === "date" ||
  day.kind === "ahead" ||
  (day.kind === "matching" && day.dates.weekdays === undefined);

/** Two of these are the ends of a range: two dates, or weekdays of which one names its week. */
export const areEnds = (from: Day, to: Day): boolean =>
  (isDated(from) && isDated(to)) ||
  (from.kind === "weekday" && to.kind === "weekday" && !(from.week === "coming" && to.week === "coming"));

/** Which end of something a point is: a beginning starts with its day, an end includes it. */
export type Side = "start" | "end";

export const today = ({ now, zone }: ParseContext): DayNumber => Math.floor(wallAt(zone, now) / dayLength);

export const instantOn = (date: DayNumber, at: number, zone: Zone): Instant =>
  resolveWall(zone, (date * dayLength + at) as WallTime);

/**
 * The instant of a point, as a start or an end. What names no year or week is the next such one after `base`; a day that
 * begins something may have begun already.
 */
export const resolvePoint = (
  point: Point,
  side: Side,
  context: ParseContext,
  base = context.now,
): Instant => {
  const { zone } = context;
  switch (point.kind) {
    case "now":
      return context.now;
    case "moment":
      return momentOf(point.text, zone);
    case "later":
      return laterThan(context.now, point.amount, zone);
    case "clock":
      return nextClock(point.clock, base, zone);
    case "day": {
      const { day, clock } = point;
      const dateFrom = (from: DayNumber) => resolveDay(day, side, today(context), from);
      const date = dateFrom(today({ now: base, zone }));
      if (!clock && side === "start") return instantOn(date, 0, zone);
      if (!clock) return (instantOn(date + 1, 0, zone) - 1) as Instant;
      const at = instantOn(date, clock.at, zone);
      return at > base || !isFloating(day) ? at : instantOn(dateFrom(date + 1), clock.at, zone);
    }
  }
};

/** The day that was named as a start or an end, where a clock change skips it. */
export const dateOfPoint = (
  point: Point,
  side: Side,
  at: Instant,
  context: ParseContext,
): PlainDate | undefined =>
  point.kind !== "day" || point.clock || isFloating(point.day)
    ? undefined
    : skippedDate(context.zone, at, resolveDay(point.day, side, today(context)));

export const nextClock = ({ at }: Clock, after: Instant, zone: Zone): Instant => {
  let date = today({ now: after, zone });
  while (instantOn(date, at, zone) <= after) date++;
  return instantOn(date, at, zone);
};

export const momentOf = (text: string, zone: Zone): Instant => {
  try {
    return parseMoment(text, zone);
  } catch {
    return refuse("moment", (t) => t.existingMoment);
  }
};

/** Days and longer keep the wall clock; what is shorter is elapsed time. */
export const laterThan = (from: Instant, amount: Amount, zone: Zone): Instant => {
  if (!amount.unit) return (from + amount.elapsed) as Instant;
  return (resolveWall(zone, wallLater(wallAt(zone, from), amount)) + amount.elapsed) as Instant;
};

export const wallLater = (wall: WallTime, amount: Amount): WallTime => {
  const date = Math.floor(wall / dayLength);
  return (wall + (dateLater(date, amount) - date) * dayLength) as WallTime;
};

/** So many days, weeks, months or years later; where the month has no such day, its last. */
export const dateLater = (date: DayNumber, { every, unit = "day" }: Amount): DayNumber => {
  if (unit === "day" || unit === "week") return date + every * (unit === "week" ? 7 : 1);
  const { year, month, day } = dateFields(date);
  const first = firstOfMonth(monthNumber(year, month) + every * (unit === "year" ? 12 : 1));
  const reached = dateFields(first);
  return first + Math.min(day, monthLength(reached.year, reached.month)) - 1;
};

const firstOfMonth = (number: number): DayNumber =>
  dayNumber(Math.floor(number / 12), mod(number, 12) + 1, 1);

/** Whether there will be another such day: "friday", "june 5", but not "tomorrow". */
export const isFloating = (day: Day): boolean =>
  (day.kind === "weekday" && day.week === "coming") ||
  (day.kind === "matching" && (day.year ?? day.monthsAhead ?? day.yearsAhead) === undefined);

export const isAbsolute = (day: Day): boolean =>
  day.kind === "date" || ("year" in day && day.year !== undefined);

/** The date of a day, seen from today; a floating one is the first on or after `from`. */
export const resolveDay = (day: Day, side: Side, today: DayNumber, from = today): DayNumber => {
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
      return dateLater(resolveDay(day.than, side, today), day.amount);
    case "matching":
      return matchingDay(day, today, from);
    case "edge":
      if (day.edge === undefined && side === "end")
        refuseAmbiguous((t) => [t.edge("start", day.of), t.edge("end", day.of)]);
      return edgeOf(day, day.edge ?? "start", today);
    case "month":
      if (day.edge === undefined && side === "end") refuseAmbiguous((t) => [t.edge("start"), t.edge("end")]);
      return edgeOfMonth(day.month, day.year, day.edge ?? "start", from);
  }
};

const matchingDay = (
  { dates, year: namedYear, monthsAhead, yearsAhead }: Extract<Day, { kind: "matching" }>,
  today: DayNumber,
  from: DayNumber,
): DayNumber => {
  const { year: thisYear, month } = dateFields(today);
  const year = yearsAhead === undefined ? namedYear : thisYear + yearsAhead;
  if (monthsAhead === undefined && year === undefined) return agreedDay(dates, from);
  const first = firstOfMonth(
    monthsAhead === undefined ? year! * 12 : monthNumber(thisYear, month) + monthsAhead,
  );
  const found = nextDay(dates, first);
  const [wanted, reached] = [dateFields(first), dateFields(found)];
  return reached.year === wanted.year && (monthsAhead === undefined || reached.month === wanted.month)
    ? found
    : refuse("date", (t) => t.existingDay);
};

/** The next date of a condition. A weekday written with a date must be the weekday of the next such date. */
export const agreedDay = (dates: Dates, from: DayNumber): DayNumber => {
  const isDate = dates.days?.every((rule) => rule.kind === "annual");
  if (!isDate || !dates.weekdays) return nextDay(dates, from);
  const { weekdays, ...plain } = dates;
  const found = nextDay(plain, from);
  return weekdays.includes(weekday(found)) ? found : refuse("contradiction", (t) => t.weekdayOfDate);
};

/** The first date of a condition on or after another; `Infinity` when there is none. */
export const nextDay = (dates: Dates, from: DayNumber): DayNumber =>
  searchDates(normalDates(dates) ?? {})(from);

const edgeOf = ({ of, ahead }: CalendarUnit, edge: Side, today: DayNumber): DayNumber => {
  if (edge === "end") return edgeOf({ of, ahead: ahead + 1 }, "start", today) - 1;
  if (of === "day") return today + ahead;
  if (of === "week") return today - weekday(today) + 1 + 7 * ahead;
  const { year, month } = dateFields(today);
  const size = { month: 1, quarter: 3, year: 12 }[of];
  return firstOfMonth((Math.floor(monthNumber(year, month) / size) + ahead) * size);
};

const edgeOfMonth = (month: number, year: number | undefined, edge: Side, from: DayNumber): DayNumber => {
  const inYear = year ?? dateFields(from).year;
  const date = dayNumber(inYear, month, edge === "start" ? 1 : monthLength(inYear, month));
  return date >= from || year !== undefined ? date : edgeOfMonth(month, inYear + 1, edge, from);
};
