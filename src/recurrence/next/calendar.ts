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
import { wallAt, widest, type Zone } from "../../time/zone.ts";
import type { Calendar, DateUnit, Step, Times } from "../recurrence.ts";
import { type Counting, type DateSearch, everyDate, horizon, searchDates } from "./dates.ts";
import { draw } from "./draw.ts";
import { searchGrid } from "./grid.ts";
import type { Search, Setting } from "./trigger.ts";

/** Finds the moments at which the wall clock shows the dates and times of a calendar. */
export const searchCalendar = (calendar: Calendar, setting: Setting): Search => {
  const { dates, step, times } = calendar;
  const matching = dates ? searchDates(dates) : everyDate;
  if (!step) return searchDays(matching, times, setting);
  const base =
    times.kind === "anchor" && !dates
      ? localDate(setting)
      : firstDate(searchDays(matching, times, setting), setting);
  if (base === Infinity) return never;
  const counted = dates
    ? searchDates(dates, countFrom(step, base))
    : stepDates(step, base, setting.seed ?? "");
  return searchDays(counted, times, setting);
};

const never: Search = { next: () => Infinity };

/** The date of the anchor. */
const localDate = ({ zone, anchor, startDate }: Setting): DayNumber =>
  startDate ?? Math.floor(wallAt(zone, anchor) / day);

/** The planned date of the first occurrence. */
const firstDate = (search: DatedSearch, setting: Setting): DayNumber => {
  const at = search.next(setting.inclusive ? setting.anchor - 1 : setting.anchor);
  if (at === Infinity) return Infinity;
  return search.counted?.() ?? search.date?.() ?? Math.floor(wallAt(setting.zone, at as Instant) / day);
};

interface DatedSearch extends Search {
  /** The date the last result counts for: where its window opened, or the first of several dates at one instant. */
  counted?(): DayNumber;
}

const searchDays = (dates: DateSearch, times: Times, setting: Setting): DatedSearch => {
  const { zone } = setting;
  switch (times.kind) {
    case "anchor":
      return searchFixed(begun(dates, setting), searchList([timeOfDay(setting)]), zone);
    case "list":
      return searchFixed(begun(dates, setting), searchList(parseTimes(times.at)), zone);
    case "fields":
      return times.follows === "wall"
        ? searchFixed(begun(dates, setting), searchFields(times), zone)
        : searchElapsed(dates, searchFields(times), zone);
    case "grid":
      return searchGrid(dates, times, zone, setting.inclusive ? localDate(setting) : -Infinity);
  }
};

/** The dates from a start on: a time planned the day before does not count, even if a gap moves it past the start. */
const begun = (dates: DateSearch, setting: Setting): DateSearch => {
  if (!setting.inclusive) return dates;
  const first = localDate(setting);
  return { from: (date) => dates.from(Math.max(date, first)) };
};

const timeOfDay = ({ zone, anchor }: Setting): number => {
  const wall = wallAt(zone, anchor);
  return wall - Math.floor(wall / day) * day;
};

/** The first wall time at or after another that has a matching date and time; `Infinity` when there is none. */
const wallFrom = (dates: DateSearch, times: TimeSearch, wall: number): number => {
  const date = Math.floor(wall / day);
  if (dates.from(date) === date) {
    const time = times.from(wall - date * day);
    if (time >= 0) return date * day + time;
  }
  return dates.from(date + 1) * day + times.first;
};

/**
 * Fixed wall times. Each span of constant offset has a range of wall times. In a gap, wall times use the offset before it, which makes them
 * later by its width; in a fold, the repeated wall times are skipped.
 *
 *     offset +1                      offset +2                        offset +1
 *     --------------- 02:00 | 03:00 --------------------- 03:00 | 02:00 ------------
 *     gap: 02:30 is read with +1 -> 03:30      fold: 02:00-03:00 was shown already
 */
