import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import type { Instant, Milliseconds } from "../time/instant.ts";
import {
  type DayNumber,
  formatDate,
  leapYear,
  mod,
  monthLength,
  type PlainDate,
  parseDate,
} from "../time/plain-date.ts";
import { day, formatTime, hour, minute, parseTime, second } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import type {
  Bounded,
  Calendar,
  DailyWindow,
  Dates,
  DayRule,
  Exclusion,
  Interval,
  Recurrence,
  Step,
  Times,
} from "./recurrence.ts";

/** One moment. */
export const once = (at: Instant): Recurrence => freeze({ kind: "once", at });

/** Elapsed time from the anchor. `random.to` becomes a length that can be drawn. */
export const interval = (
  every: Milliseconds,
  more: Pick<Interval, "random" | "fixedDelay"> = {},
): Recurrence => {
  if (!more.random && !more.fixedDelay) return length(every);
  const unit = more.random?.unit ?? (1 as Milliseconds);
  const to = every + Math.floor(((more.random?.to ?? every) - every) / unit) * unit;
  return freeze({
    kind: "interval",
    every,
    ...(to !== every && { random: { to: to as Milliseconds, unit } }),
    ...(more.fixedDelay && { fixedDelay: true as const }),
  });
};

/** Immutable, so jobs registered in a row share one: a thousand mostly have the same interval. */
const length = (every: Milliseconds): Recurrence => {
  if (lastLength.every !== every) lastLength = Object.freeze({ kind: "interval", every });
  return lastLength;
};
let lastLength: Interval = { kind: "interval", every: 0 as Milliseconds };

export const anchorTime: Times = Object.freeze({ kind: "anchor" });

/** Wall times, sorted, each once; many that form a full product of hours, minutes and seconds become `fields`. */
export const timeList = (times: Iterable<number>): Times => {
  const all = sorted(times);
  const parts =
    all.length > mostListed && all.every((time) => time % second === 0) ? productOf(all) : undefined;
  return parts ? fields({ ...parts, follows: "wall" }) : freeze({ kind: "list", at: all.map(formatTime) });
};

/** The hours, minutes and seconds (with a fraction for milliseconds) of which the times are all combinations; undefined if they are not. */
export const productOf = (times: readonly number[]) => {
  const hours = sorted(times.map((time) => Math.floor(time / hour)));
  const minutes = sorted(times.map((time) => Math.floor(time / minute) % 60));
  const seconds = sorted(times.map((time) => (time % minute) / second));
  const isProduct = hours.length * minutes.length * seconds.length === times.length;
  return isProduct ? { hours, minutes, seconds } : undefined;
};

/** A grid of elapsed steps in windows of the day; without windows, the whole day. */
export const grid = (every: Milliseconds, windows: readonly DailyWindow[] = []): Times =>
  freeze({ kind: "grid", every, ...(windows.length > 0 && { windows: normalWindows(windows) }) });

/**
 * Cron's fields; a few fixed times become a list, so that `0 9 * * *` and "every day at 09:00" are one value.
 * A field with every value of its range is dropped, except where it decides how clock changes are handled.
 */
export const fields = (input: {
  readonly hours?: Iterable<number> | undefined;
  readonly minutes?: Iterable<number> | undefined;
  readonly seconds?: Iterable<number> | undefined;
  readonly follows: "elapsed" | "wall";
}): Times => {
  const hours = input.hours && sorted(input.hours);
  const minutes = input.minutes && sorted(input.minutes);
  const seconds = input.seconds && sorted(input.seconds);
  const follows = hours && minutes ? input.follows : "elapsed";
  if (
    follows === "wall" &&
    hours &&
    minutes &&
    seconds &&
    hours.length * minutes.length * seconds.length <= mostListed
  ) {
    return timeList(
      hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => h * hour + m * minute + s * second))),
    );
  }
  return freeze({
    kind: "fields",
    ...(hours && (hours.length < 24 || follows === "wall") && { hours }),
    ...(minutes && (minutes.length < 60 || follows === "wall") && { minutes }),
    ...(seconds && seconds.length < 60 && { seconds }),
    follows,
  });
};

