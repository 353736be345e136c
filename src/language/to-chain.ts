import { monthName, place, weekdayName } from "../recurrence/describe/english-words.ts";
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
import { day, hour, minute, second } from "../time/plain-time.ts";

/**
 * The chain that says the same: `every().day.at("02:30")`. Null where it would need a moment from which to count, or words that a chain has not.
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
  const said = of.kind === "union" || of.kind === "once" ? null : toChain(of);
  return said && said + more;
};

/** What counts from the end of its runs cannot be joined with anything. */
const isSpaced = (recurrence: Recurrence): boolean =>
  recurrence.kind === "interval"
    ? recurrence.spaced === true
    : recurrence.kind === "bounded" && isSpaced(recurrence.of);

const joined = ([first, ...others]: readonly (string | null)[]): string | null =>
  first && others.every((other) => other !== null)
    ? first + others.map((other) => `.or(${other})`).join("")
    : null;

/** `every(5).minutes`, `every().hour`, `every(5).to(10).minutes`, with the largest unit that fits. */
const elapsed = ({ every, random, spaced }: Interval): string | null => {
  const unit = units.find(({ length }) =>
    random ? length === random.unit && every % length === 0 : every % length === 0,
  );
  if (!unit) return null;
  const to = random && random.to / unit.length;
  return counted(every / unit.length, unit.name, to) + (spaced ? ".fixedDelay()" : "");
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
  return `${counted(step?.every ?? 1, days.unit)}.on(${days.said})${at}`;
};

const daysOf = (dates: Dates): { readonly unit: Step["unit"]; readonly said: string } | null => {
  const weekdays = weekdaysOf(dates);
  if (weekdays) return { unit: "week", said: weekdays };
  if (!dates.days || dates.months || dates.weekdays) return null;
  const ofYear = dates.days.map(dayOfYear);
  if (ofYear.every((day) => day !== null)) return { unit: "year", said: ofYear.join(", ") };
  const ofMonth = dates.days.map(dayOfMonth);
  return ofMonth.every((day) => day !== null) ? { unit: "month", said: ofMonth.join(", ") } : null;
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
