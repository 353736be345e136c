import type { Instant } from "../../time/instant.ts";
import { type DayNumber, mod, parseDate } from "../../time/plain-date.ts";
import { day, parseTime } from "../../time/plain-time.ts";
import { type Span, wallAt, widest, type Zone } from "../../time/zone.ts";
import type { Bounded, DailyWindow, Exclusion } from "../recurrence.ts";
import { isOn } from "./dates.ts";
import { readWindow } from "./grid.ts";
import { farthest, type Search } from "./trigger.ts";

/** Only the occurrences inside a daily window; outside, the search continues at the next opening. */
export const searchWithin = (inner: Search, windows: readonly DailyWindow[], zone: Zone): Search => {
  const all = windows.map(readWindow);
  const isOpen = (time: number) =>
    all.some(({ from, to }) => (time >= from && time <= to) || time + day <= to);
  const next = (after: number): number => {
    for (let at = inner.next(after); at - after < farthest; ) {
      const span = zone.spanAt(at as Instant);
      const time = mod(at + span.offset, day);
      if (isOpen(time)) return at;
      at = inner.next(Math.max(at, lastOf(span, at, untilOpening(all, time))));
    }
    return Infinity;
  };
  return { next, date: () => inner.date?.() };
};

/** How long the windows stay closed after a time of day, in milliseconds. */
const untilOpening = (windows: readonly { readonly from: number }[], time: number): number => {
  let shortest = Infinity;
  for (const { from } of windows)
    shortest = Math.min(shortest, from > time ? from - time : from + day - time);
  return shortest;
};

/** The last instant of a stretch of wall time that begins at an instant, or of the span, where the wall clock may jump. */
const lastOf = (span: Span, at: number, length: number): number => Math.min(at + length, span.to) - 1;

/**
 * All but the excluded occurrences; after an excluded date or window, the search continues behind it. An excluded date includes what is
 * planned on it but moved past midnight by a gap.
 */
export const searchExcept = (inner: Search, not: readonly Exclusion[], zone: Zone): Search => {
  const onDate = not.flatMap((exclusion) => wholeDates(exclusion) ?? []);
  const atTime = not.flatMap((exclusion) => someTimes(exclusion) ?? []);
  if (leaveNoTime(atTime)) return { next: () => Infinity };
  const lastDate = Math.min(...not.map(lastCovered));
  const next = (after: number): number => {
    for (let at = inner.next(after); at - after < farthest; ) {
      const span = zone.spanAt(at as Instant);
      const shown = Math.floor((at + span.offset) / day);
      const date = inner.date?.() ?? shown;
      if (date > lastDate) return Infinity;
      const time = at + span.offset - shown * day;
      const isOut = onDate.some((covers) => covers(date));
      const isWholeDay = !inner.date || at - span.from > widest;
      const rest = isOut && isWholeDay ? day - 1 - time : longestRest(atTime, time);
      if (rest < 0 && !isOut) return at;
      at = inner.next(lastOf(span, at, Math.max(0, rest) + 1));
    }
    return Infinity;
  };
  return { next, date: () => inner.date?.() };
};

/** How long a time of day stays excluded while the wall clock runs evenly, in milliseconds; -1 if it is not excluded. */
type Rest = (time: number) => number;

const longestRest = (rests: readonly Rest[], time: number): number => {
  let longest = -1;
  for (const rest of rests) longest = Math.max(longest, rest(time));
  return longest;
};

/** Whether the windows cover the whole day without a break. */
const leaveNoTime = (rests: readonly Rest[]): boolean => {
  let time = 0;
  for (let rest = 0; time < day && rest >= 0; time += rest + 1) rest = longestRest(rests, time);
  return time >= day;
};

const wholeDates = (exclusion: Exclusion): ((date: DayNumber) => boolean) | undefined => {
  if (exclusion.kind === "dates") return (date) => isOn(exclusion.dates, date);
  if (exclusion.kind === "days") {
    const { set, only = false } = exclusion;
    const days = new Set(set.days.map(parseDate));
    const from = set.covers ? parseDate(set.covers.from) : -Infinity;
    return (date) => date < from || days.has(date) !== only;
  }
  if (exclusion.kind !== "range") return undefined;
  const [from, to] = [parseDate(exclusion.from), parseDate(exclusion.to)];
  return (date) => date >= from && date <= to;
};

/** The last date on which there can be an occurrence. */
const lastCovered = (exclusion: Exclusion): number => {
  if (exclusion.kind !== "days") return Infinity;
  const { set, only } = exclusion;
  const last = set.covers?.to ?? (only ? set.days.at(-1) : undefined);
  return last === undefined ? (only ? -Infinity : Infinity) : parseDate(last);
};

const someTimes = (exclusion: Exclusion): Rest | undefined => {
  if (exclusion.kind === "times") {
    const times = new Set(exclusion.at.map(parseTime));
    return (time) => (times.has(time) ? 0 : -1);
  }
  if (exclusion.kind !== "window") return undefined;
  const { from, to } = readWindow(exclusion.window);
  return (time) => (time >= from && time <= to ? to - time : Math.max(-1, to - day - time));
};

/** Applies the end and the number of runs. `compile` takes care of the start. */
export const searchBounded = (inner: Search, bounds: Bounded, before: number, zone: Zone): Search => {
  const { until = Infinity as Instant, times } = bounds;
  const lastDate = until === Infinity ? Infinity : Math.floor(wallAt(zone, until) / day);
  const isDayEnd = until !== Infinity && Math.floor(wallAt(zone, (until + 1) as Instant) / day) > lastDate;
  const allowed = times === undefined ? inner : searchFirst(inner, times, before);
  const next = (after: number): number => {
    const at = allowed.next(after);
    return at <= until || (isDayEnd && (inner.date?.() ?? Infinity) <= lastDate) ? at : Infinity;
  };
  return { next, date: () => inner.date?.() };
};

/** The first `times` occurrences after an instant, counted on demand and only once. */
const searchFirst = (inner: Search, times: number, before: number): Search => {
  let last = before;
  let count = 0;
  return {
    next(after) {
      if (after < last) return inner.next(after);
      for (let at = last; count < times; last = at, count++) {
        at = inner.next(last);
        if (at > after) return at;
      }
      return Infinity;
    },
  };
};

/**
 * The earliest of several. Each part's last result is kept while it is valid, so a union of a thousand asks one part at a time.
 */
export const searchUnion = (parts: readonly Search[]): Search => {
  const asked = new Float64Array(parts.length).fill(Infinity);
  const answered = new Float64Array(parts.length).fill(-Infinity);
  let earliest = Infinity;
  const next = (after: number): number => {
    earliest = Infinity;
    for (let i = 0; i < parts.length; i++) {
      if (after < asked[i]! || after >= answered[i]!) {
        asked[i] = after;
        answered[i] = parts[i]!.next(after);
      }
      if (answered[i]! < earliest) earliest = answered[i]!;
    }
    return earliest;
  };
  /** Of several dates for one instant the last, which is on the wall clock. */
  const date = (): DayNumber | undefined => {
    let latest = -Infinity;
    for (let i = 0; i < parts.length; i++)
      if (answered[i] === earliest) latest = Math.max(latest, parts[i]!.date?.() ?? Infinity);
    return Number.isFinite(latest) ? latest : undefined;
  };
  return { next, date };
};