/**
 * The times of `.aligned()`, `:00 :15 :30 :45`, for a length that divides a day evenly; undefined for others, whose times would differ
 * from day to day. They follow elapsed time, as a starred cron field does.
 */
export const alignedTimes = (length: number): Times | undefined => {
  if (day % length !== 0) return undefined;
  if (length === day) return timeList([0]);
  if (minute % length === 0 && length % second === 0)
    return fields({ seconds: multiples(length / second, 60), follows: "elapsed" });
  if (hour % length === 0 && length % minute === 0)
    return fields({ minutes: multiples(length / minute, 60), seconds: [0], follows: "elapsed" });
  if (length % hour === 0)
    return fields({ hours: multiples(length / hour, 24), minutes: [0], seconds: [0], follows: "elapsed" });
  return grid(length as Milliseconds);
};

const multiples = (step: number, size: number): readonly number[] =>
  Array.from({ length: size / step }, (_, i) => i * step);

/** A list of times longer than this is easier to read as hours and minutes. */
const mostListed = 12;

/** Wall times on dates. A step of one unit beside dates is dropped. */
export const calendar = (input: {
  readonly step?: Step | undefined;
  readonly dates?: Dates | undefined;
  readonly times: Times;
}): Recurrence => {
  const when = input.dates && dates(input.dates);
  const step = normalStep(input.step, when, input.times);
  return freeze({
    kind: "calendar",
    ...(step && { step }),
    ...(when && { dates: when }),
    times: input.times,
  } as Calendar);
};

const normalStep = (step: Step | undefined, when: Dates | undefined, times: Times): Step | undefined => {
  if (when === undefined && times.kind === "anchor" && step === undefined) return eachDay;
  if (step === undefined) return undefined;
  const { every, to, unit } = step;
  if (to !== undefined && to !== every) return { every, to, unit };
  const isIdle = every === 1 && (when || (unit === "day" && times.kind !== "anchor"));
  return isIdle ? undefined : { every, unit };
};

const eachDay: Step = Object.freeze({ every: 1, unit: "day" });

/** Sorted, without duplicates, and without all months or all weekdays. Undefined when nothing is left. */
export const dates = (input: Dates): Dates | undefined => {
  const normal = normalDates(input);
  return normal && freeze(normal);
};

/** A union of at least one part: flattened, without duplicates, in a fixed order. Times of the same dates are one calendar. */
export const union = (...parts: readonly Recurrence[]): Recurrence => {
  const open: Recurrence[] = [];
  for (const part of parts.flatMap((part) => (part.kind === "union" ? part.of : [part]))) {
    const joined = open.map((other) => joinedTimes(other, part));
    const beside = joined.findIndex((one) => one !== undefined);
    if (beside < 0) open.push(part);
    else open[beside] = joined[beside]!;
  }
  const known = new Map(open.map((part) => [JSON.stringify(part), part]));
  const [first] = open;
  if (first === undefined) throw new RangeError("union: nothing to join");
  if (known.size === 1) return first;
  return freeze({
    kind: "union",
    of: [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part),
  });
};

/** Recurrences and their parts are built here alone, so equal ones have equal JSON. */
export const isSame = (one: unknown, other: unknown): boolean =>
  JSON.stringify(one) === JSON.stringify(other);

/** "every hour at :15 and every hour at :45" */
const joinedTimes = (one: Recurrence, other: Recurrence): Recurrence | undefined => {
  if (one.kind !== "calendar" || other.kind !== "calendar" || one.step || other.step) return undefined;
  const { dates, times } = one;
  const more = other.times;
  if (!isSame(dates, other.dates)) return undefined;
  if (times.kind === "list" && more.kind === "list")
    return calendar({ dates, times: timeList([...times.at, ...more.at].map(parseTime)) });
  if (times.kind !== "fields" || more.kind !== "fields" || !times.minutes || !more.minutes) return undefined;
  const minutes = [...times.minutes, ...more.minutes];
  return isSame({ ...times, minutes }, { ...more, minutes })
    ? calendar({ dates, times: fields({ ...times, minutes }) })
    : undefined;
};

/**
 * Without some occurrences; nested exceptions are joined.
 *
 * @throws ScheduleError `never` for exceptions that leave no day.
 */
