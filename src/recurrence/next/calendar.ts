import type { Instant } from "../../time/instant.ts";
import {
  type DayNumber,
  dateFields,
  dayNumber,
  mod,
  monthLength,
  monthNumber,
  weekNumber,
} from "../../time/plain-date.ts";
import { day, hour, minute, parseTime, second, type TimeNumber } from "../../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, widest, type Zone } from "../../time/zone.ts";
import type { Calendar, DailyWindow, DateUnit, Step, Times } from "../recurrence.ts";
import { type DateSearch, everyDate, horizon, searchDates } from "./dates.ts";
import { draw } from "./draw.ts";
import { type Search, type Setting, stepAfter } from "./search.ts";

/** Finds the moments at which the wall clock shows the dates and times of a calendar. */
export const searchCalendar = (calendar: Calendar, setting: Setting): Search => {
  const { dates, step, times } = calendar;
  const matching = dates ? searchDates(dates) : everyDate;
  const isWeekly = !dates?.months && !dates?.days;
  if (!step) return searchDays(matching, times, setting, dates ? (isWeekly ? 7 : Infinity) : 1);
  const base =
    times.kind === "anchor" && !dates
      ? localDate(setting)
      : firstDate(searchDays(matching, times, setting), setting);
  if (base === Infinity) return { next: () => Infinity };
  const counted = dates
    ? searchDates(dates, isCounted(step, base))
    : stepDates(step, base, setting.seed ?? "");
  return searchDays(counted, times, setting);
};

/** The date of the anchor. */
const localDate = ({ zone, anchor, startDate }: Setting): DayNumber =>
  startDate ?? Math.floor(wallAt(zone, anchor) / day);

/** The planned date of the first occurrence. */
const firstDate = (search: Search, setting: Setting): DayNumber => {
  const at = search.next(setting.inclusive ? setting.anchor - 1 : setting.anchor);
  if (at === Infinity) return Infinity;
  return search.counted?.() ?? search.date?.() ?? Math.floor(wallAt(setting.zone, at as Instant) / day);
};

const searchDays = (dates: DateSearch, times: Times, setting: Setting, period = Infinity): Search => {
  // No date lies between one that was asked for and the next one that was found.
  let [asked, found] = [Infinity, -Infinity];
  const isOn = (date: DayNumber) => {
    if (date < asked || date > found) [asked, found] = [date, dates(date)];
    return found === date ? "1" : "0";
  };
  // A window may pass midnight.
  const key = (date: DayNumber) => isOn(date - 1) + isOn(date);
  const days = { zone: setting.zone, first: -Infinity, last: Infinity, period, key, known: new Map() };
  return { ...searchTimes(dates, times, setting), days };
};

const searchTimes = (dates: DateSearch, times: Times, setting: Setting): Search => {
  const { zone } = setting;
  const first = setting.inclusive ? localDate(setting) : -Infinity;
  if (times.kind === "grid") return searchGrid(dates, times, zone, first);
  if (times.kind === "fields" && times.follows === "elapsed")
    return searchElapsed(dates, searchFields(times), zone);
  // A time planned the day before a start does not count, even if a gap moves it past the start.
  const begun: DateSearch = (date) => dates(Math.max(date, first));
  if (times.kind === "fields") return searchFixed(begun, searchFields(times), zone);
  const at = times.kind === "list" ? times.at.map(parseTime) : [mod(wallAt(zone, setting.anchor), day)];
  return searchFixed(begun, (time) => at.find((one) => one >= time) ?? -1, zone);
};

/** The first wall time at or after another that has a matching date and time; `Infinity` when there is none. */
const wallFrom = (dates: DateSearch, times: TimeSearch, wall: number): number => {
  const date = Math.floor(wall / day);
  if (dates(date) === date) {
    const time = times(wall - date * day);
    if (time >= 0) return date * day + time;
  }
  return dates(date + 1) * day + times(0);
};

