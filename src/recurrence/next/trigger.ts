import type { Instant } from "../../time/instant.ts";
import type { DayNumber } from "../../time/plain-date.ts";
import { day } from "../../time/plain-time.ts";
import type { Zone } from "../../time/zone.ts";

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

/**
 * Answers one question: when is the next occurrence? Pure: the same `after` always gets the same answer.
 */
export interface Trigger {
  /** The first occurrence strictly after `after`, or null when there is none within 100 years. */
  next(after: Instant): Instant | null;
  /** How many occurrences there are from one to another, both included: at once where they are evenly spaced, else 8 million a second. */
  count(first: Instant, last: Instant): number;
  /** The `until` that applies to an occurrence, or `Infinity`: no run of it may start later. */
  endOf(occurrence: Instant): number;
  /** Whether it counts elapsed time only. */
  readonly counts: "elapsed" | "wall";
  /** Whether it has a fixed delay: the scheduler compiles it again from the end of each run. */
  readonly isSpaced: boolean;
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
  date?(): DayNumber | undefined;
}