const searchFixed = (dates: DateSearch, times: TimeSearch, zone: Zone): DatedSearch => {
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
export const stepDates = (step: Step, base: DayNumber, seed: string): DateSearch => {
  const unit = units[step.unit];
  const start = unit.place(base);
  const lengths = step.to === undefined ? undefined : draw(seed, step.every, step.to, 1);
  const placeOf = (index: number) => start + unit.size * (lengths ? lengths.sum(index) : index * step.every);
  return {
    from(date) {
      const passed = Math.max(0, Math.floor((unit.place(date) - start) / unit.size));
      let index = lengths ? lengths.reach(passed) : Math.floor(passed / step.every);
      let found = unit.date(placeOf(index), base);
      while (found < date) found = unit.date(placeOf(++index), base);
      return found - date > horizon ? Infinity : found;
    },
  };
};

/** Matching dates in every n-th day, week, month or year from the first match. */
export const countFrom = ({ every, unit }: Step, base: DayNumber): Counting => {
  const { year, month } = dateFields(base);
  const counts = (place: number) => mod(place, every) === 0;
  switch (unit) {
    case "day":
      return { month: () => true, days: (bits, first) => keep(bits, (bit) => counts(first + bit - base)) };
    case "week":
      return {
        month: () => true,
        days: (bits, first) => keep(bits, (bit) => counts(weekNumber(first + bit) - weekNumber(base))),
      };
    case "month":
      return { month: (number) => counts(number - monthNumber(year, month)), days: (bits) => bits };
    case "year":
      return { month: (number) => counts(Math.floor(number / 12) - year), days: (bits) => bits };
  }
};

const keep = (bits: number, isKept: (bit: number) => boolean): number => {
  let kept = 0;
  for (let bit = 0; bit < 31; bit++) if (bits & (1 << bit) && isKept(bit)) kept |= 1 << bit;
  return kept;
};

/** A unit as positions that can be counted: days, or months. */
interface Unit {
  /** How many positions one unit has. */
  readonly size: number;
  place(date: DayNumber): number;
  /** The date at a position, with the intended day of the month. */
  date(place: number, base: DayNumber): DayNumber;
}

const days = { place: (date: DayNumber) => date, date: (place: number) => place };
const months = {
  place(date: DayNumber) {
    const { year, month } = dateFields(date);
    return monthNumber(year, month);
  },
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

/** Finds times within one day. */
export interface TimeSearch {
  /** The first time of a day. */
  readonly first: TimeNumber;
  /** The first time at or after another, or -1 if the day has none left. */
  from(time: TimeNumber): TimeNumber;
}

/** Searches a list of times. */
export const searchList = (times: readonly TimeNumber[]): TimeSearch => ({
  first: times[0]!,
  from(time) {
    for (let i = 0; i < times.length; i++) if (times[i]! >= time) return times[i]!;
    return -1;
  },
});

/** Searches hours, minutes and seconds, each with a table of the next value. */
export const searchFields = (fields: Extract<Times, { kind: "fields" }>): TimeSearch => {
  const hours = nextTable(24, fields.hours);
  const minutes = nextTable(60, fields.minutes);
  const seconds = nextTable(60, fields.seconds);
  const atHour = (h: number) => (h < 0 ? -1 : h * hour + minutes[0]! * minute + seconds[0]! * second);
  const atMinute = (h: number, m: number) => h * hour + m * minute + seconds[0]! * second;
  return {
    first: atHour(hours[0]!),
    from(time) {
      const whole = Math.ceil(time / second);
      const wanted = Math.floor(whole / 3600);
      const h = hours[wanted] ?? -1;
      if (h !== wanted) return atHour(h);
      const wantedMinute = Math.floor(whole / 60) % 60;
      const m = minutes[wantedMinute]!;
      if (m === wantedMinute) {
        const s = seconds[whole % 60]!;
        if (s >= 0) return h * hour + m * minute + s * second;
      } else if (m >= 0) return atMinute(h, m);
      const laterMinute = m < 0 ? -1 : (minutes[m + 1] ?? -1);
      return laterMinute >= 0 ? atMinute(h, laterMinute) : atHour(hours[h + 1] ?? -1);
    },
  };
};

/** For each number below `size` the first listed one at or after it, or -1. */
const nextTable = (size: number, listed: readonly number[] | undefined): Int8Array => {
  const table = new Int8Array(size);
  const wanted = listed && new Set(listed);
  let next = -1;
  for (let n = size - 1; n >= 0; n--) {
    if (!wanted || wanted.has(n)) next = n;
    table[n] = next;
  }
  return table;
};

export const parseTimes = (list: readonly string[]): readonly TimeNumber[] => list.map(parseTime);
