import { ScheduleError } from "../errors.ts";
import type { Dates, DateUnit, DayRule } from "../recurrence/recurrence.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import type { DayNumber } from "../time/plain-date.ts";
import { day, hour, minute, type TimeNumber } from "../time/plain-time.ts";
import { writtenZoneNames, type Zone, zoneNamed } from "../time/zone.ts";
import { refuse, refuseAmbiguous } from "./errors.ts";

/**
 * What the words of a language mean, by kind. Those written with digits are the same in every language: see `lexer.ts`. A vague word only makes a
 * better error, an unclear one has several readings; a zone code (`CST`) stands for several zones; a unit sign is a letter behind a number; a weekday
 * name stands without the week, as 二 behind 周.
 */
export type Kinds = Meaning<number, "digits" | "twoDigits" | "decimal" | "colonMinute" | "nthDigits"> &
  Meaning<Written, "colons" | "dotted" | "threeDigits" | "fourDigits"> &
  Meaning<string, "isoDate" | "isoMoment" | "slashedDate" | "zoneName" | "offset"> &
  Meaning<string, "zoneWord" | "zoneCode" | "city"> &
  Meaning<number, "cardinal" | "ordinal" | "weekdayName" | "month"> &
  Meaning<Unit, "unit" | "unitSign" | "rhythm"> &
  Meaning<WeekdayWord, "weekday"> &
  Meaning<PartWord, "part"> &
  Meaning<Half, "half"> &
  Meaning<true, "vague"> &
  Meaning<readonly string[], "unclear">;

type Meaning<T, Names extends string> = { readonly [Name in Names]: T };

/** What a rule reads, by its name. Every language says how its own words make these; all that follows is shared. */
export type Meanings = Meaning<true, "and" | "to" | "upTo" | "every" | "nextDay" | "eachHour" | "pastHour"> &
  Meaning<number, "count" | "number" | "timesOver" | "minute" | "nth" | "unitEdge" | "monthDay"> &
  Meaning<number, "dateDay" | "year"> &
  Meaning<readonly number[], "minutes" | "colonMinutes" | "markRange" | "markList" | "weekdayNames"> &
  Meaning<readonly number[], "months" | "monthRange" | "nths" | "severalNths" | "monthDays" | "dayRange"> &
  Meaning<readonly number[], "dateDays" | "dateDayRange" | "yearNumbers" | "everyWeekday" | "anyWeekday"> &
  Meaning<Amount, "amount" | "counted" | "countedRow"> &
  /** A time as it is written, which may be a bare hour; one that is clear without "at"; any, with its part of the day. */
  Meaning<Clock, "face" | "clock" | "hour"> &
  /** In lists: behind "at", where bare hours will do; with parts of the day in front (早8点晚8点, "morning at 9 and evening at 6"). */
  Meaning<readonly Clock[], "clocks" | "openClocks" | "ledClocks" | "joinedClocks" | "partClocks"> &
  Meaning<Window, "window"> &
  Meaning<readonly Window[], "windows"> &
  Meaning<Marks, "hourMarks" | "minuteMarks" | "eachMinute" | "eachSecond"> &
  Meaning<Weekdays, "weekdayRange" | "weekdays"> &
  /** Days of the month ("the 1st and the last friday"), of the year, or either. */
  Meaning<readonly DayRule[], "someDays" | "which" | "anyDay" | "anyDays" | "yearDays" | "dayOfYear"> &
  Meaning<readonly DayRule[], "date" | "dates" | "dateRange"> &
  Meaning<Dates, "datesOut"> &
  Meaning<Scope, "scope"> &
  Meaning<CalendarUnit, "calendarUnit"> &
  /** "tomorrow"; one certain day; any one day, "friday" too; the beginning or end of a week, a month, a year. */
  Meaning<Day, "nearDay" | "thatDay" | "day" | "edge"> &
  /** A day and its part in one word: 明早. */
  Meaning<{ readonly ahead: number; readonly part: PartName }, "dayPart"> &
  Meaning<Point, "point"> &
  Meaning<string, "zone"> &
  Meaning<Excluded, "exclusion"> &
  Meaning<readonly Excluded[], "exclusions"> &
  /** Whole clauses. Exceptions that are known as such only by the word behind them (周六除外) are `leftOut`. */
  Meaning<readonly Clause[], "frequency" | "onDays" | "inMonths" | "atTimes" | "inWindow" | "atMinutes"> &
  Meaning<readonly Clause[], "atMarks" | "oneDay" | "bounds" | "except" | "leftOut" | "inZone" | "manner">;

