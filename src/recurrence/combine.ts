import type { Instant, Milliseconds } from "../time/instant.ts";
import { formatDate } from "../time/plain-date.ts";
import { day, formatTime, hour, minute, second } from "../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import { freeze, normalDates, normalExclusions, normalWindows, sorted } from "./normal.ts";
import type {
  Bounded,
  Calendar,
  DailyWindow,
  Dates,
  Exclusion,
  Interval,
  Recurrence,
  Step,
  Times,
} from "./recurrence.ts";

/** One moment. */
export const once = (at: Instant): Recurrence => freeze({ kind: "once", at });

/** Elapsed time from the anchor. The longest random length is one that can be drawn. */
export const interval = (every: Milliseconds, more: Pick<Interval, "random" | "spaced"> = {}): Recurrence => {
  if (!more.random && !more.spaced) return length(every);
  const unit = more.random?.unit ?? (1 as Milliseconds);
  const to = every + Math.floor(((more.random?.to ?? every) - every) / unit) * unit;
  return freeze({
    kind: "interval",
    every,
    ...(to !== every && { random: { to: to as Milliseconds, unit } }),
    ...(more.spaced && { spaced: true as const }),
  });
};

/** What never changes can be one for many: a thousand jobs that are said in a row mostly have one length. */
const length = (every: Milliseconds): Recurrence => {
  if (lastLength.every !== every) lastLength = Object.freeze({ kind: "interval", every });
  return lastLength;
};
let lastLength: Interval = { kind: "interval", every: 0 as Milliseconds };

export const anchorTime: Times = Object.freeze({ kind: "anchor" });

/** Wall times, sorted, each once; many that are all of some hours, minutes and seconds are told as those. */
export const timeList = (times: Iterable<number>): Times => {
  const all = sorted(times);
  const parts = all.length > mostListed && all.every((time) => time % second === 0) && partsOf(all);
  return parts && parts.hours.length * parts.minutes.length * parts.seconds.length === all.length
    ? fields({ ...parts, follows: "wall" })
    : freeze({ kind: "list", at: all.map(formatTime) });
};

const partsOf = (times: readonly number[]) => ({
  hours: sorted(times.map((time) => Math.floor(time / hour))),
  minutes: sorted(times.map((time) => Math.floor(time / minute) % 60)),
  seconds: sorted(times.map((time) => Math.floor(time / second) % 60)),
});

/** A grid of elapsed steps in windows of the day; without windows, the whole day. */
export const grid = (every: Milliseconds, windows: readonly DailyWindow[] = []): Times =>
  freeze({ kind: "grid", every, ...(windows.length > 0 && { windows: normalWindows(windows) }) });

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
    ...(seconds && seconds.length < 60 && { seconds }),
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
  const step = normalStep(said.step, when, said.times);
  return freeze({
    kind: "calendar",
    ...(step && { step }),
    ...(when && { dates: when }),
    times: said.times,
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

/** Sorted lists, each entry once; all months or all weekdays say nothing. Undefined when nothing is left. */
export const dates = (said: Dates): Dates | undefined => {
  const normal = normalDates(said);
  return normal && freeze(normal);
};

/** All of several, at least one: nested ones are laid open, equal ones are one, and their order does not matter. */
export const union = (...parts: readonly Recurrence[]): Recurrence => {
  const open = parts.flatMap((part) => (part.kind === "union" ? part.of : [part]));
  const known = new Map(open.map((part) => [JSON.stringify(part), part]));
  const [first] = open;
  if (first === undefined) throw new RangeError("union: nothing to join");
  if (known.size === 1) return first;
  return freeze({
    kind: "union",
    of: [...known].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, part]) => part),
  });
};

/**
 * Without some occurrences; exceptions from exceptions are all of them.
 *
 * @throws ScheduleError `recurrence` for an exception that leaves no day.
 */
export const except = (of: Recurrence, ...not: readonly Exclusion[]): Recurrence => {
  const all = normalExclusions(of.kind === "except" ? [...of.not, ...not] : not);
  return all.length === 0 ? of : freeze({ kind: "except", of: of.kind === "except" ? of.of : of, not: all });
};

/** Only inside daily windows. */
export const within = (of: Recurrence, windows: readonly DailyWindow[]): Recurrence =>
  windows.length === 0 ? of : freeze({ kind: "within", of, windows: normalWindows(windows) });

/** A beginning, an end, a number of runs; said twice, the narrower holds. They stand inside a zone, as they ask for none. */
export const bounded = (of: Recurrence, bounds: Omit<Bounded, "kind" | "of">): Recurrence => {
  if (of.kind === "zoned") return zoned(bounded(of.of, bounds), of.zone);
  const inner: Omit<Bounded, "kind" | "of"> = of.kind === "bounded" ? of : {};
  const starting = narrower(inner.starting, bounds.starting, Math.max);
  const { startDate } = [bounds, inner].find((side) => side.starting === starting) ?? {};
  const until = narrower(inner.until, bounds.until, Math.min);
  const times = narrower(inner.times, bounds.times, Math.min);
  if (starting === undefined && until === undefined && times === undefined) return of;
  return freeze({
    kind: "bounded",
    of: of.kind === "bounded" ? of.of : of,
    ...(starting !== undefined && { starting, ...(startDate !== undefined && { startDate }) }),
    ...(until !== undefined && { until }),
    ...(times !== undefined && { times }),
  });
};

/** What begins at a wall time: its instant, and its date where a clock change skips that. */
export const beginningAt = (zone: Zone, wall: WallTime): Beginning => {
  const starting = resolveWall(zone, wall);
  const date = Math.floor(wall / day);
  const isShown = Math.floor(wallAt(zone, starting) / day) === date;
  return isShown ? { starting } : { starting, startDate: formatDate(date) };
};

/** The beginning of a {@link Bounded}. */
export type Beginning = Pick<Bounded, "startDate"> & { readonly starting: Instant };

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