/**
 * Fixed wall times. Each span of constant offset has a range of wall times. In a gap, wall times use the offset before it, which makes them
 * later by its width; in a fold, the repeated wall times are skipped.
 *
 *     offset +1                      offset +2                        offset +1
 *     --------------- 02:00 | 03:00 --------------------- 03:00 | 02:00 ------------
 *     gap: 02:30 is read with +1 -> 03:30      fold: 02:00-03:00 was shown already
 */
const searchFixed = (dates: DateSearch, times: TimeSearch, zone: Zone): Search => {
  let found = Number.NaN;
  let counted = Number.NaN;
  const next = (after: number): number => {
    let at = after + 1;
    for (;;) {
      const span = zone.spanAt(at as Instant);
      let lowest = at + span.offset;
      let shifted = Infinity;
      let shiftedWall = Infinity;
      if (at - span.from < widest) {
        const before = zone.spanAt((span.from - 1) as Instant).offset;
        const end = span.from + span.offset;
        if (before < span.offset) {
          const wall = wallFrom(dates, times, at + before);
          if (wall < end) {
            shiftedWall = wall;
            shifted = wall - before;
          }
        } else if (before > span.offset) lowest = Math.max(lowest, span.from + before);
      }
      const wall = wallFrom(dates, times, lowest);
      if (wall - span.offset < span.to && wall - span.offset <= shifted) {
        found = wall;
        counted = wall - span.offset === shifted ? shiftedWall : wall;
        return wall - span.offset;
      }
      if (shifted < Infinity || wall === Infinity) {
        found = counted = shiftedWall;
        return shifted;
      }
      at = Math.max(span.to, wall - widest);
    }
  };
  return { next, date: () => Math.floor(found / day), counted: () => Math.floor(counted / day) };
};

/** Wall times as the clock shows them: none in a gap, twice in a fold (cronie's rule). */
const searchElapsed = (dates: DateSearch, times: TimeSearch, zone: Zone): Search => {
  const next = (after: number): number => {
    let at = after + 1;
    for (;;) {
      const span = zone.spanAt(at as Instant);
      const wall = wallFrom(dates, times, at + span.offset);
      if (wall - span.offset < span.to || wall === Infinity) return wall - span.offset;
      at = span.to - at < widest ? span.to : Math.max(span.to, wall - widest);
    }
  };
  return { next };
};

/**
 * Dates that follow from the first one alone: every 2 days, every 4 months. A month without that day uses its last one,
 * and the next step continues from the intended day.
 */
const stepDates = (step: Step, base: DayNumber, seed: string): DateSearch => {
  const unit = units[step.unit];
  const start = unit.place(base);
  const lengths = step.to === undefined ? undefined : draw(seed, step.every, step.to, 1);
  const placeOf = (index: number) => start + unit.size * (lengths ? lengths.sum(index) : index * step.every);
  return (date) => {
    const passed = Math.max(0, Math.floor((unit.place(date) - start) / unit.size));
    let index = lengths ? lengths.reach(passed) : Math.floor(passed / step.every);
    let found = unit.date(placeOf(index), base);
    while (found < date) found = unit.date(placeOf(++index), base);
    return found - date > horizon ? Infinity : found;
  };
};

/** Whether a date is in an n-th day, week, month or year from the first match. */
const isCounted = ({ every, unit }: Step, base: DayNumber): ((date: DayNumber) => boolean) => {
  const place = places[unit];
  const start = place(base);
  return (date) => mod(place(date) - start, every) === 0;
};

const monthOf = (date: DayNumber): number => {
  const { year, month } = dateFields(date);
  return monthNumber(year, month);
};

const places: Readonly<Record<DateUnit, (date: DayNumber) => number>> = {
  day: (date) => date,
  week: weekNumber,
  month: monthOf,
  year: (date) => dateFields(date).year,
};

/** A unit as positions that can be counted: days, or months. */
interface Unit {
  /** How many positions one unit has. */
  readonly size: number;
  place(date: DayNumber): number;
  /** The date at a position, with the intended day of the month. */
  date(place: number, base: DayNumber): DayNumber;
}