export type ClauseRule = {
  [Rule in keyof Meanings]: Meanings[Rule] extends readonly Clause[] ? Rule : never;
}[keyof Meanings];

/** A time of day as it was written, whether it exists or not. */
export interface Written {
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  readonly millisecond: number;
  /** With a zero in front, as the 24-hour clock has it. */
  readonly isPadded: boolean;
}

export type Unit =
  | { readonly elapsed: number }
  | { readonly every: number; readonly unit: DateUnit; readonly isQuarter?: true };

export interface WeekdayWord {
  readonly days: readonly number[];
  readonly isPlural: boolean;
}

export interface Weekdays {
  readonly days: readonly number[];
  /** A plural, a list or a range: written without "every", it repeats all the same. */
  readonly repeats: boolean;
  /** A plural or a word for several days: it does not join others without "and". */
  readonly isMarked?: boolean;
}

export type Half = "am" | "pm";
export type PartName = "dawn" | "early" | "morning" | "noon" | "afternoon" | "dusk" | "evening" | "night";
export interface PartWord {
  readonly part: PartName;
  readonly isPlural: boolean;
}

/** A time of day that may still depend on its neighbours. */
export interface Clock {
  readonly at: TimeNumber;
  /** `"am"` and `"pm"` are written; an open one is a bare hour from 1 to 12, or minutes with such an hour. */
  readonly half?: Half;
  readonly open?: "hour" | "minutes";
  /** Four digits that might be a year: a time only behind "at", or beside other times. */
  readonly isYearLike?: boolean;
  /** The half is written in front, so it holds for bare hours behind as well. */
  readonly leads?: boolean;
  /** The time of a part of the day, written without an hour. */
  readonly isAlone?: boolean;
  readonly isNextDay?: boolean;
  /** Of the same day, as the end of a window that begins with it and so is one moment. */
  readonly isSameDay?: boolean;
  /** Past midnight, though its part of the day began before: readers differ about its day. */
  readonly isPastMidnight?: boolean;
}

/** Hours, minutes or seconds of the clock; any of them when there is no list. */
export interface Marks {
  readonly at?: readonly number[];
  /** One by one, and not as every n-th. */
  readonly isListed: boolean;
}

export interface Window {
  readonly from: Clock;
  readonly to: Clock;
}

/** A length: elapsed time, or units of dates, or both. */
export interface Amount {
  readonly elapsed: number;
  readonly every: number;
  readonly unit?: DateUnit;
  readonly isQuarter?: boolean;
}

/** "… of the month", "… of every other month", "… of may". */
export interface Scope {
  readonly of: "month" | "quarter" | "year";
  readonly months?: readonly number[];
  readonly every?: number;
  readonly repeats: boolean;
  readonly isEach?: boolean;
}

/** A week, a month and the like, so many ahead of this one. */
export interface CalendarUnit {
  readonly of: DateUnit | "quarter";
  readonly ahead: number;
}

/** One day, seen from the day on which it is read. */
export type Day =
  | { readonly kind: "ahead"; readonly days: number }
  /** The coming one, or the one of the calendar week so many weeks ahead. */
  | { readonly kind: "weekday"; readonly weekday: number; readonly week: "coming" | number }
  /** The next date that fulfils a condition; only in this year, or in the month or year so many ahead. */
  | {
      readonly kind: "matching";
      readonly dates: Dates;
      readonly year?: number;
      readonly monthsAhead?: number;
      readonly yearsAhead?: number;
    }
  | { readonly kind: "date"; readonly date: DayNumber }
  | { readonly kind: "later"; readonly amount: Amount; readonly than: Day }
  /** The first or last day of a unit. As an end, "next month" says neither. */
  | ({ readonly kind: "edge"; readonly edge?: "start" | "end" } & CalendarUnit)
  | {
      readonly kind: "month";
      readonly month: number;
      readonly year?: number | undefined;
      readonly edge?: "start" | "end";
    };

export type Point =
  | { readonly kind: "day"; readonly day: Day; readonly clock?: Clock | undefined }
  | { readonly kind: "clock"; readonly clock: Clock }
  | { readonly kind: "later"; readonly amount: Amount }
  | { readonly kind: "moment"; readonly text: string }
  | { readonly kind: "now" };

/** What is left out: ready as it is, or with days that are found only when now is known. */
export type Excluded =
  | { readonly kind: "ready"; readonly dates: Dates }
  | { readonly kind: "days"; readonly from: Day; readonly to: Day }
  /** "5pm", "5pm on fridays" */
  | { readonly kind: "clocks"; readonly clocks: readonly Clock[]; readonly weekdays?: readonly number[] }
  | { readonly kind: "window"; readonly window: Window };

