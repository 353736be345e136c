import type {
  Calendar,
  DailyWindow,
  Dates,
  DateUnit,
  DayRule,
  Exclusion,
  Recurrence,
  Step,
  Times,
} from "../../src/recurrence/recurrence.ts";
import { changesOf, offsetIn } from "../time/offsets.ts";

/** Where and from when a recurrence is counted; the zone by its name. */
export interface Place {
  readonly zone: string;
  readonly anchor: number;
  readonly inclusive?: boolean;
  /** The date of an inclusive anchor, where the wall shows another one then. */
  readonly startDate?: number | undefined;
}

/**
 * All occurrences from one moment to another, both included, in order, each once: by walking through the dates and looking at
 * each, as the definitions read. Slow, lazy, and sharing nothing with the triggers. Knows no random lengths.
 *
 * A calendar's and an interval's occurrences all come after the anchor (or, if it is inclusive, at it).
 */
export function* occurrences(of: Recurrence, place: Place, from: number, to: number): Generator<number> {
  for (const { at } of walk(of, place, from, to)) yield at;
}

function* walk(of: Recurrence, place: Place, from: number, to: number): Generator<Match> {
  switch (of.kind) {
    case "once":
      if (of.at >= from && of.at <= to && hasBegun(place, of.at)) yield { at: of.at };
      return;
    case "interval": {
      if (of.random) throw new Error("Random lengths have no slow walk");
      const passed = Math.max(0, Math.floor((from - place.anchor) / of.every) - 1);
      for (let at = place.anchor + passed * of.every; at <= to; at += of.every)
        if (at >= from && hasBegun(place, at)) yield { at };
      return;
    }
    case "calendar":
      yield* calendarWalk(of, place, from, to);
      return;
    case "union":
      yield* merged(of.of.map((part) => walk(part, place, from, to)));
      return;
    case "except":
      for (const match of walk(of.of, place, from, to))
        if (!of.not.some((exclusion) => excludes(exclusion, place.zone, match))) yield match;
      return;
    case "within":
      for (const match of walk(of.of, place, from, to))
        if (of.windows.some((window) => holds(window, timeOf(wallAt(place.zone, match.at))))) yield match;
      return;
    case "bounded": {
      const begin =
        of.starting === undefined
          ? place
          : { zone: place.zone, anchor: of.starting, inclusive: true, startDate: dateWritten(of.startDate) };
      let left = of.times ?? Infinity;
      const walkFrom = of.times === undefined ? Math.max(from, begin.anchor) : begin.anchor;
      for (const match of walk(of.of, begin, walkFrom, to)) {
        if (!hasBegun(begin, match.at)) continue;
        if (left-- === 0) return;
        if (match.at > (of.until ?? Infinity) + 2 * oneDay) return;
        if (match.at >= from && isBeforeEnd(match, of.until, place.zone)) yield match;
      }
      return;
    }
    case "zoned":
      for (const match of walk(of.of, { ...place, zone: of.zone }, from, to))
        yield of.zone === place.zone ? match : { at: match.at };
  }
}

/** An end that is the last moment of a day includes what is wanted on that day, however late a gap makes it. */
const isBeforeEnd = ({ at, date }: Match, until: number | undefined, zone: string): boolean => {
  if (until === undefined || at <= until) return true;
  const [last, next] = [dateOf(wallAt(zone, until)), dateOf(wallAt(zone, until + 1))];
  return date !== undefined && next > last && date <= last;
};

const dateWritten = (date: string | undefined): number | undefined =>
  date === undefined ? undefined : Date.parse(`${date}T00:00:00Z`) / oneDay;

/** The first occurrence strictly after a moment and not later than another. */
export const firstAfter = (of: Recurrence, place: Place, after: number, to: number): number | null => {
  for (const at of occurrences(of, place, after + 1, to)) return at;
  return null;
};

