import { ScheduleError } from "../errors.ts";
import { parseDays } from "../language/reader.ts";
import { nearest } from "../nearest.ts";
import type { Dates, DayRule } from "../recurrence/recurrence.ts";
import { dateValue } from "../time/date-types.ts";
import { weekdayNames, weekdaysNamed } from "./day-names.ts";
import { refused } from "./refused.ts";
import type { When } from "./said.ts";
import type { Spoken } from "./spoken.ts";

/**
 * Reads what stands in `.on(…)`: days of the week, the month or the year, as the unit before it has them.
 *
 * @returns conditions of which one is enough
 * @throws ScheduleError `word`, `day`
 */
export const readOn = (when: When, before: Spoken, given: readonly unknown[]): readonly Dates[] => {
  const kind = kindFor(when, before);
  if (given.length === 0) throw notSuch(kind, undefined);
  return joined(given.map((day) => readDay(kind, day)));
};

type Kind = "week" | "month" | "year";

const kindFor = ({ base, days, times, isSpaced }: When, before: Spoken): Kind => {
  if (days) throw refused(before, "on(…)", 'all days in one: .on("monday", "thursday")');
  if (isSpaced) throw refused(before, "on(…)", "either .on(…) or .spaced()");
  if (base.kind === "dated")
    throw refused(before, "on(…)", 'several days as every().week.on("monday", "friday")');
  if (base.kind === "read")
    throw refused(before, "on(…)", 'the days in what is read: every("friday at 9am")');
  if (base.to !== undefined)
    throw refused(before, "on(…)", "days after a fixed number, as in every(2).weeks");
  if (times && base.every > 1) throw refused(before, "on(…)", `every().${base.unit}.at(…).on(…)`);
  if (base.unit === "day") throw refused(before, "on(…)", 'weeks: every().week.on("monday", "friday")');
  return base.kind === "elapsed" ? "week" : base.unit;
};

const readDay = (kind: Kind, given: unknown): Dates => {
  const value = dateValue(given);
  if (kind === "year" && value?.kind === "month-day")
    return { days: [{ kind: "annual", month: value.month, day: value.day }] };
  const read =
    typeof given === "number" ? numbered(kind, given) : typeof given === "string" && spoken(kind, given);
  if (read) return read;
  if (Array.isArray(given))
    throw new ScheduleError({
      code: "day",
      what: "Day",
      given,
      accepted: 'days side by side, without [ ]: .on("monday", "friday")',
    });
  throw notSuch(kind, given);
};

const numbered = (kind: Kind, day: number): Dates | undefined => {
  if (kind === "week" || !Number.isInteger(day) || day < 1 || day > (kind === "month" ? 31 : 366))
    return undefined;
  return { days: [{ kind: kind === "month" ? "day" : "year-day", day }] };
};

const spoken = (kind: Kind, text: string): Dates | undefined => {
  const weekdays = weekdaysNamed(text);
  if (weekdays) return kind === "week" ? { weekdays } : undefined;
  const read = text.trim() !== "" && parseDays(text);
  return read ? fitting[kind](read) : undefined;
};

/** What the days of a phrase are in a week, a month or a year; undefined when they are none. */
const fitting: Readonly<Record<Kind, (dates: Dates) => Dates | undefined>> = {
  week: (dates) => (dates.weekdays && !dates.days && !dates.months ? dates : undefined),
  month: (dates) => (dates.days?.every(isOfMonth) && !dates.months ? dates : undefined),
  year: ({ months, weekdays, days }) => {
    if (days)
      return months || !days.every(isOfMonth)
        ? { ...(months && { months }), ...(weekdays && { weekdays }), days }
        : undefined;
    if (!months || weekdays) return undefined;
    return { days: months.map((month) => ({ kind: "annual", month, day: 1 })) };
  },
};

const isOfMonth = (rule: DayRule): boolean => rule.kind !== "annual" && rule.kind !== "year-day";

/** Conditions of one part alone are one with a longer list; any other stands for itself. */
const joined = (all: readonly Dates[]): readonly Dates[] => {
  const isOnly = (dates: Dates, part: keyof Dates) =>
    dates[part] !== undefined && Object.keys(dates).length === 1;
  const weekdays = all.filter((dates) => isOnly(dates, "weekdays")).flatMap((dates) => dates.weekdays!);
  const days = all.filter((dates) => isOnly(dates, "days")).flatMap((dates) => dates.days!);
  return [
    ...(weekdays.length > 0 ? [{ weekdays }] : []),
    ...(days.length > 0 ? [{ days }] : []),
    ...all.filter((dates) => !isOnly(dates, "weekdays") && !isOnly(dates, "days")),
  ];
};

const notSuch = (kind: Kind, given: unknown): ScheduleError =>
  new ScheduleError({
    code: "day",
    what: `Day of the ${kind}`,
    given,
    accepted: accepted[kind],
    nearest: typeof given === "string" ? nearestDay(kind, given) : given === -1 ? '"last day"' : undefined,
  });

const accepted: Readonly<Record<Kind, string>> = {
  week: '"monday" to "sunday", "weekdays" or "weekend"',
  month: '1 to 31, "last day", "last friday" or "first workday"',
  year: '"december 25", "first sunday of october", a month, or a day of the year from 1 to 366',
};

const nearestDay = (kind: Kind, given: string): string | undefined => {
  const day = nearest(given, [...weekdayNames, "weekdays", "weekend"]);
  const text = day && (kind === "week" ? day : `first ${day}${kind === "month" ? "" : " of january"}`);
  return text && JSON.stringify(text);
};