export type Clause =
  | {
      readonly kind: "rate";
      readonly every: Milliseconds;
      readonly random?: { to: Milliseconds; unit: Milliseconds };
    }
  | {
      readonly kind: "step";
      readonly every: number;
      readonly to?: number;
      readonly unit: DateUnit;
      readonly isQuarter?: boolean;
    }
  | {
      readonly kind: "days";
      readonly dates: Dates;
      readonly repeats: boolean;
      /** Which one of them, but not of what: "the first monday". */
      readonly isOpen?: boolean;
      /** Written with "every" of its own, so that no other step goes with it. */
      readonly isEach?: boolean;
      /** A stretch of days, in which weekdays may be named as well. */
      readonly isStretch?: boolean;
    }
  | { readonly kind: "months"; readonly months: readonly number[]; readonly repeats: boolean }
  | { readonly kind: "clocks"; readonly clocks: readonly Clock[] }
  | { readonly kind: "part"; readonly part: PartName; readonly repeats: boolean }
  | { readonly kind: "windows"; readonly windows: readonly Window[] }
  | {
      readonly kind: "minutes";
      readonly minutes: readonly number[];
      readonly of?: "hour" | "minute";
      readonly isEach?: boolean;
    }
  | {
      readonly kind: "marks";
      readonly hours: readonly number[] | undefined;
      readonly minutes: readonly number[] | undefined;
      readonly seconds: readonly number[] | undefined;
      readonly isElapsed: boolean;
    }
  /** "elapsed": the marks go with elapsed time through clock changes; "sameDay": on the day counting began on, in front of a rhythm. */
  | { readonly kind: "elapsed" | "aligned" | "spaced" | "sameTime" | "sameDay" }
  /** A condition on each moment, while windows also open a rhythm. */
  | { readonly kind: "within"; readonly windows: readonly Window[] }
  | { readonly kind: "day"; readonly day: Day }
  | { readonly kind: "later"; readonly amount: Amount }
  | { readonly kind: "moment"; readonly text: string }
  | { readonly kind: "start"; readonly point: Point }
  | { readonly kind: "end"; readonly point: Point; readonly isPeriod?: true }
  /** A start and an end; beside "every year", the days between them, every year. */
  | { readonly kind: "range"; readonly from: Point; readonly to: Point }
  /** "in june 2027", "next week": only within that time. */
  | { readonly kind: "period"; readonly from: Day; readonly to: Day }
  | { readonly kind: "span"; readonly amount: Amount }
  | { readonly kind: "count"; readonly times: number }
  | { readonly kind: "except"; readonly not: readonly Excluded[] }
  | { readonly kind: "zone"; readonly zone: string };

/** The moment at which something is read, and the zone in which it is meant. */
export interface ParseContext {
  readonly now: Instant;
  readonly zone: Zone;
}

/** So many of a unit. Elapsed time may be broken; of dates only a half year is a whole number of months. */
export const amountOf = (count: number, unit: Unit): Amount => {
  if (count === 0) refuse("interval", (t) => t.fromOne);
  if ("elapsed" in unit) {
    const elapsed = Math.round(count * unit.elapsed * 1_000) / 1_000;
    return Number.isInteger(elapsed)
      ? bounded({ elapsed, every: 0 })
      : refuse("interval", (t) => t.wholeMilliseconds);
  }
  const { every, unit: of, isQuarter } = unit;
  if (Number.isInteger(count * every))
    return bounded({ elapsed: 0, every: count * every, unit: of, ...(isQuarter && { isQuarter }) });
  return of === "year" && Number.isInteger(count * 12)
    ? bounded({ elapsed: 0, every: count * 12, unit: "month" })
    : refuse("interval", (t) => t.wholeNumberOf(of));
};

/** Two lengths together: "1 hour and 10 minutes", "1 year and 6 months". */
export const sumOf = (a: Amount, b: Amount): Amount => {
  const elapsed = a.elapsed + b.elapsed;
  if (!a.unit || !b.unit) {
    const { every, unit } = a.unit ? a : b;
    return bounded({ elapsed, every, ...(unit && { unit }) });
  }
  const [x, y] = [smaller[a.unit], smaller[b.unit]];
  if (x.unit !== y.unit) refuse("interval", (t) => t.sameKindOfLength);
  return bounded({ elapsed, every: a.every * x.size + b.every * y.size, unit: x.unit });
};