/** The instant of a wanted wall time: the first that shows it; in a gap, as if the clock had not been changed yet. */
export const resolve = (zone: string, wall: number): number => {
  const near = changesOf(zone).filter(({ at }) => Math.abs(at - wall) < 2 * oneDay);
  const offsets = [offsetIn(zone, wall), ...near.flatMap(({ before, after }) => [before, after])];
  const shown = offsets.map((offset) => wall - offset).filter((at) => wallAt(zone, at) === wall);
  if (shown.length > 0) return Math.min(...shown);
  const gap = near.find(({ at, before, after }) => at + before <= wall && wall < at + after);
  if (!gap)
    throw new Error(`No clock of ${zone} shows ${new Date(wall).toISOString()}, and no change hides it`);
  return wall - gap.before;
};

export const wallAt = (zone: string, at: number): number => at + offsetIn(zone, at);

const oneDay = 86_400_000;
/** No clock is further from UTC. */
const furthest = 15 * 3_600_000;

const hasBegun = ({ anchor, inclusive }: Place, at: number): boolean =>
  inclusive ? at >= anchor : at > anchor;

const dateOf = (wall: number): number => Math.floor(wall / oneDay);
const timeOf = (wall: number): number => wall - dateOf(wall) * oneDay;

/** An instant, and the date on which it was wanted: not the one it falls on when a gap moves it over midnight. */
interface Match {
  readonly at: number;
  /** Left out where the date on the wall counts. */
  readonly date?: number | undefined;
}

interface Wanted {
  readonly at: number;
  readonly date: number;
  /** Whether the date counts, whatever the wall shows. */
  readonly isOwn: boolean;
}

/** Of several wanted times on one instant the last counts, which the wall shows. */
function* calendarWalk(of: Calendar, place: Place, from: number, to: number): Generator<Match> {
  const dates = datesOf(of, place, to);
  if (!dates) return;
  let waiting: Wanted | undefined;
  const asMatch = ({ at, date, isOwn }: Wanted): Match => (isOwn ? { at, date } : { at });
  for (const match of matches(of.times, dates, place, from, to)) {
    if (waiting && match.at > waiting.at) yield asMatch(waiting);
    waiting = match;
  }
  if (waiting) yield asMatch(waiting);
}

/** The condition on dates that a calendar says, its step counted out; nothing when counting never begins. */
const datesOf = (of: Calendar, place: Place, to: number): ((date: number) => boolean) | undefined => {
  const fits = (date: number) => of.dates === undefined || datesHold(of.dates, date);
  if (of.step === undefined) return fits;
  const { every, unit } = of.step;
  const base = baseOf(of, fits, place, to);
  if (base === undefined) return undefined;
  return of.dates
    ? (date) => fits(date) && (unitNumber(unit, date) - unitNumber(unit, base)) % every === 0
    : (date) => isStep(of.step!, base, date);
};

/** The date counting begins on: the anchor's for its own time of day, else that of the first match. */
const baseOf = (
  { dates, times }: Calendar,
  fits: (date: number) => boolean,
  place: Place,
  to: number,
): number | undefined => {
  if (!dates && times.kind === "anchor") return anchorDate(place);
  for (const { date } of matches(times, fits, place, place.anchor, to)) return date;
  return undefined;
};

const anchorDate = ({ zone, anchor, startDate }: Place): number => startDate ?? dateOf(wallAt(zone, anchor));

/** Whole days, weeks from Monday to Sunday, months or years, counted from some beginning. */
const unitNumber = (unit: DateUnit, date: number): number => {
  const { year, month } = fieldsOf(date);
  if (unit === "day") return date;
  if (unit === "week") return Math.floor((date - aMonday) / 7);
  return unit === "month" ? year * 12 + month : year;
};

const aMonday = Date.UTC(2024, 0, 1) / oneDay;

/** Whether a date is the base plus a number of whole steps, short months ending on their last day. */
const isStep = ({ every, unit }: Step, base: number, date: number): boolean => {
  if (date < base) return false;
  if (unit === "day") return (date - base) % every === 0;
  if (unit === "week") return (date - base) % (7 * every) === 0;
  const [then, now] = [fieldsOf(base), fieldsOf(date)];
  const clamped = now.day === Math.min(then.day, lengthOf(now));
  if (unit === "month")
    return (unitNumber("month", date) - unitNumber("month", base)) % every === 0 && clamped;
  return now.month === then.month && (now.year - then.year) % every === 0 && clamped;
};