export const except = (of: Recurrence, ...not: readonly Exclusion[]): Recurrence => {
  const all = normalExclusions(of.kind === "except" ? [...of.not, ...not] : not);
  return all.length === 0 ? of : freeze({ kind: "except", of: of.kind === "except" ? of.of : of, not: all });
};

/** Only inside daily windows. */
export const within = (of: Recurrence, windows: readonly DailyWindow[]): Recurrence =>
  windows.length === 0 ? of : freeze({ kind: "within", of, windows: normalWindows(windows) });

/** A start, an end, a number of runs; of two, the narrower applies. They stay inside a zone, because they need none. */
export const bounded = (of: Recurrence, bounds: Bounds): Recurrence => {
  if (of.kind === "zoned") return zoned(bounded(of.of, bounds), of.zone);
  const sides: readonly Bounds[] = of.kind === "bounded" ? [bounds, of] : [bounds];
  const starting = Math.max(...sides.map((side) => side.starting ?? -Infinity)) as Instant;
  const until = Math.min(...sides.map((side) => side.until ?? Infinity)) as Instant;
  const times = Math.min(...sides.map((side) => side.times ?? Infinity));
  const startDate = sides.find((side) => side.starting === starting)?.startDate;
  const untilDate = sides.find((side) => side.until === until)?.untilDate;
  if (starting === -Infinity && until === Infinity && times === Infinity) return of;
  return freeze({
    kind: "bounded",
    of: of.kind === "bounded" ? of.of : of,
    ...(starting !== -Infinity && { starting }),
    ...(startDate && { startDate }),
    ...(until !== Infinity && { until }),
    ...(untilDate && { untilDate }),
    ...(times !== Infinity && { times }),
  });
};

/** The bounds of a {@link Bounded}. */
export type Bounds = { readonly [K in Exclude<keyof Bounded, "kind" | "of">]?: Bounded[K] | undefined };

/** A start at a wall time: its instant, and its date where a clock change skips it. */
export const beginningAt = (zone: Zone, wall: WallTime): Beginning => {
  const starting = resolveWall(zone, wall);
  return { starting, startDate: skippedDate(zone, starting, Math.floor(wall / day)) };
};

/** The end of a date: its last millisecond, and the date where a clock change skips it. */
export const endOfDate = (zone: Zone, date: DayNumber): Ending => {
  const until = (resolveWall(zone, ((date + 1) * day) as WallTime) - 1) as Instant;
  return { until, untilDate: skippedDate(zone, until, date) };
};

/** The end of so many days: the wall time they reach, and the date before it where a clock change skips that date. */
export const endOfDays = (zone: Zone, wall: WallTime): Ending => ({
  until: resolveWall(zone, wall),
  untilDate: endOfDate(zone, Math.floor(wall / day) - 1).untilDate,
});

/** The wall time that a start was given as. */
export const wallOf = (zone: Zone, { starting, startDate }: Beginning): WallTime => {
  const wall = wallAt(zone, starting);
  return (startDate === undefined ? wall : parseDate(startDate) * day + mod(wall, day)) as WallTime;
};

/** A date that the wall clock does not show at its moment. */
export const skippedDate = (zone: Zone, at: Instant, date: DayNumber): PlainDate | undefined =>
  Math.floor(wallAt(zone, at) / day) === date ? undefined : formatDate(date);

/** The start of a {@link Bounded}. */
export type Beginning = Pick<Bounds, "startDate"> & { readonly starting: Instant };
/** The end of one. */
export type Ending = Pick<Bounds, "untilDate"> & { readonly until: Instant };

/** With its own zone; the innermost zone applies. */
export const zoned = (of: Recurrence, zone: string): Recurrence =>
  of.kind === "zoned" ? of : freeze({ kind: "zoned", zone, of });

/** A window of the day from two wall times in milliseconds. */
export const dailyWindow = (from: number, to: number): DailyWindow => ({
  from: formatTime(from),
  to: formatTime(to),
});

/** Sorted, without duplicates. */
export const sorted = (numbers: Iterable<number>): number[] => {
  const all = [...numbers];
  return all.every((number, i) => i === 0 || all[i - 1]! < number)
    ? all
    : [...new Set(all)].sort((a, b) => a - b);
};