const days = { place: places.day, date: (place: number) => place };
const months = {
  place: monthOf,
  date(place: number, base: DayNumber) {
    const [year, month] = [Math.floor(place / 12), mod(place, 12) + 1];
    return dayNumber(year, month, Math.min(dateFields(base).day, monthLength(year, month)));
  },
};

const units: Readonly<Record<DateUnit, Unit>> = {
  day: { size: 1, ...days },
  week: { size: 7, ...days },
  month: { size: 1, ...months },
  year: { size: 12, ...months },
};

/** Finds the first time of a day at or after another, or -1 if the day has none left. */
type TimeSearch = (time: TimeNumber) => TimeNumber;

/** Searches hours, minutes and seconds, each with a table of the next value. */
const searchFields = (fields: Extract<Times, { kind: "fields" }>): TimeSearch => {
  const hours = nextTable(24, fields.hours);
  const minutes = nextTable(60, fields.minutes);
  const seconds = nextTable(60, fields.seconds);
  return (time) => {
    for (let at = Math.ceil(time / second) * second; ; ) {
      const h = hours[Math.floor(at / hour)] ?? -1;
      if (h < 0) return -1;
      at = Math.max(at, h * hour);
      const m = minutes[Math.floor(at / minute) % 60]!;
      at = m < 0 ? (h + 1) * hour : Math.max(at, h * hour + m * minute);
      const s = m < 0 ? -1 : seconds[Math.floor(at / second) % 60]!;
      if (s >= 0) return h * hour + m * minute + s * second;
      if (m >= 0) at = h * hour + (m + 1) * minute;
    }
  };
};

/** For each number below `size` the first listed one at or after it, or -1. */
const nextTable = (size: number, listed: readonly number[] | undefined): Int8Array =>
  Int8Array.from({ length: size }, (_, n) => (listed ? (listed.find((one) => one >= n) ?? -1) : n));

/**
 * Elapsed steps from the opening of a window to its close. A window that passes midnight belongs to the date it opens on, so the
 * search begins with the dates before.
 *
 * @param first the date counting begins on: a window of an earlier date counts only for its part after midnight
 */
const searchGrid = (
  dates: DateSearch,
  { every, windows }: Extract<Times, { kind: "grid" }>,
  zone: Zone,
  first: DayNumber,
): Search => {
  const all = windows?.map(readWindow) ?? [{ from: 0, to: day, open: 1 }];
  let [open, close] = [Infinity, -Infinity];
  let found: DayNumber = Number.NaN;
  let passesMidnight = false;
  const next = (after: number): number => {
    if (all.length === 1 && after >= open && after + every <= close) return stepAfter(open, every, after);
    const today = Math.floor(wallAt(zone, after as Instant) / day);
    let best = Infinity;
    // Two days of windows, and one that a clock change may skip.
    for (let date = dates(today - 3); date < Infinity; date = dates(date + 1)) {
      if (resolveWall(zone, (date * day) as WallTime) > best) break;
      for (const window of all) {
        const opens = resolveWall(zone, (date * day + window.from) as WallTime);
        const closes = resolveWall(zone, (date * day + window.to) as WallTime) - window.open;
        const at = after < opens ? opens : stepAfter(opens, every, after);
        if (at > closes || at > best || (date < first && window.to < day)) continue;
        [best, open, close, found] = [at, opens, closes, date];
        passesMidnight = window.to >= day;
      }
    }
    return best;
  };
  return { next, date: () => (passesMidnight ? undefined : found), counted: () => found };
};

/** Wall times from the start of the date; a window that ends before it begins ends on the next date. `open` is 1 when its end does not belong to it. */
export const readWindow = (window: DailyWindow) => {
  const [from, to] = [parseTime(window.from), parseTime(window.to)];
  return { from, to: to < from ? to + day : to, open: 0 };
};
