import type { DayNumber } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";

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
