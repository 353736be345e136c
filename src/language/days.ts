import { dates as normalDates } from "../recurrence/build.ts";
import { searchDates } from "../recurrence/next/dates.ts";
import type { Dates, DateUnit, DayRule } from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import { parseMoment } from "../time/iso.ts";
import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  parseDate,
  weekday,
} from "../time/plain-date.ts";
import { day as dayLength } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type {
  Amount,
  Clause,
  Clock,
  Day,
  ParseContext,
  Point,
  Scope,
  Unit,
  Weekdays,
  WeekdayWord,
} from "./clauses.ts";
import { ambiguous, Mistake, mapOk } from "./errors.ts";
import { endingOf } from "./lexer.ts";

/** "the 2nd and 16th", "the third to last day"; of a year there are more. */
export const monthDayRules = (days: readonly number[], most = 31): readonly DayRule[] | Mistake =>
  days.some((day) => day === 0 || Math.abs(day) > most)
    ? new Mistake("date", (t) => t.dayUpTo(most))
    : days.map((day) => ({ kind: "day", day }));

/** More days than any month has are days of a year. */
export const mostOfYear = 366;

/** "the first and third monday", "the last workday", "the 2nd weekend day" is refused: a weekend is two days. */
export const nthRules = (
  nths: readonly number[],
  { days }: Pick<WeekdayWord, "days">,
): readonly DayRule[] | Mistake => {
  const [weekday] = days;
  const isWorkdays = days.length === 5;
  if (weekday === undefined || (days.length > 1 && !isWorkdays))
    return new Mistake("contradiction", (t) => t.oneWeekday);
  const most = isWorkdays ? 23 : 5;
  if (nths.some((nth) => nth === 0 || Math.abs(nth) > most))
    return new Mistake("date", (t) => (isWorkdays ? t.nthWorkday : t.nthWeekday));
  return nths.map((nth) => (isWorkdays ? { kind: "workday", nth } : { kind: "nth", nth, weekday }));
};

export const monthly: Scope = { of: "month", repeats: true };

/** Days of the month from one to another, over its end where the second one is smaller. */
export const daysBetween = (from: number, to: number): readonly number[] | Mistake =>
  from !== to && from >= 1 && from <= 31 && to >= 1 && to <= 31
    ? around(from, to, 31)
    : new Mistake("date", (t) => t.twoMonthDays);

/** The same numbers as days of the year. */
export const yearDayRules = (rules: readonly DayRule[]): readonly DayRule[] =>
  rules.map((rule) => (rule.kind === "day" ? { kind: "year-day", day: rule.day } : rule));

/** Days of the month nearest to which a workday is wanted. */
export const nearRules = (days: readonly number[]): readonly DayRule[] | Mistake =>
  days.some((day) => day < 1 || day > 31)
    ? new Mistake("date", (t) => t.monthDay)
    : days.map((day) => ({ kind: "near", day }));

/** A date of the year: "december 25". */
export const annualRules = (month: number, days: readonly number[]): readonly DayRule[] | Mistake => {
  const most = monthLength(leapYear, month);
  return days.some((day) => day < 1 || day > most)
    ? new Mistake("date", (t) => t.monthHas(most))
    : days.map((day) => ({ kind: "annual", month, day }));
};

const leapYear = 2000;

/** Which ones, of what: "the first monday of every quarter". */
export const scopedDays = (
  rules: readonly DayRule[],
  scope: Scope,
  every = false,
): readonly Clause[] | Mistake => {
  const dates = within[scope.of](rules, scope);
  if (dates instanceof Mistake) return dates;
  const impossible = impossibleDates(dates);
  if (impossible) return impossible;
  return [
    { kind: "days", dates, repeats: every || scope.repeats, ...(scope.isEach && { isEach: true }) },
    ...(scope.every !== undefined && scope.every > 1
      ? [
          {
            kind: "step" as const,
            every: scope.every,
            unit: scope.of === "year" ? ("year" as const) : ("month" as const),
          },
        ]
      : []),
  ];
};

