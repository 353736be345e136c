import type {
  Calendar,
  DailyWindow,
  DayRule,
  DaySet,
  Exclusion,
  Interval,
  Times,
} from "../recurrence/recurrence.ts";
import type { Instant } from "../time/instant.ts";
import {
  type DateFields,
  type DayNumber,
  dateFields,
  dayNumber,
  formatDate,
  leapYear,
  type PlainDate,
  parseDate,
} from "../time/plain-date.ts";
import { day, formatTime, hour, minute, type PlainTime, second } from "../time/plain-time.ts";
import { formatOffset, resolveWall, type WallTime, wallAt, wallToInstants, type Zone } from "../time/zone.ts";

/** What a language must be able to say. What stands around a recurrence is given the words for the recurrence itself. */
export interface LanguageWriter {
  once(at: MomentParts): string;
  interval(interval: Interval): string;
  /** Windows are written with the marks of the clock that lie in them. */
  calendar(calendar: Calendar, windows?: readonly DailyWindow[]): string;
  union(parts: readonly string[]): string;
  within(of: string, windows: readonly DailyWindow[]): string;
  except(of: string, exclusions: readonly Exclusion[]): string;
  bounded(of: string, bounds: BoundParts): string;
  zoned(of: string, zone: string): string;
  /** In parentheses. */
  group(text: string): string;
  /** Whether a text falls into clauses, so that another one put beside it would be misread. */
  hasClauses(text: string): boolean;
}

/** The names of the days that a schedule is limited to, and what is excluded. */
export const parted = (
  exclusions: readonly Exclusion[],
): readonly [only: readonly DaySet["name"][], not: readonly Exclusion[]] => [
  exclusions.flatMap((one) => (one.kind === "days" && one.only ? [one.set.name] : [])),
  exclusions.filter((one) => one.kind !== "days" || !one.only),
];

export interface BoundParts {
  readonly starting?: MomentParts;
  readonly until?: MomentParts;
  readonly times?: number;
}

