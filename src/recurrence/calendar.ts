import type { Instant } from "../time/instant.ts";
import type { DayNumber } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { wallAt, widest, type Zone } from "../time/zone.ts";
import { type DateSearch, everyDate, searchDates } from "./dates.ts";
import { searchGrid } from "./grid.ts";
import type { Calendar, Times } from "./recurrence.ts";
import type { Search } from "./search.ts";
import { countFrom, stepDates } from "./step.ts";
import { parseTimes, searchFields, searchList, type TimeSearch } from "./times.ts";
import type { Setting } from "./trigger.ts";

/** Looks for the moments at which a wall shows the dates and times of a calendar. */
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

/** The date the first occurrence is wanted on. */
const firstDate = (search: DatedSearch, setting: Setting): DayNumber => {
  const at = search.next(setting.inclusive ? setting.anchor - 1 : setting.anchor);
  if (at === Infinity) return Infinity;
  return search.counted?.() ?? search.date?.() ?? Math.floor(wallAt(setting.zone, at as Instant) / day);
};

interface DatedSearch extends Search {
  /** The date the last answer is counted on: where its window opened, or the first of several dates that want one instant. */
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

/** The dates from a beginning on: a time wanted the day before does not count, even where a gap moves it past the beginning. */
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
 * Fixed wall times. Each span of constant offset shows a stretch of wall times; where the clocks go forward, the wall times of the gap
 * are read with the offset before it, which puts them later by its width; where they go back, the wall times shown a second
 * time are passed over.
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

/** Wall times as they are shown: what a gap hides is not there, what a fold shows twice is there twice (cronie's rule). */
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
