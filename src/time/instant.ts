import { ScheduleError } from "../errors.ts";

declare const unit: unique symbol;

/** A point on the time line, in whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [unit]: "instant" };

/** A length of elapsed time, in milliseconds. */
export type Milliseconds = number & { readonly [unit]: "milliseconds" };

/** What people may hand in for a moment: a `Date`, epoch milliseconds, luxon's `DateTime`, Temporal's `Instant`. */
export type Moment = Date | number | { toMillis(): number } | { readonly epochMilliseconds: number };

export const later = (at: Instant, by: Milliseconds): Instant => (at + by) as Instant;
export const between = (from: Instant, to: Instant): Milliseconds => (to - from) as Milliseconds;

/** 1 January of year 1, and the last millisecond of year 9999, in UTC: dates are written with four digits. */
const [earliest, latest] = [-62_135_596_800_000, 253_402_300_799_999];

/** Whether a number of milliseconds is a moment of the years 1 to 9999. */
export const isInstant = (at: number): at is Instant => at >= earliest && at <= latest;

/**
 * Reads a moment that is not text.
 *
 * @throws ScheduleError `moment` for an invalid `Date`, a number that is not finite, or anything else.
 */
export const toInstant = (moment: Moment): Instant => {
  const at = milliseconds(moment);
  if (at === undefined || !isInstant(at)) {
    throw new ScheduleError({
      code: "moment",
      what: "Moment",
      given: moment,
      accepted:
        "a Date, ISO text, epoch milliseconds, or an object with toMillis() or epochMilliseconds; years 1 to 9999",
    });
  }
  return Math.floor(at) as Instant;
};

const milliseconds = (moment: unknown): number | undefined => {
  if (typeof moment === "number") return moment;
  if (moment instanceof Date) return moment.getTime();
  if (typeof moment !== "object" || moment === null) return undefined;
  if ("toMillis" in moment && typeof moment.toMillis === "function") return Number(moment.toMillis());
  if ("epochMilliseconds" in moment) return Number(moment.epochMilliseconds);
  return undefined;
};

export const isMoment = (value: unknown): value is Moment => milliseconds(value) !== undefined;
