import type { Instant } from "../time/instant.ts";
import type { DayNumber } from "../time/plain-date.ts";
import { day } from "../time/plain-time.ts";
import { wallAt, widest, type Zone } from "../time/zone.ts";
import { type DateSearch, everyDate, searchDates } from "./dates.ts";
import { searchGrid } from "./grid.ts";
import type { Calendar, Times } from "./recurrence.ts";
import type { DatedSearch, Search } from "./search.ts";
import { countFrom, stepDates } from "./step.ts";
import { parseTimes, searchFields, searchList, type TimeSearch } from "./times.ts";
import type { Setting } from "./trigger.ts";

/** Looks for the moments at which a wall shows the dates and times of a calendar. */
export const searchCalendar = (calendar: Calendar, setting: Setting): Search => {
  const { dates, step, times } = calendar;
  const matching = dates ? searchDates(dates) : everyDate;
  if (!step) return searchDays(matching, times, setting).next;
  const base =
    times.kind === "anchor" && !dates
      ? localDate(setting)
      : firstDate(searchDays(matching, times, setting), setting);
  if (base === Infinity) return () => Infinity;
  const counted = dates
    ? searchDates(dates, countFrom(step, base))
    : stepDates(step, base, setting.seed ?? "");
  return searchDays(counted, times, setting).next;
};

const localDate = ({ zone, anchor }: Setting): DayNumber => Math.floor(wallAt(zone, anchor) / day);

const firstDate = (search: DatedSearch, { anchor, inclusive }: Setting): DayNumber =>
  search.next(inclusive ? anchor - 1 : anchor) === Infinity ? Infinity : search.date();

const searchDays = (dates: DateSearch, times: Times, setting: Setting): DatedSearch => {
  switch (times.kind) {
    case "anchor":
      return searchFixed(dates, searchList([timeOfDay(setting)]), setting.zone);
    case "list":
      return searchFixed(dates, searchList(parseTimes(times.at)), setting.zone);
    case "fields":
      return times.follows === "wall"
        ? searchFixed(dates, searchFields(times), setting.zone)
        : searchElapsed(dates, searchFields(times), setting.zone);
    case "grid":
      return searchGrid(dates, times, setting.zone);
  }
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
        return wall - span.offset;
      }
      if (shifted < Infinity || wall === Infinity) {
        found = shiftedWall;
        return shifted;
      }
      at = Math.max(span.to, wall - widest);
    }
  };
  return { next, date: () => Math.floor(found / day) };
};

/** Wall times as they are shown: what a gap hides is not there, what a fold shows twice is there twice (cronie's rule). */
const searchElapsed = (dates: DateSearch, times: TimeSearch, zone: Zone): DatedSearch => {
  let found = Number.NaN;
  const next = (after: number): number => {
    let at = after + 1;
    for (;;) {
      const span = zone.spanAt(at as Instant);
      const wall = wallFrom(dates, times, at + span.offset);
      found = wall;
      if (wall - span.offset < span.to || wall === Infinity) return wall - span.offset;
      at = span.to - at < widest ? span.to : Math.max(span.to, wall - widest);
    }
  };
  return { next, date: () => Math.floor(found / day) };
};