/** What dates and times say after the anchor, in order: a day's moments wait until no later day can come before them. */
function* matches(
  times: Times,
  fits: (date: number) => boolean,
  place: Place,
  from: number,
  to: number,
): Generator<Wanted> {
  const begin = Math.max(from, place.anchor);
  const first = place.inclusive ? anchorDate(place) : -Infinity;
  let waiting: Wanted[] = [];
  for (let date = dateOf(begin - furthest) - 2; date * oneDay - furthest <= to; date++) {
    if (fits(date))
      for (const { at, isOwn } of timesOn(times, date, place))
        if (!isOwn || date >= first) waiting.push({ at, date, isOwn });
    const safe = (date + 1) * oneDay - furthest;
    const ready = waiting.filter(({ at }) => at < safe);
    waiting = waiting.filter(({ at }) => at >= safe);
    ready.sort((a, b) => a.at - b.at || a.date - b.date);
    for (const match of ready)
      if (match.at >= begin && match.at <= to && hasBegun(place, match.at)) yield match;
  }
}

/** The instants that belong to a date. */
const timesOn = (times: Times, date: number, { zone, anchor }: Place): Omit<Wanted, "date">[] => {
  const midnight = date * oneDay;
  const own = (list: readonly number[]) => list.map((at) => ({ at, isOwn: true }));
  const shown = (list: readonly number[]) => list.map((at) => ({ at, isOwn: false }));
  switch (times.kind) {
    case "anchor":
      return own([resolve(zone, midnight + timeOf(wallAt(zone, anchor)))]);
    case "list":
      return own(times.at.map((time) => resolve(zone, midnight + read(time))));
    case "grid":
      return times.windows
        ? times.windows.flatMap(({ from, to }) => {
            const passesMidnight = read(to) < read(from);
            const close = midnight + read(to) + (passesMidnight ? oneDay : 0);
            const steps = upTo(resolve(zone, midnight + read(from)), resolve(zone, close), times.every);
            return passesMidnight ? shown(steps) : own(steps);
          })
        : shown(upTo(resolve(zone, midnight), resolve(zone, midnight + oneDay) - 1, times.every));
    case "fields": {
      const has = (list: readonly number[] | undefined, n: number) => list === undefined || list.includes(n);
      const seconds = sixty.filter((n) => has(times.seconds, n));
      const onMinute = (wall: number) =>
        has(times.hours, Math.floor(timeOf(wall) / 3_600_000)) &&
        has(times.minutes, Math.floor(timeOf(wall) / 60_000) % 60);
      const minutes =
        times.follows === "wall"
          ? upTo(midnight, midnight + oneDay - 1, 60_000).filter(onMinute)
          : upTo(midnight - furthest, midnight + oneDay + furthest, 60_000).filter((at) => {
              const wall = wallAt(zone, at);
              return dateOf(wall) === date && onMinute(wall);
            });
      const all = minutes.flatMap((at) => seconds.map((n) => at + n * 1_000));
      return times.follows === "wall" ? own(all.map((wall) => resolve(zone, wall))) : shown(all);
    }
  }
};

const sixty = Array.from({ length: 60 }, (_, n) => n);

const upTo = (from: number, to: number, by: number): number[] => {
  const list: number[] = [];
  for (let at = from; at <= to; at += by) list.push(at);
  return list;
};

/** `"09:00:30.250"` in milliseconds. */
const read = (time: string): number => {
  const old = timesRead.get(time);
  if (old !== undefined) return old;
  const [hours, minutes, seconds = 0] = time.split(":").map(Number) as [number, number, number?];
  const fresh = hours * 3_600_000 + minutes * 60_000 + Math.round(seconds * 1_000);
  timesRead.set(time, fresh);
  return fresh;
};

const timesRead = new Map<string, number>();

const holds = (window: DailyWindow, time: number): boolean => {
  const [from, to] = [read(window.from), read(window.to)];
  return from <= to ? from <= time && time <= to : time >= from || time <= to;
};

