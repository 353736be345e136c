import type {
  Calendar,
  DailyWindow,
  Dates,
  DayRule,
  Interval,
  Recurrence,
  Step,
  Times,
} from "../recurrence/recurrence.ts";
import { monthName, shortWeekday, weekdayName } from "../time/names.ts";
import { day, hour, minute, second } from "../time/plain-time.ts";
import { monthly, runsOf, timeParts, wholeStep } from "./cron/format.ts";
import { neighbours, type Run } from "./describe-parts.ts";
import { place } from "./en/write.ts";

/**
 * The chain that says the same: `every().day.at("02:30")`. Null where it would need a moment from which to count, or words that chains lack.
 */
export const toChain = (recurrence: Recurrence): string | null => {
  switch (recurrence.kind) {
    case "once":
      return `once(${JSON.stringify(new Date(recurrence.at).toISOString())})`;
    case "interval":
      return elapsed(recurrence);
    case "calendar":
      return dated(recurrence);
    case "zoned":
      return saying(recurrence.of, `.in(${JSON.stringify(recurrence.zone)})`);
    case "bounded":
      return recurrence.starting === undefined && recurrence.until === undefined
        ? saying(recurrence.of, `.times(${recurrence.times})`)
        : null;
    case "union":
      return joined(recurrence.of.map((part) => (isSpaced(part) ? null : toChain(part))));
    default:
      return null;
  }
};

const saying = (of: Recurrence, more: string): string | null => {
  const chain = of.kind === "union" || of.kind === "once" ? null : toChain(of);
  return chain && chain + more;
};

/** What counts from the end of its runs cannot be joined with anything. */
const isSpaced = (recurrence: Recurrence): boolean =>
  recurrence.kind === "interval"
    ? recurrence.fixedDelay === true
    : recurrence.kind === "bounded" && isSpaced(recurrence.of);

const joined = ([first, ...others]: readonly (string | null)[]): string | null =>
  first && others.every((other) => other !== null)
    ? first + others.map((other) => `.or(${other})`).join("")
    : null;

/** `every(5).minutes`, `every().hour`, `every(5).to(10).minutes`, with the largest unit that fits. */
const elapsed = ({ every, random, fixedDelay }: Interval): string | null => {
  const unit = units.find(({ length }) =>
    random ? length === random.unit && every % length === 0 : every % length === 0,
  );
  if (!unit) return null;
  const to = random && random.to / unit.length;
  return counted(every / unit.length, unit.name, to) + (fixedDelay ? ".fixedDelay()" : "");
};

const units = [
  { name: "hour", length: hour },
  { name: "minute", length: minute },
  { name: "second", length: second },
] as const;

const counted = (every: number, unit: string, to?: number): string => {
  if (to !== undefined) return `every(${every}).to(${to}).${unit}s`;
  return every === 1 ? `every().${unit}` : `every(${every}).${unit}s`;
};

const dated = ({ step, dates, times }: Calendar): string | null => {
  switch (times.kind) {
    case "grid":
      return step ? null : onGrid(times, dates);
    case "fields":
      return step || dates ? null : onMarks(times);
    case "list":
      if (times.at.some(hasFraction) || (step && !dates)) return null;
      return onDates(step, dates, `.at(${times.at.map((time) => JSON.stringify(time)).join(", ")})`);
    case "anchor":
      return onDates(step, dates, "");
  }
};

/** `every(15).minutes.on("weekdays").between("08:00", "22:00")`. */
const onGrid = (
  { every, windows = [] }: Extract<Times, { kind: "grid" }>,
  dates: Dates | undefined,
): string | null => {
  const length = elapsed({ kind: "interval", every });
  const days = dates && weekdaysOf(dates);
  if (every >= day || windows.some(({ from, to }) => hasFraction(from) || hasFraction(to))) return null;
  if (!length || (dates && !days) || (!dates && windows.length === 0)) return null;
  return `${length}${days ? `.on(${days})` : ""}${windows.map(between).join("")}`;
};

/** No chain takes milliseconds. */
const hasFraction = (time: string): boolean => time.includes(".");

