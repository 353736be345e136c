declare const unit: unique symbol;

/** A point on the timeline, in whole milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly [unit]: "instant" };

/** A duration of elapsed time, in milliseconds. */
export type Milliseconds = number & { readonly [unit]: "milliseconds" };

export const later = (at: Instant, by: Milliseconds): Instant => (at + by) as Instant;
export const between = (from: Instant, to: Instant): Milliseconds => (to - from) as Milliseconds;

/** 1 January of year 1, and the last millisecond of year 9999, in UTC: dates are written with four digits. */
const [earliest, latest] = [-62_135_596_800_000, 253_402_300_799_999];

/** Whether a number of milliseconds is a moment of the years 1 to 9999. */
export const isInstant = (at: number): at is Instant => at >= earliest && at <= latest;