const excludes = (exclusion: Exclusion, zone: string, { at, date: wanted }: Match): boolean => {
  const wall = wallAt(zone, at);
  const date = wanted ?? dateOf(wall);
  switch (exclusion.kind) {
    case "dates":
      return datesHold(exclusion.dates, date);
    case "range": {
      const written = new Date(date * oneDay).toISOString().slice(0, 10);
      return exclusion.from <= written && written <= exclusion.to;
    }
    case "days": {
      const written = new Date(date * oneDay).toISOString().slice(0, 10);
      const { days, covers } = exclusion.set;
      const isCovered = !covers || (covers.from <= written && written <= covers.to);
      return !isCovered || (days as readonly string[]).includes(written) !== (exclusion.only ?? false);
    }
    case "times":
      return exclusion.at.some((time) => read(time) === timeOf(wall));
    case "window":
      return holds(exclusion.window, timeOf(wall));
  }
};

interface Fields {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  /** 1 Monday to 7 Sunday. */
  readonly weekday: number;
}

const fieldsOf = (date: number): Fields => {
  const then = new Date(date * oneDay);
  return {
    year: then.getUTCFullYear(),
    month: then.getUTCMonth() + 1,
    day: then.getUTCDate(),
    weekday: then.getUTCDay() || 7,
  };
};

const lengthOf = ({ year, month }: Pick<Fields, "year" | "month">): number =>
  new Date(Date.UTC(year, month, 0)).getUTCDate();

/** Remembered for each date: those who ask about every second ask about one date often. */
const datesHold = (dates: Dates, date: number): boolean => {
  const answers = datesAsked.get(dates) ?? new Map<number, boolean>();
  datesAsked.set(dates, answers);
  const fresh = answers.get(date) ?? conditionHolds(dates, date);
  answers.set(date, fresh);
  return fresh;
};

const datesAsked = new WeakMap<Dates, Map<number, boolean>>();

const conditionHolds = ({ months, weekdays, days }: Dates, date: number): boolean => {
  const { month, weekday } = fieldsOf(date);
  return (
    (months?.includes(month) ?? true) &&
    (weekdays?.includes(weekday) ?? true) &&
    (days?.some((rule) => ruleHolds(rule, date)) ?? true)
  );
};

const ruleHolds = (rule: DayRule, date: number): boolean => {
  const today = fieldsOf(date);
  const { year, month, day } = today;
  const first = Date.UTC(year, month - 1, 1) / oneDay;
  const all = upTo(first, first + lengthOf(today) - 1, 1);
  const workdays = all.filter((other) => fieldsOf(other).weekday <= 5);
  switch (rule.kind) {
    case "day":
      return all.at(rule.day > 0 ? rule.day - 1 : rule.day) === date;
    case "nth": {
      const same = all.filter((other) => fieldsOf(other).weekday === rule.weekday);
      return same.at(rule.nth > 0 ? rule.nth - 1 : rule.nth) === date;
    }
    case "workday":
      return workdays.at(rule.nth > 0 ? rule.nth - 1 : rule.nth) === date;
    case "near": {
      const wanted = all[rule.day - 1];
      if (wanted === undefined) return false;
      const [nearest] = workdays.toSorted((a, b) => Math.abs(a - wanted) - Math.abs(b - wanted));
      return nearest === date;
    }
    case "year-day": {
      const year1 = Date.UTC(year, 0, 1) / oneDay;
      const next1 = Date.UTC(year + 1, 0, 1) / oneDay;
      return date === (rule.day > 0 ? year1 + rule.day - 1 : next1 + rule.day);
    }
    case "annual":
      return month === rule.month && day === rule.day;
  }
};

/** Several walks as one, in order, each moment once. Of several dates for one moment the last counts. */
function* merged(walks: readonly Generator<Match>[]): Generator<Match> {
  const heads = walks.map((walk) => walk.next());
  for (;;) {
    const next = Math.min(...heads.map((head) => (head.done ? Infinity : head.value.at)));
    if (next === Infinity) return;
    const dates: (number | undefined)[] = [];
    for (const [i, walk] of walks.entries()) {
      const head = heads[i]!;
      if (head.done || head.value.at !== next) continue;
      dates.push(head.value.date);
      heads[i] = walk.next();
    }
    const isShown = dates.includes(undefined);
    yield { at: next, date: isShown ? undefined : Math.max(...(dates as number[])) };
  }
}
