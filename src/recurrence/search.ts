import type { DayNumber } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";

/** A hundred years of 365.25 days, in milliseconds: what does not come within them never comes. */
export const farthest = 36_525 * day;

/**
 * The inside of a trigger: the first occurrence strictly after an instant, as plain numbers, `Infinity` for never. Numbers alone,
 * because this is asked for every job and every minute of a year: an object for each answer would cost more than the answer.
 */
export type Search = (after: number) => number;

/** A search that also tells the date its last answer belongs to: not always the date the wall shows then. */
export interface DatedSearch {
  next: Search;
  date(): DayNumber;
}
