import type { Instant } from "../../time/instant.ts";
import type { DayNumber } from "../../time/plain-date.ts";
import { day } from "../../time/plain-time.ts";
import type { Zone } from "../../time/zone.ts";

/** Where and from when a recurrence is counted. */
export interface Setting {
  /** Where wall times are read, for all that names no zone itself. */
  readonly zone: Zone;
  /** The moment counting begins. */
  readonly anchor: Instant;
  /**
   * Whether the anchor is a beginning that was asked for: then the first occurrence may be at the anchor itself, and none is wanted on an earlier
   * date. @default false
   */
  readonly inclusive?: boolean;
  /** The date of an inclusive anchor, where the wall shows another one then. */
  readonly startDate?: DayNumber | undefined;
  /** What random lengths are derived from, so that every process draws the same: the job's name. @default "" */
  readonly seed?: string;
}

/**
 * Answers one question: when next? Pure: the same `after` always gets the same answer, however often and in whatever order it is
 * asked.
 */
export interface Trigger {
  /** The first occurrence strictly after `after`, or null when there is none within 100 years. */
  next(after: Instant): Instant | null;
  /** The `until` that holds for an occurrence, or `Infinity`: nothing of it may start later. */
  endOf(occurrence: Instant): number;
  /** Whether it counts elapsed time alone, or wall times. */
  readonly counts: "elapsed" | "wall";
  /** The lengths are counted from the end of the last run: the scheduler then compiles again from there. */
  readonly isSpaced: boolean;
}

/** A hundred years of 365.25 days, in milliseconds: what does not come within them never comes. */
export const farthest = 36_525 * day;

/**
 * The inside of a trigger: plain numbers, `Infinity` for never. Numbers alone, because this is asked for every job and every minute of a
 * year: an object for each answer would cost more than the answer.
 */
export interface Search {
  /** The first occurrence strictly after an instant. */
  next(after: number): number;
  /**
   * The date the last answer was wanted on, where the wall may show another one: a 23:30 that a gap moves to 00:30 still belongs to its own
   * day. Undefined where the date on the wall counts.
   */
  date?(): DayNumber | undefined;
}
