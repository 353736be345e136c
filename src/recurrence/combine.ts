import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatTime, hour, minute, parseTime, second } from "../time/plain-time.ts";
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

/** Elapsed time from the anchor. */
export const interval = (every: Milliseconds, more: Pick<Interval, "random" | "spaced"> = {}): Recurrence =>
  freeze({
    kind: "interval",
    every,
    ...(more.random && more.random.to !== every && { random: more.random }),
    ...(more.spaced && { spaced: true as const }),
  });

export const anchorTime: Times = Object.freeze({ kind: "anchor" });

/** Wall times, sorted, each once. */
export const timeList = (times: Iterable<number>): Times =>
  freeze({ kind: "list", at: sorted(times).map(formatTime) });

/** A grid of elapsed steps in windows of the day; without windows, the whole day. */
export const grid = (every: Milliseconds, windows: readonly DailyWindow[] = []): Times =>
  freeze({ kind: "grid", every, ...(windows.length > 0 && { windows: sortedWindows(windows) }) });

/**
 * Cron's fields; few fixed ones are a list of times, so that `0 9 * * *` and "every day at 09:00" are one value.
 * A field that holds every value of its range says nothing and is left out, but for what it says about clock changes.
 */
export const fields = (said: {
  readonly hours?: Iterable<number> | undefined;
  readonly minutes?: Iterable<number> | undefined;
  readonly seconds?: Iterable<number> | undefined;
  readonly follows: "elapsed" | "wall";
}): Times => {
  const hours = said.hours && sorted(said.hours);
  const minutes = said.minutes && sorted(said.minutes);
  const seconds = said.seconds && sorted(said.seconds);
  const follows = hours && minutes ? said.follows : "elapsed";
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
    ...(seconds && (seconds.length < 60 || follows === "wall") && { seconds }),
    follows,
  });
};

/** A list of times longer than this is easier to read as hours and minutes. */
const mostListed = 12;

/** Wall times on dates. A step of one unit next to dates says nothing and is left out. */
export const calendar = (said: {
  readonly step?: Step | undefined;
  readonly dates?: Dates | undefined;
  readonly times: Times;
}): Recurrence => {
  const when = said.dates && dates(said.dates);
  const step = said.step && plainStep(said.step, when, said.times);
  return freeze({
    kind: "calendar",
    ...(step && { step }),
    ...(when && { dates: when }),
    times: said.times,
  } as Calendar);
};

const plainStep = (step: Step, when: Dates | undefined, times: Times): Step | undefined => {
  const random = step.to !== undefined && step.to !== step.every;
  if (!random && step.every === 1 && (when || (step.unit === "day" && times.kind !== "anchor")))
    return undefined;
  return random ? step : { every: step.every, unit: step.unit };
};

/** Sorted lists, each entry once; all months or all weekdays say nothing. Undefined when nothing is left. */
export const dates = (said: Dates): Dates | undefined => {
  const months = said.months && sorted(said.months);
  const weekdays = said.weekdays && sorted(said.weekdays);
  const days = said.days && sortedRules(said.days);
  const kept: Dates = {
    ...(months && months.length < 12 && { months }),
    ...(weekdays && weekdays.length < 7 && { weekdays }),
    ...(days && days.length > 0 && { days }),
  };
  return Object.keys(kept).length > 0 ? freeze(kept) : undefined;
};

/** All of several: nested ones are laid open, equal ones are one. */
export const union = (...parts: readonly Recurrence[]): Recurrence => {
  const open = parts.flatMap((part) => (part.kind === "union" ? part.of : [part]));
  const known = new Map(open.map((part) => [JSON.stringify(part), part]));
  return known.size === 1 ? open[0]! : freeze({ kind: "union", of: [...known.values()] });
};

export const except = (of: Recurrence, ...not: readonly Exclusion[]): Recurrence => {
  const all = of.kind === "except" ? [...of.not, ...not] : not;
  const known = new Map(all.map((exclusion) => [JSON.stringify(exclusion), exclusion]));
  if (known.size === 0) return of;
  return freeze({
    kind: "except",
    of: of.kind === "except" ? of.of : of,
    not: [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, exclusion]) => exclusion),
  });
};

/** Only inside daily windows. */
export const within = (of: Recurrence, windows: readonly DailyWindow[]): Recurrence =>
  windows.length === 0 ? of : freeze({ kind: "within", of, windows: sortedWindows(windows) });

/** A beginning, an end, a number of runs; said twice, the narrower holds. */
export const bounded = (of: Recurrence, bounds: Omit<Bounded, "kind" | "of">): Recurrence => {
  const inner: Omit<Bounded, "kind" | "of"> = of.kind === "bounded" ? of : {};
  const starting = narrower(inner.starting, bounds.starting, Math.max);
  const until = narrower(inner.until, bounds.until, Math.min);
  const times = narrower(inner.times, bounds.times, Math.min);
  if (starting === undefined && until === undefined && times === undefined) return of;
  return freeze({
    kind: "bounded",
    of: of.kind === "bounded" ? of.of : of,
    ...(starting !== undefined && { starting }),
    ...(until !== undefined && { until }),
    ...(times !== undefined && { times }),
  });
};

/** Read in a zone; the zone said first, nearest to the recurrence, holds. */
export const zoned = (of: Recurrence, zone: string): Recurrence =>
  of.kind === "zoned" ? of : freeze({ kind: "zoned", zone, of });

/** A window of the day from two wall times in milliseconds. */
export const dailyWindow = (from: number, to: number): DailyWindow => ({
  from: formatTime(from),
  to: formatTime(to),
});

const narrower = <N extends number>(
  a: N | undefined,
  b: N | undefined,
  pick: (...of: number[]) => number,
): N | undefined => (a === undefined ? b : b === undefined ? a : (pick(a, b) as N));

const sorted = (numbers: Iterable<number>): number[] => [...new Set(numbers)].sort((a, b) => a - b);

const sortedWindows = (windows: readonly DailyWindow[]): readonly DailyWindow[] =>
  [...new Map(windows.map((window) => [`${window.from} ${window.to}`, window])).values()]
    .map(({ from, to }) => ({ from, to }))
    .sort((a, b) => parseTime(a.from) - parseTime(b.from) || parseTime(a.to) - parseTime(b.to));

const ruleKinds = ["annual", "year-day", "day", "near", "workday", "nth"] as const;

const sortedRules = (rules: readonly DayRule[]): readonly DayRule[] => {
  const known = [...new Map(rules.map((rule) => [JSON.stringify(ruleOrder(rule)), rule])).values()];
  return known.sort((a, b) => compareLists(ruleOrder(a), ruleOrder(b)));
};

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

/** Frozen to the bottom; what is frozen already is not looked into. */
const freeze = <T extends object>(value: T): T => {
  if (Object.isFrozen(value)) return value;
  for (const part of Object.values(value)) if (typeof part === "object" && part !== null) freeze(part);
  return Object.freeze(value);
};