/** Numbers with one step between them, from the first to the last. */
export interface Run {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Sorted numbers as runs: three and more in a row are one run, others stand alone. */
export const neighbours = (numbers: readonly number[]): readonly Run[] => {
  const runs: Run[] = [];
  for (let i = 0; i < numbers.length; ) {
    const from = numbers[i]!;
    let length = 1;
    while (numbers[i + length] === from + length) length++;
    const taken = length >= 3 ? length : 1;
    runs.push({ from, to: numbers[i + taken - 1]!, step: 1 });
    i += taken;
  }
  return runs;
};

/** Sorted numbers in words: each, or the two ends of a run. */
export const writeRuns = (
  numbers: readonly number[],
  name: (n: number) => string,
  to: string,
): readonly string[] =>
  neighbours(numbers).map((run) =>
    run.from === run.to ? name(run.from) : name(run.from) + to + name(run.to),
  );

/** `"a, b and c"` with the separators of a language. */
export const join = (parts: readonly string[], comma: string, and: string): string =>
  parts.length < 2 ? (parts[0] ?? "") : parts.slice(0, -1).join(comma) + and + parts[parts.length - 1];

/** Units of elapsed time. A day is none: "every 24 hours" and "every day" differ when clocks change. */
export type LengthUnit = "hour" | "minute" | "second" | "millisecond";

export interface Amount {
  readonly count: number;
  readonly unit: LengthUnit;
}

const sizes: readonly (readonly [LengthUnit, number])[] = [
  ["hour", hour],
  ["minute", minute],
  ["second", second],
  ["millisecond", 1],
];

/** A length as people say it: 90 minutes, 36 hours, 2 hours and 30 minutes. The sum is exact. */
export const amountsOf = (length: number): readonly Amount[] => {
  for (const [unit, size] of sizes) {
    const count = length / size;
    if (Number.isInteger(count) && (size === hour || count < mostCounted)) return [{ count, unit }];
  }
  const parts: Amount[] = [];
  let rest = length;
  for (const [unit, size] of sizes) {
    const count = Math.floor(rest / size);
    if (count > 0) parts.push({ count, unit });
    rest -= count * size;
  }
  return parts;
};

/** More minutes or seconds than this are easier to grasp in larger units. */
const mostCounted = 120;

/** The unit in whose whole numbers a random length is drawn, where it is one: 5 to 10 minutes. */
export const unitOf = (every: number, { unit }: NonNullable<Interval["random"]>) =>
  sizes.find(([, size]) => size === unit && every % size === 0);

/** Which hours, minutes or seconds of the clock: any, every n-th counted from 0, or listed ones. */
export type Mark = "any" | number | readonly number[];

export interface Marks {
  readonly hours: Mark;
  readonly minutes: Mark;
  /** `undefined` is second 0, which needs no word. */
  readonly seconds: Mark | undefined;
  /** Only the whole of a rhythm is written: every 15 minutes, every 2 hours. */
  readonly rhythm?: { readonly every: number; readonly unit: "hour" | "minute" | "second" };
}

/** What is to be written of cron's fields. Fixed wall times are always listed; a rhythm goes with elapsed time. */
export const marksOf = (fields: Extract<Times, { kind: "fields" }>): Marks => {
  const isElapsed = fields.follows === "elapsed";
  const hours = markOf(fields.hours, 24, isElapsed);
  const minutes = markOf(fields.minutes, 60, isElapsed);
  const seconds = isOnlyZero(fields.seconds) ? undefined : markOf(fields.seconds, 60, true);
  const rhythm = rhythmOf(hours, minutes, seconds);
  return {
    hours,
    minutes,
    seconds,
    ...(rhythm && { rhythm }),
  };
};

/**
 * What is to be written at the end of a sentence: a rhythm that could be taken for one counted from now is aligned to the clock, and
 * hours and minutes that are listed may yet go with elapsed time.
 */
export const noteOf = (times: Times): "aligned" | "elapsed" | undefined => {
  if (times.kind !== "fields") return undefined;
  const { rhythm, hours, minutes } = marksOf(times);
  if (rhythm) return "aligned";
  return times.follows === "elapsed" && isListed(hours) && isListed(minutes) ? "elapsed" : undefined;
};

export const isListed = (mark: Mark): mark is readonly number[] => typeof mark === "object";

/** Whether the one number listed is 0. */
export const isOnlyZero = (mark: Mark | undefined): boolean =>
  typeof mark === "object" && mark.length === 1 && mark[0] === 0;

const markOf = (listed: readonly number[] | undefined, size: number, mayStep: boolean): Mark => {
  if (!listed) return "any";
  const step = size / listed.length;
  const isStepped = mayStep && step > 1 && listed.length > 1 && listed.every((n, i) => n === i * step);
  return isStepped ? step : listed;
};

const rhythmOf = (hours: Mark, minutes: Mark, seconds: Mark | undefined): Marks["rhythm"] => {
  if (hours === "any" && minutes === "any" && seconds !== undefined && !isListed(seconds))
    return { every: countOf(seconds), unit: "second" };
  if (seconds !== undefined) return undefined;
  if (hours === "any" && !isListed(minutes)) return { every: countOf(minutes), unit: "minute" };
  return typeof hours === "number" && isOnlyZero(minutes) ? { every: hours, unit: "hour" } : undefined;
};

const countOf = (mark: "any" | number): number => (mark === "any" ? 1 : mark);

/** A moment as a wall shows it. */
export interface MomentParts {
  readonly date: DateFields;
  /** Left out where the whole day is meant. */
  readonly time?: PlainTime;
  /** `"+01:00"`, for the second of two moments that a wall shows alike. */
  readonly offset?: string;
}

/** `"2026-12-25 09:00"`, `"2026-10-25 02:30+01:00"`. */
export const isoMoment = ({ date, time, offset }: MomentParts): string =>
  `${formatDate(dayNumber(date.year, date.month, date.day))} ${time}${offset ?? ""}`;

/** Date and time. */
export const wallMoment = (at: Instant, zone: Zone): MomentParts => {
  const wall = wallAt(zone, at);
  const date = Math.floor(wall / day);
  return {
    date: dateFields(date),
    time: formatTime(wall - date * day),
    ...(wallToInstants(zone, wall)[0] !== at && { offset: formatOffset(wall - at) }),
  };
};

/** The date alone when the moment is the start of its day: "starting 25 November 2026". */
export const fromDay = (at: Instant, zone: Zone, meant?: PlainDate): MomentParts => {
  const date = meant === undefined ? dateAt(at, zone) : parseDate(meant);
  return startOf(date, zone) === at ? { date: dateFields(date) } : wallMoment(at, zone);
};

/** The date alone when the moment is the last of its day: "until 25 November 2026". */
export const throughDay = (at: Instant, zone: Zone, meant?: PlainDate): MomentParts => {
  const date = meant === undefined ? dateAt(at, zone) : parseDate(meant);
  return startOf(date + 1, zone) - 1 === at ? { date: dateFields(date) } : wallMoment(at, zone);
};

const dateAt = (at: Instant, zone: Zone): DayNumber => Math.floor(wallAt(zone, at) / day);
const startOf = (date: DayNumber, zone: Zone): Instant => resolveWall(zone, (date * day) as WallTime);

/** One thing to be written of the days of a month or a year; three and more days of the month in a row are one. */
export type DayItem =
  | Exclude<DayRule, { kind: "day" | "nth" | "workday" }>
  /** The first and third of a weekday, or of the workdays. */
  | { readonly kind: "nths"; readonly nths: readonly number[]; readonly weekday?: number }
  | { readonly kind: "days"; readonly from: number; readonly to: number };

export interface DayItems {
  /** Days of the year, dates of the year. */
  readonly ofYear: readonly DayItem[];
  /**
   * In an order that leaves no doubt: "the last Friday and the 1st" are two things, "the 1st and the last Friday" might be two Fridays, and "nearest the
   * 1st and the 15th" might be two days near them.
   */
  readonly ofMonth: readonly DayItem[];
}

/** Those of one weekday together. */
const nthsOf = (rules: readonly DayRule[]): readonly DayItem[] => {
  const byDay = new Map<number | undefined, number[]>();
  for (const rule of rules) {
    if (rule.kind !== "nth" && rule.kind !== "workday") continue;
    const weekday = rule.kind === "nth" ? rule.weekday : undefined;
    byDay.set(weekday, [...(byDay.get(weekday) ?? []), rule.nth]);
  }
  return [...byDay].map(([weekday, nths]) => ({
    kind: "nths",
    nths: nths.toSorted((a, b) => (a > 0 === b > 0 ? a - b : b - a)),
    ...(weekday !== undefined && { weekday }),
  }));
};

export const dayItems = (rules: readonly DayRule[]): DayItems => {
  const counted = rules.flatMap((rule) => (rule.kind === "day" ? [rule.day] : []));
  const fromEnd = counted.filter((day) => day < 0);
  return {
    ofYear: [
      ...rules.filter((rule) => rule.kind === "year-day"),
      ...rules.filter((rule) => rule.kind === "annual"),
    ],
    ofMonth: [
      ...nthsOf(rules),
      ...neighbours(counted.filter((day) => day > 0)).map((run) => ({ kind: "days" as const, ...run })),
      ...fromEnd.map((day) => ({ kind: "days" as const, from: day, to: day })),
      ...rules.filter((rule) => rule.kind === "near"),
    ],
  };
};

/** Whether every rule is a date or a day of the month counted from its beginning: "the 13th" alone is understood. */
export const isPlain = (rules: readonly DayRule[]): boolean =>
  rules.every((rule) => rule.kind === "annual" || (rule.kind === "day" && rule.day > 0));

/** The first and last of dates that follow one another, as "1 June to 5 June"; over New Year too. */
export const stretchOf = (
  days: readonly DayRule[] | undefined,
): { readonly from: AnnualDate; readonly to: AnnualDate } | undefined => {
  const dates = (days ?? []).filter((rule) => rule.kind === "annual");
  if (dates.length < 3 || dates.length < days!.length || dates.length > 365) return undefined;
  const places = dates.map(({ month, day }) => dayNumber(leapYear, month, day));
  const gaps = places.flatMap((place, i) => (i > 0 && place !== places[i - 1]! + 1 ? [i] : []));
  if (gaps.length === 0) return { from: dates[0]!, to: dates.at(-1)! };
  const isOverNewYear =
    gaps.length === 1 &&
    dates[0]!.month + dates[0]!.day === 2 &&
    dates.at(-1)!.month + dates.at(-1)!.day === 43;
  return isOverNewYear ? { from: dates[gaps[0]!]!, to: dates[gaps[0]! - 1]! } : undefined;
};

type AnnualDate = Extract<DayRule, { kind: "annual" }>;

/** Monday to Friday and nothing else. */
export const isWorkdays = (weekdays: readonly number[]): boolean =>
  weekdays.length === 5 && weekdays.every((weekday, i) => weekday === i + 1);
