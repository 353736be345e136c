import { ScheduleError } from "../errors.ts";
import { type DayNumber, formatDate, monthLength, parseDate } from "../time/plain-date.ts";
import { formatTime, parseTime } from "../time/plain-time.ts";
import type { DailyWindow, Dates, DayRule, Exclusion } from "./recurrence.ts";

/** Numbers in order, each once. */
export const sorted = (numbers: Iterable<number>): number[] => {
  const all = [...numbers];
  return all.every((number, i) => i === 0 || all[i - 1]! < number)
    ? all
    : [...new Set(all)].sort((a, b) => a - b);
};

/** Windows in order, each once. */
export const normalWindows = (windows: readonly DailyWindow[]): readonly DailyWindow[] =>
  [...new Map(windows.map((window) => [`${window.from} ${window.to}`, window])).values()]
    .map(({ from, to }) => ({ from, to }))
    .sort((a, b) => parseTime(a.from) - parseTime(b.from) || parseTime(a.to) - parseTime(b.to));

/**
 * Sorted lists, each entry once. All months, all weekdays and an empty list say nothing; undefined when nothing is left.
 * Days of one month are dates of the year (`25 December`); the same days of several months stay days of the month.
 */
export const normalDates = (said: Dates): Dates | undefined => {
  const { months, days } = annualOrMonthly(
    said.months && sorted(said.months),
    said.days && normalRules(said.days),
  );
  const weekdays = said.weekdays && sorted(said.weekdays);
  const kept: Dates = {
    ...(months && isTelling(months, 12) && { months }),
    ...(weekdays && isTelling(weekdays, 7) && { weekdays }),
    ...(days && isTelling(days, Infinity) && { days }),
  };
  return Object.keys(kept).length > 0 ? kept : undefined;
};

/** Exclusions of one kind that can be said together are one; the rest in order, each once. */
export const normalExclusions = (all: readonly Exclusion[]): readonly Exclusion[] => {
  const of = <K extends Exclusion["kind"]>(kind: K) =>
    all.filter((exclusion): exclusion is Extract<Exclusion, { kind: K }> => exclusion.kind === kind);
  const windows = normalWindows(of("window").map(({ window }) => window));
  const times = [
    ...of("times").flatMap(({ at }) => at),
    ...windows.filter(({ from, to }) => from === to).map(({ from }) => from),
  ];
  return [
    ...joinedDates(of("dates").map((exclusion) => exclusion.dates)).map((dates) => ({
      kind: "dates" as const,
      dates,
    })),
    ...joinedRanges(of("range").map(({ from, to }) => [parseDate(from), parseDate(to)])).map(
      ([from, to]) => ({
        kind: "range" as const,
        from: formatDate(from),
        to: formatDate(to),
      }),
    ),
    ...(times.length > 0
      ? [{ kind: "times" as const, at: sorted(times.map(parseTime)).map(formatTime) }]
      : []),
    ...windows.filter(({ from, to }) => from !== to).map((window) => ({ kind: "window" as const, window })),
  ];
};

/** Frozen to the bottom; what is frozen already is not looked into. */
export const freeze = <T extends object>(value: T): T => {
  if (Object.isFrozen(value)) return value;
  const isFlat = Array.isArray(value) && typeof value[0] !== "object";
  if (!isFlat)
    for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
};

const isTelling = (list: readonly unknown[], all: number): boolean => list.length > 0 && list.length < all;

const annualOrMonthly = (
  months: readonly number[] | undefined,
  days: readonly DayRule[] | undefined,
): { readonly months?: readonly number[] | undefined; readonly days?: readonly DayRule[] | undefined } => {
  if (!days || days.length === 0) return { months, days };
  const [month] = months ?? [];
  if (months?.length === 1 && month && days.every((rule) => isDateOf(rule, month)))
    return { days: days.map((rule) => ({ kind: "annual", month, day: (rule as { day: number }).day })) };
  const annual = days.filter((rule) => rule.kind === "annual");
  const [inMonths, onDays] = [
    sorted(annual.map((rule) => rule.month)),
    sorted(annual.map((rule) => rule.day)),
  ];
  const isProduct = annual.length === days.length && annual.length === inMonths.length * onDays.length;
  return isProduct && !months && inMonths.length > 1
    ? { months: inMonths, days: onDays.map((day) => ({ kind: "day", day })) }
    : { months, days };
};

const leapYear = 2000;
const isDateOf = (rule: DayRule, month: number): boolean =>
  rule.kind === "day" && rule.day > 0 && rule.day <= monthLength(leapYear, month);

const normalRules = (rules: readonly DayRule[]): readonly DayRule[] => {
  const known = new Map(rules.map((rule) => [String(ruleOrder(rule)), { ...rule }]));
  return [...known.values()].sort((a, b) => compareLists(ruleOrder(a), ruleOrder(b)));
};

const ruleKinds = ["annual", "year-day", "day", "near", "workday", "nth"] as const;

/** First by kind, then as they come in a month, counted from the end last. */
const ruleOrder = (rule: DayRule): readonly number[] => {
  const kind = ruleKinds.indexOf(rule.kind);
  const place = (n: number) => (n < 0 ? 1_000 + n : n);
  switch (rule.kind) {
    case "annual":
      return [kind, rule.month, rule.day];
    case "nth":
      return [kind, place(rule.nth), rule.weekday];
    case "workday":
      return [kind, place(rule.nth)];
    default:
      return [kind, place(rule.day)];
  }
};

const compareLists = (a: readonly number[], b: readonly number[]): number => {
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return a[i]! - (b[i] ?? 0);
  return 0;
};

/** Conditions of one kind alone are joined: without Mondays and without Tuesdays is without both. */
const joinedDates = (all: readonly Dates[]): readonly Dates[] => {
  if (all.length === 0) return [];
  const normal = all.map(normalExcluded);
  const isAlone = (dates: Dates) => Object.keys(dates).length === 1;
  const alone = normal.filter(isAlone);
  const [months, weekdays, days] = [
    alone.flatMap((dates) => dates.months ?? []),
    alone.flatMap((dates) => dates.weekdays ?? []),
    alone.flatMap((dates) => dates.days ?? []),
  ];
  const joined = [
    ...normal.filter((dates) => !isAlone(dates)),
    ...(months.length > 0 ? [normalExcluded({ months })] : []),
    ...(weekdays.length > 0 ? [normalExcluded({ weekdays })] : []),
    ...(days.length > 0 ? [normalExcluded({ days })] : []),
  ];
  const known = new Map(joined.map((dates) => [JSON.stringify(dates), dates]));
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dates]) => dates);
};

const normalExcluded = (said: Dates): Dates => {
  const normal = normalDates(said);
  if (normal) return normal;
  throw new ScheduleError({
    code: "recurrence",
    what: "Exception",
    given: said,
    accepted: "one that leaves some days to run on",
  });
};

/** Ranges that touch or overlap are one. */
const joinedRanges = (
  ranges: readonly (readonly [DayNumber, DayNumber])[],
): readonly (readonly [DayNumber, DayNumber])[] => {
  const joined: [DayNumber, DayNumber][] = [];
  for (const [from, to] of ranges.toSorted(([a], [b]) => a - b)) {
    const last = joined.at(-1);
    if (last && from <= last[1] + 1) last[1] = Math.max(last[1], to);
    else if (from <= to) joined.push([from, to]);
  }
  return joined;
};
