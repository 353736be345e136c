import type { Instant } from "../../time/instant.ts";
import { type DayNumber, parseDate } from "../../time/plain-date.ts";
import { day, parseTime } from "../../time/plain-time.ts";
import { wallAt, widest, type Zone } from "../../time/zone.ts";
import type { Bounded, DailyWindow, Exclusion } from "../recurrence.ts";
import { readWindow } from "./calendar.ts";
import { isOn } from "./dates.ts";
import { countOf, emptyDay, farthest, keyOf, type Search } from "./search.ts";

/** Only the occurrences inside a daily window. */
export const searchWithin = (inner: Search, windows: readonly DailyWindow[], zone: Zone): Search => {
  const all = windows.map(readWindow);
  const isOpen = (time: number) =>
    all.some(({ from, to }) => (time >= from && time <= to) || time + day <= to);
  const untilOpening = (time: number) =>
    Math.min(...all.map(({ from }) => (from > time ? from - time : from + day - time)));
  return searchOutside(inner, zone, (time) => (isOpen(time) ? -1 : untilOpening(time) - 1));
};

/** All but the excluded occurrences. An excluded date includes what is planned on it but moved past midnight by a gap. */
export const searchExcept = (inner: Search, not: readonly Exclusion[], zone: Zone): Search => {
  const onDate = not.flatMap((exclusion) => wholeDates(exclusion) ?? []);
  const atTime = not.flatMap((exclusion) => someTimes(exclusion) ?? []);
  const rest: Rest = (time) => atTime.reduce((longest, one) => Math.max(longest, one(time)), -1);
  if (leavesNoTime(rest)) return { next: () => Infinity };
  const lastDate = Math.min(...not.map(lastCovered));
  const isOut = (date: DayNumber) => onDate.some((covers) => covers(date));
  return searchOutside(inner, zone, rest, onDate.length > 0 ? isOut : undefined, lastDate);
};

/** After what is excluded, the search continues behind it, or where the wall clock may jump. */
const searchOutside = (
  inner: Search,
  zone: Zone,
  rest: Rest,
  isOut?: (date: DayNumber) => boolean,
  lastDate = Infinity,
): Search => {
  const next = (after: number): number => {
    for (let at = inner.next(after); at - after < farthest; ) {
      const span = zone.spanAt(at as Instant);
      const shown = Math.floor((at + span.offset) / day);
      const date = inner.date?.() ?? shown;
      if (date > lastDate) return Infinity;
      const time = at + span.offset - shown * day;
      const isDateOut = isOut?.(date) ?? false;
      const isWholeDay = isDateOut && (!inner.date || at - span.from > widest);
      const left = isWholeDay ? day - 1 - time : rest(time);
      if (left < 0 && !isDateOut) return at;
      at = inner.next(Math.min(at + Math.max(0, left) + 1, span.to) - 1);
    }
    return Infinity;
  };
  const days = inner.days?.zone === zone ? inner.days : undefined;
  const { date, counted } = inner;
  if (days === undefined) return { next, date, counted };
  const key = (date: DayNumber, offset: number) => (isOut?.(date) ? emptyDay : days.key(date, offset));
  const [last, period] = [Math.min(days.last, lastDate), isOut ? Infinity : days.period];
  return { next, date, counted, days: { ...days, last, period, key, known: new Map() } };
};

/** How long a time of day stays excluded while the wall clock runs evenly, in milliseconds; -1 if it is not excluded. */
type Rest = (time: number) => number;

/** Whether the windows cover the whole day without a break. */
const leavesNoTime = (rest: Rest): boolean => {
  let time = 0;
  for (let left = 0; time < day && left >= 0; time += left + 1) left = rest(time);
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
  const { until = Infinity as Instant, untilDate, times } = bounds;
  const dateAt = (at: number) => (at === Infinity ? at : Math.floor(wallAt(zone, at as Instant) / day));
  const lastDate = untilDate === undefined ? dateAt(until) : parseDate(untilDate);
  const isDayEnd = dateAt(until + 1) > lastDate;
  const allowed = times === undefined ? inner : searchFirst(inner, times, before);
  const next = (after: number): number => {
    const at = allowed.next(after);
    if (at <= until) return at;
    const date = isDayEnd ? inner.date?.() : undefined;
    return date !== undefined && (inner.counted?.() ?? date) <= lastDate ? at : Infinity;
  };
  const { days, ...others } = inner;
  const isCountable = times === undefined && days?.zone === zone;
  return { ...others, next, ...(isCountable && { days: { ...days, last: Math.min(days.last, lastDate) } }) };
};

/** The first `times` occurrences after an instant, counted on demand and only once. */
const searchFirst = (inner: Search, times: number, before: number): Search => {
  let [counted, count, ended] = [before, 0, Infinity];
  return {
    next(after) {
      if (after >= ended) return Infinity;
      if (after > counted) {
        const passed = count + countOf(inner, counted, after, times - count);
        if (passed >= times) {
          ended = after;
          return Infinity;
        }
        [counted, count] = [after, passed];
      }
      return inner.next(after);
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
  const dates = (of: "date" | "counted") =>
    parts.flatMap((part, i) => (answered[i] === earliest ? (part[of]?.() ?? part.date?.() ?? Infinity) : []));
  /** Of several dates for one instant the last, which is on the wall clock. */
  const date = (): DayNumber | undefined => {
    const latest = Math.max(...dates("date"));
    return Number.isFinite(latest) ? latest : undefined;
  };
  const counted = (): DayNumber => Math.min(...dates("counted"));
  const all = parts.flatMap(({ days }) => days ?? []);
  const zone = all[0]?.zone;
  if (!zone || all.length < parts.length || all.some((days) => days.zone !== zone))
    return { next, date, counted };
  const isEndless = all.every(({ first, last }) => last - first === Infinity);
  const period = isEndless ? Math.max(...all.map((days) => days.period)) : Infinity;
  const key = (on: DayNumber, offset: number) => {
    const keys = all.map((days) => keyOf(days, on, offset));
    return keys.every((one) => one !== undefined) ? keys.join() : undefined;
  };
  const days = { zone, first: -Infinity, last: Infinity, period, key, known: new Map() };
  return { next, date, counted, days };
};
