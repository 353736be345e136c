import type { PlainTime } from "../../time/plain-time.ts";
import type { DailyWindow } from "../recurrence.ts";
import { type Amount, amountsOf } from "./lengths.ts";
import { join } from "./lists.ts";
import { isoMoment, type SpokenMoment } from "./moments.ts";

/** ISO: 1 Monday to 7 Sunday. */
export const weekdayName = (weekday: number): string => weekdays[weekday - 1]!;
const weekdays = ["Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"];

export const monthName = (month: number): string => months[month - 1]!;
const months = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];

/** `"13th"`. */
export const numeral = (n: number): string => {
  const isTeen = Math.floor(n / 10) % 10 === 1;
  return `${n}${isTeen ? "th" : (["th", "st", "nd", "rd"][n % 10] ?? "th")}`;
};

/** `"first"`, `"7th"`, `"last"`, `"second to last"`: counted from the front, or from the end below zero. */
export const place = (n: number): string => {
  if (n === -1) return "last";
  return n < 0 ? `${place(-n)} to last` : (places[n - 1] ?? numeral(n));
};
const places = ["first", "second", "third", "fourth", "fifth"];

/** `"a, b and c"`. */
export const list = (parts: readonly string[], and = "and"): string => join(parts, ", ", ` ${and} `);

/** `"15 minutes"`, `"2 hours 30 minutes"`; one of a unit is the unit alone: `"minute"`, as after "every". */
export const each = (length: number): string => {
  const amounts = amountsOf(length);
  const [only] = amounts;
  return amounts.length === 1 && only?.count === 1 ? only.unit : amounts.map(amount).join(" ");
};

/** `"1 minute"`, `"2 hours 30 minutes"`. */
export const lengthOf = (length: number): string => amountsOf(length).map(amount).join(" ");

const amount = ({ count, unit }: Amount): string => plural(count, unit);

/** `"1 day"`, `"2 days"`. */
export const plural = (count: number, name: string): string => `${count} ${name}${count === 1 ? "" : "s"}`;

/** `"25 December 2026 at 09:00"`; whole as ISO 8601 where the clock shows it twice. */
export const moment = (at: SpokenMoment): string =>
  at.offset ? isoMoment(at) : `${fullDate(at.date)}${at.time ? ` at ${at.time}` : ""}`;

/**
 * `"25 December 2026"`, `"2026-12-25 09:00"`: a beginning or an end. In "every day until Friday at 5pm" the time would be the schedule's, so it
 * is not set apart from its date.
 */
export const edge = (at: SpokenMoment): string => (at.time ? isoMoment(at) : fullDate(at.date));

/** `"25 December 2026"`. */
export const fullDate = ({ year, month, day }: SpokenMoment["date"]): string =>
  `${day} ${monthName(month)} ${year}`;

/** `"09:00, 12:00 and 18:00"`. */
export const timeList = (times: readonly PlainTime[]): string => list(times);

/** `"between 09:00 and 11:00 and between 14:00 and 16:00"`. */
export const windowList = (windows: readonly DailyWindow[]): string =>
  windows.map(({ from, to }) => `between ${from} and ${to}`).join(" and ");