const between = ({ from, to }: DailyWindow): string =>
  `.between(${JSON.stringify(from)}, ${JSON.stringify(to)})`;

/** `every().hour.at(":15", ":45")`, `every().minute.at(":30")`. */
const onMarks = ({ hours, minutes, seconds, follows }: Extract<Times, { kind: "fields" }>): string | null => {
  if (hours || follows !== "elapsed" || !seconds) return null;
  const two = (n: number) => String(n).padStart(2, "0");
  const at = (times: readonly string[]) => `.at(${times.map((time) => JSON.stringify(time)).join(", ")})`;
  if (!minutes) return `every().minute${at(seconds.map((s) => `:${two(s)}`))}`;
  const [only, ...others] = seconds;
  if (only === undefined || others.length > 0) return null;
  return `every().hour${at(minutes.map((m) => (only === 0 ? `:${two(m)}` : `${two(m)}:${two(only)}`)))}`;
};

/** `every().weekday.at("09:00")`, `every().month.on(1, "last friday").at("17:00")`, `every(2).weeks.on("monday").at("09:00")`. */
const onDates = (step: Step | undefined, dates: Dates | undefined, at: string): string | null => {
  if (!dates) return step ? counted(step.every, step.unit, step.to) + at : `every().day${at}`;
  if (!step) {
    const named = dayAlone(dates);
    if (named) return `every().${named}${at}`;
  }
  const days = daysOf(dates);
  if (!days || step?.to !== undefined || (step && step.unit !== days.unit)) return null;
  return `${counted(step?.every ?? 1, days.unit)}.on(${days.args})${at}`;
};

const daysOf = (dates: Dates): { readonly unit: Step["unit"]; readonly args: string } | null => {
  const weekdays = weekdaysOf(dates);
  if (weekdays) return { unit: "week", args: weekdays };
  if (!dates.days || dates.months || dates.weekdays) return null;
  const ofYear = dates.days.map(dayOfYear);
  if (ofYear.every((day) => day !== null)) return { unit: "year", args: ofYear.join(", ") };
  const ofMonth = dates.days.map(dayOfMonth);
  return ofMonth.every((day) => day !== null) ? { unit: "month", args: ofMonth.join(", ") } : null;
};

/** A day, or days, that have a word of their own. */
const dayAlone = ({ weekdays, days, months }: Dates): string | undefined => {
  if (!weekdays || days || months) return undefined;
  if (weekdays.length === 1) return weekdayName(weekdays[0]!).toLowerCase();
  return { "1,2,3,4,5": "weekday", "6,7": "weekend" }[weekdays.join()];
};

const weekdaysOf = ({ weekdays, days, months }: Dates): string | null =>
  weekdays && !days && !months
    ? weekdays.map((day) => `"${weekdayName(day).toLowerCase()}"`).join(", ")
    : null;

const dayOfMonth = (rule: DayRule): string | null => {
  switch (rule.kind) {
    case "day":
      return rule.day > 0 ? String(rule.day) : `"${place(rule.day)} day"`;
    case "nth":
      return `"${place(rule.nth)} ${weekdayName(rule.weekday).toLowerCase()}"`;
    case "workday":
      return `"${place(rule.nth)} workday"`;
    default:
      return null;
  }
};

const dayOfYear = (rule: DayRule): string | null => {
  if (rule.kind === "annual") return `"${monthName(rule.month).toLowerCase()} ${rule.day}"`;
  return rule.kind === "year-day" && rule.day > 0 ? String(rule.day) : null;
};

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
  const parts = timeParts(times);
  return parts && [clock(parts.hours, 23), clock(parts.minutes, 59), clock(parts.seconds, 59)].join(":");
};

/** `*`, `00/15`, `09..17`. */
const clock = (values: readonly number[] | undefined, last: number): string => {
  const step = values && values.length > 2 ? wholeStep(values, 0, last) : undefined;
  return !values || step === 1 ? "*" : step ? `00/${step}` : list(values);
};

/** Weekdays, where any are written, then any year, the months and the days. */
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

const writeWeekdays = ({ from, to }: Run): string =>
  from === to ? shortWeekday(from) : `${shortWeekday(from)}..${shortWeekday(to)}`;
