import type { Instant, Milliseconds } from "../time/instant.ts";
import type { PlainDate } from "../time/plain-date.ts";
import type { PlainTime } from "../time/plain-time.ts";

/**
 * The description of when to run: plain frozen data without a clock, a function or a zone object in it. Chains, phrases and cron
 * expressions all become one before anything else happens to them. It is its own JSON.
 *
 * The functions in `build.ts` make them, and normalize: recurrences that are written differently but mean the same are deeply equal.
 */
export type Recurrence = Once | Interval | Calendar | Union | Except | Within | Bounded | Zoned;

/** One moment. */
export interface Once {
  readonly kind: "once";
  readonly at: Instant;
}

/** Elapsed time: seconds, minutes, hours. Clock changes do not affect it. Counts from the anchor; the first run is one interval later. */
export interface Interval {
  readonly kind: "interval";
  /** Milliseconds, from 1 to 100 years. */
  readonly every: Milliseconds;
  /** A random length, from `every` to `to`, both included, in whole multiples of `unit`, drawn again each time. */
  readonly random?: { readonly to: Milliseconds; readonly unit: Milliseconds };
  /** Counts from the end of the last run instead of its planned start. */
  readonly fixedDelay?: true;
}

/** Wall times on dates; they stay the same across clock changes. */
export interface Calendar {
  readonly kind: "calendar";
  /** Only every n-th day, week, month or year, counted from the first match. Default: every matching day. */
  readonly step?: Step;
  /** Which dates. Default: all of them, or with a step longer than a day, the date counting began on. */
  readonly dates?: Dates;
  readonly times: Times;
}

/** Only every n-th of a unit. */
export interface Step {
  /** A whole number from 1 up. */
  readonly every: number;
  /** A random whole number of units, from `every` to `to`, drawn again each time. Not together with dates. */
  readonly to?: number;
  /** What is counted. */
  readonly unit: DateUnit;
}

/** What calendar steps are counted in. */
export type DateUnit = "day" | "week" | "month" | "year";

/** A condition on a date. Every part that is there must hold; a list holds when one of its entries does. Lists are sorted and not empty. */
export interface Dates {
  /** 1 January to 12 December. */
  readonly months?: readonly number[];
  /** ISO: 1 Monday to 7 Sunday. */
  readonly weekdays?: readonly number[];
  readonly days?: readonly DayRule[];
}

/** A day of the month, or of the year. */
export type DayRule =
  /** Day of the month, 1 to 31; -1 is the last, -2 the one before. Months without it are skipped. */
  | { readonly kind: "day"; readonly day: number }
  /** The nth such weekday of the month, 1 to 5, or counted from the end, -1 to -5. */
  | { readonly kind: "nth"; readonly nth: number; readonly weekday: number }
  /** The nth day from Monday to Friday of the month, 1 to 23, or from the end, -1 to -23. */
  | { readonly kind: "workday"; readonly nth: number }
  /** The workday nearest to a day of the month, within the month (`15W` of Quartz cron). */
  | { readonly kind: "near"; readonly day: number }
  /** Day of the year, 1 to 366; -1 is 31 December. */
  | { readonly kind: "year-day"; readonly day: number }
  /** A date in every year that has it. */
  | { readonly kind: "annual"; readonly month: number; readonly day: number };

/** Which times of a day. */
export type Times =
  /** The time of day at which counting began. */
  | { readonly kind: "anchor" }
  /**
   * Fixed wall times, sorted. In a gap they run once, later by the gap's width; in a fold once, the first time; two of
   * them on one instant are one run.
   */
  | { readonly kind: "list"; readonly at: readonly PlainTime[] }
  /** Elapsed steps from the opening of each window to its close, included. Without windows the day from its start, end excluded. */
  | { readonly kind: "grid"; readonly every: Milliseconds; readonly windows?: readonly DailyWindow[] }
  /**
   * Cron's fields: the wall shows one of these hours, minutes and seconds. A missing field matches any.
   * `follows: "elapsed"` (an hour or minute was starred) follows elapsed time: what a gap skips does not run, what a fold repeats runs
   * again. `follows: "wall"` treats them as fixed wall times.
   */
  | {
      readonly kind: "fields";
      readonly hours?: readonly number[];
      readonly minutes?: readonly number[];
      readonly seconds?: readonly number[];
      readonly follows: "elapsed" | "wall";
    };

/** From one wall time to another, both included; `to` before `from` crosses midnight and belongs to the day it opens on. */
export interface DailyWindow {
  readonly from: PlainTime;
  readonly to: PlainTime;
}

/** The occurrences of several; two at one instant are one. At least two parts, none of them a union. */
export interface Union {
  readonly kind: "union";
  readonly of: readonly Recurrence[];
}

/** A recurrence without some of its occurrences. */
export interface Except {
  readonly kind: "except";
  readonly of: Recurrence;
  readonly not: readonly Exclusion[];
}

/** Days with a name, as data: `holidays("DE", "BY")`. */
export interface DaySet {
  readonly name: { readonly en: string; readonly zh: string };
  /** Sorted. */
  readonly days: readonly PlainDate[];
  /** What the data covers, both included; left out where it is complete. */
  readonly covers?: { readonly from: PlainDate; readonly to: PlainDate };
  /** The package or the file to update when the data ends. */
  readonly source?: string;
}

/** What is excluded. */
export type Exclusion =
  | { readonly kind: "dates"; readonly dates: Dates }
  /** Days with a name; with `only`, all others. Beyond what the data covers there is no occurrence at all. */
  | { readonly kind: "days"; readonly set: DaySet; readonly only?: true }
  /** From one date to another, both included. */
  | { readonly kind: "range"; readonly from: PlainDate; readonly to: PlainDate }
  /** Occurrences at exactly these wall times. */
  | { readonly kind: "times"; readonly at: readonly PlainTime[] }
  /** Occurrences from one wall time to another, both included. */
  | { readonly kind: "window"; readonly window: DailyWindow };

/** Only the occurrences inside daily windows. */
export interface Within {
  readonly kind: "within";
  readonly of: Recurrence;
  readonly windows: readonly DailyWindow[];
}

/** A recurrence with a start, an end or a number of runs. */
export interface Bounded {
  readonly kind: "bounded";
  readonly of: Recurrence;
  /** No occurrence before this moment, and counting starts here: an interval's first run is at this very moment. */
  readonly starting?: Instant;
  /**
   * The intended start date, if the wall clock shows another one at `starting` because a clock change skips the whole day.
   * Counting starts with it: every 2 days from a 30 December that does not exist is the 30th (which runs on the 31st) and 1 January.
   */
  readonly startDate?: PlainDate;
  /** No occurrence after this moment; one exactly then counts. */
  readonly until?: Instant;
  /** The intended last date, if the wall clock shows another one at `until`: the run of a 30 December that does not exist is on the 31st. */
  readonly untilDate?: PlainDate;
  /** The number of occurrences, from 1 to 100,000. */
  readonly times?: number;
}

/** A recurrence with its own zone for wall times. */
export interface Zoned {
  readonly kind: "zoned";
  /** As `zoneNamed` takes it. */
  readonly zone: string;
  readonly of: Recurrence;
}