/** Sorted, without duplicates. */
const normalWindows = (windows: readonly DailyWindow[]): readonly DailyWindow[] =>
  [...new Map(windows.map((window) => [`${window.from} ${window.to}`, window])).values()]
    .map(({ from, to }) => ({ from, to }))
    .sort((a, b) => parseTime(a.from) - parseTime(b.from) || parseTime(a.to) - parseTime(b.to));

/**
 * Sorted lists without duplicates. All months, all weekdays and empty lists are dropped; undefined when nothing is left.
 * Days of one month are dates of the year (`25 December`); the same days of several months stay days of the month.
 */
export const normalDates = (input: Dates): Dates | undefined => {
  const { months, days } = annualOrMonthly(
    input.months && sorted(input.months),
    input.days && normalRules(input.days),
  );
  const weekdays = input.weekdays && sorted(input.weekdays);
  const kept: Dates = {
    ...(months && isRestrictive(months, 12) && { months }),
    ...(weekdays && isRestrictive(weekdays, 7) && { weekdays }),
    ...(days && isRestrictive(days, Infinity) && { days }),
  };
  return Object.keys(kept).length > 0 ? kept : undefined;
};

/** Joins exclusions where possible; the rest is sorted and without duplicates. */
const normalExclusions = (all: readonly Exclusion[]): readonly Exclusion[] => {
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
    ...of("days"),
    ...(times.length > 0
      ? [{ kind: "times" as const, at: sorted(times.map(parseTime)).map(formatTime) }]
      : []),
    ...windows.filter(({ from, to }) => from !== to).map((window) => ({ kind: "window" as const, window })),
  ];
};

/** Freezes deeply; a frozen value is assumed to be frozen throughout. */
export const freeze = <T extends object>(value: T): T => {
  if (Object.isFrozen(value)) return value;
  const isFlat = Array.isArray(value) && typeof value[0] !== "object";
  if (!isFlat)
    for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
};

const isRestrictive = (list: readonly unknown[], all: number): boolean =>
  list.length > 0 && list.length < all;

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

const isDateOf = (rule: DayRule, month: number): boolean =>
  rule.kind === "day" && rule.day > 0 && rule.day <= monthLength(leapYear, month);

const normalRules = (rules: readonly DayRule[]): readonly DayRule[] => {
  const known = new Map(rules.map((rule) => [ruleOrder(rule), { ...rule }]));
  return [...known].sort(([a], [b]) => a - b).map(([, rule]) => rule);
};

const ruleKinds = ["annual", "year-day", "day", "near", "workday", "nth"] as const;

/** By kind, then by position in the month; those counted from the end come last. */
const ruleOrder = (rule: DayRule): number => {
  const place = (n: number) => (n < 0 ? 1_000 + n : n);
  const [first, second] =
    rule.kind === "annual"
      ? [rule.month, rule.day]
      : "nth" in rule
        ? [place(rule.nth), rule.kind === "nth" ? rule.weekday : 0]
        : [place(rule.day), 0];
  return ruleKinds.indexOf(rule.kind) * 1_000_000 + first * 1_000 + second;
};

/** Joins conditions on a single part: without Mondays and without Tuesdays is without both. */
const joinedDates = (all: readonly Dates[]): readonly Dates[] => {
  const normal = all.map(normalExcluded);
  const isAlone = (dates: Dates) => Object.keys(dates).length === 1;
  const alone = normal.filter(isAlone);
  const together = (["months", "weekdays", "days"] as const).flatMap((part) => {
    const listed = alone.flatMap((dates): readonly unknown[] => dates[part] ?? []);
    return listed.length > 0 ? [normalExcluded({ [part]: listed } as Dates)] : [];
  });
  const joined = [...normal.filter((dates) => !isAlone(dates)), ...together];
  const known = new Map(joined.map((dates) => [JSON.stringify(dates), dates]));
  return [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, dates]) => dates);
};

const normalExcluded = (input: Dates): Dates => {
  const normal = normalDates(input);
  if (normal) return normal;
  throw new ScheduleError({
    code: "never",
    what: texts().errors.exception.what,
    accepted: texts().errors.exception.noDayLeft,
  });
};

/** Joins ranges that touch or overlap. */
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