const smaller = {
  day: { size: 1, unit: "day" },
  week: { size: 7, unit: "day" },
  month: { size: 1, unit: "month" },
  year: { size: 12, unit: "month" },
} as const;

const longest = 36_525;
const leastDays = { day: 1, week: 7, month: 30, year: 365 };

const bounded = (amount: Amount): Amount =>
  amount.elapsed > longest * day || amount.every * leastDays[amount.unit ?? "day"] > longest
    ? refuse("interval", (t) => t.atMost100Years)
    : amount;

export const frequencyOf = ({ elapsed, every, unit, isQuarter }: Amount): readonly Clause[] => {
  if (!unit) return just({ kind: "rate", every: elapsed as Milliseconds });
  if (elapsed > 0) refuse("interval", (t) => t.elapsedOrDays);
  return just({ kind: "step", every, unit, ...(isQuarter && { isQuarter }) });
};

export const just = (clause: Clause): readonly Clause[] => [clause];

export const everyUnits = (count: number, unit: Unit): readonly Clause[] =>
  frequencyOf(amountOf(count, unit));

export const everyDates = (every: number, unit: DateUnit): readonly Clause[] =>
  just({ kind: "step", every, unit });

/** All days of a sort, or, where nothing repeats, the next one. */
export const daysClause = (
  dates: Dates,
  repeats = true,
  more: Partial<Extract<Clause, { kind: "days" }>> = {},
): readonly Clause[] => just({ kind: "days", dates, repeats, ...more });

export const clocksClause = (...clocks: readonly Clock[]): readonly Clause[] =>
  just({ kind: "clocks", clocks });

export const monthsClause = (months: readonly number[], repeats: boolean): readonly Clause[] =>
  just({ kind: "months", months, repeats });

export const zoneClause = (zone: string): readonly Clause[] => just({ kind: "zone", zone });

export const partClause = (
  word: PartWord | undefined,
  repeats = word?.isPlural === true,
): readonly Clause[] => (word ? just({ kind: "part", part: word.part, repeats }) : []);

export const dayClause = (day: Day, ...times: readonly Clause[]): readonly Clause[] => [
  { kind: "day", day },
  ...times,
];

export const startClause = (point: Point): readonly Clause[] =>
  point.kind === "now" ? [] : just({ kind: "start", point });

export const endClause = (point: Point): readonly Clause[] => just({ kind: "end", point });

export const rangeClause = (from: Point, to: Point): readonly Clause[] =>
  just({ kind: "range", from: inWeekOf(to, from, -1), to: inWeekOf(from, to, 1) });

/** "from monday to wednesday next week": both are in the week that is named, or in the one beside it. */
const inWeekOf = (named: Point, point: Point, side: 1 | -1): Point => {
  if (named.kind !== "day" || named.day.kind !== "weekday" || named.day.week === "coming") return point;
  if (point.kind !== "day" || point.day.kind !== "weekday" || point.day.week !== "coming") return point;
  const isOutside = (point.day.weekday - named.day.weekday) * side < 0;
  return { ...point, day: { ...point.day, week: named.day.week + (isOutside ? side : 0) } };
};

export const countClause = (times: number): readonly Clause[] =>
  times >= 1 && times <= 100_000 ? just({ kind: "count", times }) : refuse("count", (t) => t.countOfRuns);

/** From the first day of a month to the last day of another. */
export const periodOf = (year: number, from: number, to = from): readonly Clause[] =>
  just({ kind: "period", from: monthEdge(from, year, "start"), to: monthEdge(to, year, "end") });

/** From the first to the last day of a week, month, quarter or year. */
export const periodIn = (unit: CalendarUnit | undefined): readonly Clause[] | undefined =>
  unit &&
  just({
    kind: "period",
    from: { kind: "edge", ...unit, edge: "start" },
    to: { kind: "edge", ...unit, edge: "end" },
  });

export const edgeIn = (unit: CalendarUnit | undefined, edge?: "start" | "end"): Day | undefined =>
  unit && { kind: "edge", ...unit, ...(edge && { edge }) };

export const monthEdge = (month: number, year?: number, edge?: "start" | "end"): Day => ({
  kind: "month",
  month,
  year,
  ...(edge && { edge }),
});

export const dayPoint = (day: Day, clock?: Clock): Point => ({ kind: "day", day, clock });

export const matching = (dates: Dates, when: Partial<Extract<Day, { kind: "matching" }>> = {}): Day => ({
  kind: "matching",
  dates,
  ...when,
});

export const excludedDates = (dates: Dates): Excluded => ({ kind: "ready", dates });

