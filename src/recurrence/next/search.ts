import type { Instant } from "../../time/instant.ts";
import type { DayNumber } from "../../time/plain-date.ts";
import { day } from "../../time/plain-time.ts";
import { offsetAt, type Zone } from "../../time/zone.ts";

/** The zone and the anchor of a recurrence. */
export interface Setting {
  /** The zone of wall times, where the recurrence has none of its own. */
  readonly zone: Zone;
  /** The moment counting starts. */
  readonly anchor: Instant;
  /**
   * Whether the anchor is an explicit start: then the first occurrence may be at the anchor itself, and none is planned on an earlier
   * date. @default false
   */
  readonly inclusive?: boolean;
  /** The date of an inclusive anchor, if the wall clock shows another one. */
  readonly startDate?: DayNumber | undefined;
  /** The seed of random lengths, the same in every process: the job's name. @default "" */
  readonly seed?: string;
}

/** A hundred years of 365.25 days, in milliseconds: what does not occur within them never does. */
export const farthest = 36_525 * day;

/**
 * The core of a trigger: plain numbers, `Infinity` for never. It is called for every job and every minute of a year, so an object per result
 * would cost more than the result.
 */
export interface Search {
  /** The first occurrence strictly after an instant. */
  next(after: number): number;
  /**
   * The planned date of the last result, where the wall clock may show another one: a 23:30 that a gap moves to 00:30 belongs to its own
   * day. Undefined where the date on the wall clock counts.
   */
  readonly date?: (() => DayNumber | undefined) | undefined;
  /** The date the last result counts for: where its window opened, or the first of several dates at one instant. */
  readonly counted?: (() => DayNumber | undefined) | undefined;
  /** The length between all occurrences, where it is the same. */
  readonly every?: number | undefined;
  /** Missing where occurrences can only be counted one by one. */
  readonly days?: Days | undefined;
}

/** Which days have the same occurrences, so that those of a century are counted day by day, or many days at once. */
export interface Days {
  readonly zone: Zone;
  /** Nothing occurs before the first date and after the last one; both, and their neighbours, have to be looked at themselves. */
  readonly first: DayNumber;
  readonly last: DayNumber;
  /** After how many days the keys repeat. `Infinity` where they do not. */
  readonly period: number;
  /**
   * Dates with the same key have the same times of day, if the wall clock is this far ahead of UTC from two days before until their end.
   * Undefined for a date that has to be looked at itself.
   */
  key(date: DayNumber, offset: number): string | undefined;
  /** The number of occurrences by key. */
  readonly known: Map<string, number>;
}

/** The key of a date, with the limits. */
export const keyOf = (days: Days, date: DayNumber, offset: number): string | undefined => {
  if (date < days.first - 1 || date > days.last + 1) return emptyDay;
  return date > days.first + 1 && date < days.last - 1 ? days.key(date, offset) : undefined;
};

export const emptyDay = "-";

/** The first moment after an instant that is a whole number of lengths from an origin. */
export const stepAfter = (origin: number, every: number, after: number): number =>
  origin + (Math.floor((after - origin) / every) + 1) * every;

/**
 * How many occurrences come after one instant, up to another and including it.
 *
 * @param most counting may end here
 */
export const countOf = (search: Search, after: number, to: number, most = Infinity): number => {
  const { days, every } = search;
  if (every !== undefined) return Math.max(0, Math.floor((to - search.next(after)) / every) + 1);
  let [at, count] = [after, 0];
  const walkTo = (end: number): void => {
    if (at >= end) return;
    let next = search.next(at);
    for (; next <= end && count < most; next = search.next(next)) count++;
    at = next === Infinity ? to : end;
  };
  while (days && at < to && count < most) {
    const { offset, end } = stretchAt(days.zone, at + 1, to);
    const isSettled = offsetAt(days.zone, (at - 2 * day) as Instant) === offset;
    let date = Math.ceil((at + 1 + offset) / day) + (isSettled ? 0 : 2);
    const lastDate = Math.floor((end + 1 + offset) / day) - 1;
    while (date <= lastDate && at < to && count < most) {
      const periods = Math.floor((Math.min(lastDate, days.last - 2) + 1 - date) / days.period);
      const repeats = date > days.first + 1 ? Math.max(1, periods) : 1;
      walkTo(date * day - offset - 1);
      const before = count;
      for (const end = date + (repeats > 1 ? days.period : 1); date < end; date++) {
        const [key, already] = [keyOf(days, date, offset), count];
        const known = key === undefined ? undefined : days.known.get(key);
        if (known === undefined) walkTo((date + 1) * day - offset - 1);
        else [at, count] = [(date + 1) * day - offset - 1, count + known];
        if (key !== undefined && known === undefined && count < most) days.known.set(key, count - already);
      }
      if (repeats === 1) continue;
      count = before + (count - before) * repeats;
      date += days.period * (repeats - 1);
      at = date * day - offset - 1;
    }
    walkTo(end);
  }
  walkTo(to);
  return count;
};

/** The stretch of one offset from an instant on, up to another. Spans may be cut anywhere. */
const stretchAt = (zone: Zone, at: number, to: number): { readonly offset: number; readonly end: number } => {
  const { offset, to: first } = zone.spanAt(at as Instant);
  let end = first;
  while (end <= to && offsetAt(zone, end) === offset) end = zone.spanAt(end).to;
  return { offset, end: Math.min(end - 1, to) };
};