/** A condition no year can fulfil. */
export const impossibleDates = ({ months, days = [] }: Dates): Mistake | undefined => {
  const most = Math.max(...(months ?? [1]).map((month) => monthLength(leapYear, month)));
  const isOff = (rule: DayRule) => (rule.kind === "day" || rule.kind === "near") && Math.abs(rule.day) > most;
  const isElsewhere = (rule: DayRule) => rule.kind === "annual" && months?.includes(rule.month) === false;
  return days.some(isOff) || (days.length > 0 && days.every(isElsewhere))
    ? new Mistake("date", (t) => (months ? t.existingDay : t.existingMonthDay))
    : undefined;
};

const within: Readonly<Record<Scope["of"], (rules: readonly DayRule[], scope: Scope) => Dates | Mistake>> = {
  month: (rules, { months }) => ({ ...(months && { months }), days: rules }),
  quarter(rules) {
    const ends = rules.map(isFromEnd);
    if (ends.some((end) => end !== ends[0])) return new Mistake("contradiction", (t) => t.oneEndOfQuarter);
    if (rules.some((rule) => reach(rule) > 4)) return new Mistake("date", (t) => t.outerMonthOfQuarter);
    return { months: ends[0] ? [3, 6, 9, 12] : [1, 4, 7, 10], days: rules };
  },
  year(rules) {
    if (rules.every((rule) => rule.kind === "day")) return { days: yearDayRules(rules) };
    const ends = rules.map(isFromEnd);
    if (ends.some((end) => end !== ends[0])) return new Mistake("contradiction", (t) => t.oneEndOfYear);
    if (rules.some((rule) => reach(rule) > 4)) return new Mistake("date", (t) => t.outerMonthOfYear);
    return { months: [ends[0] ? 12 : 1], days: rules };
  },
};

const isFromEnd = (rule: DayRule): boolean => ("nth" in rule ? rule.nth : "day" in rule ? rule.day : 1) < 0;

/** Weeks into the quarter or year, by which a rule for its first or last month may pass that month's end. */
const reach = (rule: DayRule): number => {
  switch (rule.kind) {
    case "nth":
      return Math.abs(rule.nth);
    case "workday":
      return Math.abs(rule.nth) / 5;
    case "day":
      return Math.abs(rule.day) > 30 ? 5 : 0;
    default:
      return 0;
  }
};

/** "every first friday" is of the month, "every second friday" may be every other week. */
export const everyNth = (
  nths: readonly number[],
  word: WeekdayWord,
  name: string,
): readonly Clause[] | Mistake => {
  const rules = nthRules(nths, word);
  const [nth = 1] = nths;
  if (nths.length === 1 && nth > 1 && word.days.length > 1 && !(rules instanceof Mistake))
    return new Mistake("ambiguous", `"the ${nth}${endingOf(nth)} ${name} of every month"`);
  if (nths.length === 1 && nth > 1 && !(rules instanceof Mistake))
    return nth === 2
      ? ambiguous([`every other ${name}`, `the 2nd ${name} of every month`])
      : ambiguous([
          `every ${nth} weeks on ${name}`,
          `the ${nth}${nth === 3 ? "rd" : "th"} ${name} of every month`,
        ]);
  return rules instanceof Mistake ? rules : [{ kind: "days", dates: { days: rules }, repeats: true }];
};

export const weekdayClause = ({ days, repeats }: Weekdays, every: boolean): readonly Clause[] => [
  { kind: "days", dates: { weekdays: days }, repeats: every || repeats },
];

/** From one number of a circle to another, over its end: friday to monday, november to february. */
export const around = (from: number, to: number, size: number): readonly number[] => {
  const length = ((to - from + size) % size) + 1;
  return Array.from({ length }, (_, i) => ((from - 1 + i) % size) + 1);
};