/** What so many times a unit could be, for two times, three times and more. */
interface RateReadings extends Readonly<Record<"day" | "week" | "month" | "year", readonly string[]>> {
  evenly(n: number, unit: "second" | "minute" | "hour" | "month"): string;
  hour?(minutes: readonly number[]): string;
}

/** "Twice a day" says how often, but not when: what it could mean, where that can be computed. */
export const severalTimesIn =
  ({ evenly, hour, ...listed }: RateReadings) =>
  (n: number, unit: Unit): readonly Clause[] => {
    if (n === 1) return everyUnits(1, unit);
    const per = rateUnit(unit);
    const [whole = 0, part] = (per && rateParts[per]) ?? [];
    const known = [
      part && n > 0 && whole % n === 0 && evenly(whole / n, part),
      per === "hour" &&
        n > 0 &&
        n < 7 &&
        60 % n === 0 &&
        hour?.(Array.from({ length: n }, (_, i) => (i * 60) / n)),
      per && per !== "minute" && per !== "hour" && listed[per][n - 2],
    ].filter((reading) => typeof reading === "string");
    return known.length === 0 ? refuse("ambiguous", (t) => t.howFarApart) : refuseAmbiguous(known);
  };

const rateParts: Partial<Record<string, readonly [number, "second" | "minute" | "hour" | "month"]>> = {
  minute: [60, "second"],
  hour: [60, "minute"],
  day: [24, "hour"],
  year: [12, "month"],
};

export const rateUnit = (unit: Unit): "minute" | "hour" | DateUnit | undefined => {
  if ("every" in unit) return unit.every === 1 ? unit.unit : undefined;
  return unit.elapsed === hour ? "hour" : unit.elapsed === minute ? "minute" : undefined;
};

export const randomOf = (from: number, to: number, unit: Unit): readonly Clause[] => {
  if ("every" in unit && unit.every !== 1) refuse("interval", (t) => t.wholeNumberOf(unit.unit));
  if (to < from) refuse("interval", (t) => t.smallerFirst);
  const [least, most] = [amountOf(from, unit), amountOf(to, unit)];
  return "elapsed" in unit
    ? randomRate(least.elapsed, most.elapsed, unit.elapsed)
    : just({ kind: "step", every: least.every, to: most.every, unit: unit.unit });
};

/** A random length from one to another in steps of a third. */
export const steppedOf = (from: Amount, to: Amount, step: Amount): readonly Clause[] =>
  from.unit || to.unit || step.unit || to.elapsed < from.elapsed
    ? refuse("interval", (t) => t.twoLengths)
    : randomRate(from.elapsed, to.elapsed, step.elapsed);

const randomRate = (every: number, to: number, unit: number): readonly Clause[] =>
  just({
    kind: "rate",
    every: every as Milliseconds,
    random: { to: to as Milliseconds, unit: unit as Milliseconds },
  });

/** The zone of an IANA name in any letter case. */
export const zoneOf = (name: string): string => {
  try {
    return zoneNamed(capitalised(name)).name;
  } catch (error) {
    if (!(error instanceof ScheduleError)) throw error;
    return refuse("zone", (t) => t.zone(error.accepted), undefined, error.nearest);
  }
};

/** As names of zones are written, for those that are known by more than one name: "Asia/Kathmandu", "America/Port-au-Prince". */
const capitalised = (name: string): string =>
  name.replace(/[a-z]+/g, (word) =>
    /^(?:of|es|au)$/.test(word)
      ? word
      : /^(?:utc|gmt|uct)$/.test(word)
        ? word.toUpperCase()
        : word[0]!.toUpperCase() + word.slice(1),
  );

export const offsetZone = (written: string): string => {
  const [, sign, hours = "", minutes = "00"] = /([+-]) ?(\d{1,2})(?::?(\d{2}))?$/.exec(written) ?? [];
  return Number(hours) + Number(minutes) === 0
    ? "UTC"
    : zoneOf(`UTC${sign}${hours.padStart(2, "0")}:${minutes}`);
};

/** The zone that ends in the name of a city. */
export const cityZone = (city: string): string => {
  if (city === "beijing" || city === "peking") return "Asia/Shanghai";
  const wanted = `/${city.replaceAll(/[ .'-]+/g, "_")}`;
  const found = writtenZoneNames().find((name) => name.toLowerCase().replaceAll("-", "_").endsWith(wanted));
  return found ?? zoneOf(city);
};

/** Letter codes stand for several zones. */
export const codedZone = (code: string): never => refuse("zone", (t) => t.codedZone(code));
