import type { Times } from "../recurrence.ts";

/** Which hours, minutes or seconds of the clock: any, every n-th counted from 0, or listed ones. */
export type Mark = "any" | number | readonly number[];

export interface Marks {
  readonly hours: Mark;
  readonly minutes: Mark;
  /** `undefined` is second 0, which needs no word. */
  readonly seconds: Mark | undefined;
  /**
   * Only the whole of a rhythm is said, so that it can be taken for one counted from now, and must be told from it: every
   * 15 minutes, every 2 hours.
   */
  readonly rhythm?: { readonly every: number; readonly unit: "hour" | "minute" | "second" };
  /** Hours and minutes are listed, and yet go with elapsed time: this has to be said. */
  readonly isElapsed: boolean;
}

/** What is to be said of cron's fields. Fixed wall times are always listed; a rhythm goes with elapsed time. */
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
    isElapsed: isElapsed && isListed(hours) && isListed(minutes),
  };
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