/** A date of one year. */
export const dateOf = (year: number, month: number, day: number): Day | Mistake =>
  day < 1 || day > monthLength(year, month)
    ? new Mistake("date", (t) => t.monthHas(monthLength(year, month)))
    : { kind: "date", date: dayNumber(year, month, day) };

/** `2027-02-03`. */
export const isoDay = (text: string): Day | Mistake => {
  try {
    return { kind: "date", date: parseDate(text) };
  } catch {
    return new Mistake("date", (t) => t.isoDate);
  }
};

/** The one weekday that was named, in a week. */
export const weekdayIn = (days: readonly number[], week: "coming" | number): Day | undefined =>
  days.length === 1 ? { kind: "weekday", weekday: days[0]!, week } : undefined;

/** A date that is written with its weekday. */
export const weekdayOn = (days: readonly number[] | undefined, day: Day | Mistake): Day | Mistake =>
  mapOk(day, (day) =>
    day.kind === "date" && days?.includes(weekday(day.date)) === false
      ? new Mistake("contradiction", (t) => t.weekdayOfDate)
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

export const past = (): Mistake => new Mistake("past", (t) => t.stillToCome);

/** Named by its date, so that two of them can be the ends of a range. */
export const isDated = (day: Day): boolean =>
  day.kind === "date" ||
  day.kind === "ahead" ||
  (day.kind === "matching" && day.dates.weekdays === undefined);

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
  context: ParseContext,
  base = context.now,
): Instant | Mistake => {
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
      const from = Math.floor(wallAt(zone, base) / dayLength);
      return mapOk(resolveDay(day, side, today(context), from), (date) => {
        if (!clock) return side === "start" ? instantOn(date, 0, zone) : endOfDate(date, zone);
        const at = instantOn(date, clock.at, zone);
        if (at > base || !isFloating(day)) return at;
        return mapOk(resolveDay(day, side, today(context), date + 1), (later) =>
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
    return new Mistake("moment", (t) => t.existingMoment);
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

/** Whether it is the same day whenever it is read. */
export const isAbsolute = (day: Day): boolean =>
  day.kind === "date" || ("year" in day && day.year !== undefined);

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
      return mapOk(resolveDay(day.than, side, today), (than) => dateLater(than, day.amount));
    case "matching":
      return matchingDay(day, today, from);
    case "edge":
      if (day.edge === undefined && side === "end")
        return ambiguous((t) => [t.startOfNext(day.of), t.endOfNext(day.of)]);
      return edgeOf(day.of, day.ahead, day.edge ?? "start", today);
    case "month":
      if (day.edge === undefined && side === "end") return ambiguous((t) => [t.startOfMonth, t.endOfMonth]);
      return edgeOfMonth(day.month, day.year, day.edge ?? "start", from);
  }
};

const matchingDay = (
  { dates, year: namedYear, monthsAhead, yearsAhead }: Extract<Day, { kind: "matching" }>,
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
  const year = yearsAhead === undefined ? namedYear : thisYear + yearsAhead;
  if (year !== undefined) {
    const found = nextDay(dates, dayNumber(year, 1, 1));
    return dateFields(found).year === year ? found : noSuchDay();
  }
  return agreedDay(dates, from);
};

/** The next date of a condition. A weekday written with a date must be the weekday of the next such date. */
export const agreedDay = (dates: Dates, from: DayNumber): DayNumber | Mistake => {
  const isDate = dates.days?.every((rule) => rule.kind === "annual");
  if (!isDate || !dates.weekdays) return nextDay(dates, from);
  const { weekdays, ...plain } = dates;
  const found = nextDay(plain, from);
  return weekdays.includes(weekday(found)) ? found : new Mistake("contradiction", (t) => t.weekdayOfNextDate);
};

/** The first date of a condition on or after another; `Infinity` when there is none. */
export const nextDay = (dates: Dates, from: DayNumber): DayNumber =>
  searchDates(normalDates(dates) ?? {}).from(from);

const noSuchDay = (): Mistake => new Mistake("date", (t) => t.dayOfThatMonth);

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
