import type { Dates, DayRule, Recurrence, Times } from "../recurrence/recurrence.ts";
import { monthly } from "./monthly.ts";
import { timeParts } from "./time-parts.ts";
import { neighbours, type Run, runsOf, wholeStep } from "./value-runs.ts";

/**
 * The `OnCalendar=` expression of systemd.time(7) for the same dates and wall times, such as `Mon..Fri *-*-* 09:00:00`.
 * Null where systemd has no words for it: elapsed intervals, steps of days and longer, bounds, windows, exceptions,
 * several schedules in one, working days, times that are not all of some hours and minutes.
 *
 * What a clock change does to a time is systemd's own business: it leaves out a wall time that is skipped.
 */
export const toSystemd = (recurrence: Recurrence): string | null => {
  if (recurrence.kind === "zoned") {
    const inside = /^UTC[+-]/.test(recurrence.zone) ? null : toSystemd(recurrence.of);
    return inside && `${inside} ${recurrence.zone}`;
  }
  if (recurrence.kind !== "calendar" || recurrence.step) return null;
  const days = writeDates(monthly(recurrence.dates ?? {}));
  const clock = writeTimes(recurrence.times);
  return days && clock && `${days} ${clock}`;
};

const writeTimes = (times: Times): string | null => {
  const said = timeParts(times);
  return said && [clock(said.hours, 23), clock(said.minutes, 59), clock(said.seconds, 59)].join(":");
};

/** `*`, `00/15`, `09..17`. */
const clock = (values: readonly number[] | undefined, last: number): string => {
  const step = values && values.length > 2 ? wholeStep(values, 0, last) : undefined;
  return !values || step === 1 ? "*" : step ? `00/${step}` : list(values);
};

/** Weekdays, where any are said, then any year, the months and the days. */
const writeDates = (dates: Dates): string | null => {
  const days = dates.days ? readRules(dates.days, dates.weekdays) : { written: "-*" };
  if (!days) return null;
  const weekdays = days.weekdays ?? dates.weekdays;
  const front = weekdays ? `${neighbours(weekdays).map(writeWeekdays).join(",")} ` : "";
  return `${front}*-${dates.months ? list(dates.months) : "*"}${days.written}`;
};

interface Days {
  /** Days of the month behind `-`, or behind `~` when counted from its end. */
  readonly written: string;
  /** The weekdays on which alone these days count. */
  readonly weekdays?: readonly number[];
}

const readRules = (rules: readonly DayRule[], weekdays: readonly number[] | undefined): Days | null => {
  if (rules.every((rule) => rule.kind === "day")) return writeSigned(rules.map(({ day }) => day));
  return !weekdays && rules.every((rule) => rule.kind === "nth") ? writeWeeks(rules) : null;
};

/** Days of one sign: systemd counts either from the beginning or from the end, and from there no farther than 28. */
const writeSigned = (days: readonly number[]): Days | null => {
  if (days.every((day) => day > 0)) return { written: `-${list(days)}` };
  return days.every((day) => day < 0 && day >= -28)
    ? { written: `~${list(days.map((day) => -day).sort((a, b) => a - b))}` }
    : null;
};

/** The second Friday is the Friday from the 8th to the 14th. */
const writeWeeks = (rules: readonly { readonly nth: number; readonly weekday: number }[]): Days | null => {
  const weeks = [...new Set(rules.map(({ nth }) => nth))];
  const weekdays = [...new Set(rules.map(({ weekday }) => weekday))].sort();
  if (weeks.length * weekdays.length !== rules.length) return null;
  const days = weeks.flatMap((nth) => Array.from({ length: 7 }, (_, i) => nth * 7 - Math.sign(nth) * i));
  const signed = writeSigned(days.filter((day) => Math.abs(day) <= 31).sort((a, b) => a - b));
  return signed && { ...signed, weekdays };
};

const two = (value: number): string => (value < 10 ? `0${value}` : `${value}`);
const list = (values: readonly number[]): string => runsOf(values).map(writeRun).join(",");

const writeRun = ({ from, to, step }: Run): string =>
  from === to ? two(from) : step === 1 ? `${two(from)}..${two(to)}` : `${two(from)}..${two(to)}/${step}`;

const names = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"];

const writeWeekdays = ({ from, to }: Run): string =>
  from === to ? names[from - 1]! : `${names[from - 1]}..${names[to - 1]}`;
