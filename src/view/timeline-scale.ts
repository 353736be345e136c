import type { ClockChange } from "../simulation/clock-changes.ts";
import type { Timeline } from "../simulation/timeline.ts";
import type { Instant } from "../time/instant.ts";
import { formatOffset } from "../time/iso.ts";
import { weekday } from "../time/plain-date.ts";
import { day, hour } from "../time/plain-time.ts";
import { offsetAt, resolveWall, type WallTime, wallAt, type Zone } from "../time/zone.ts";
import { sayDate, sayTime } from "./words.ts";

/** A day of the wall clock, as much of it as lies on the timeline. */
export interface Day {
  readonly from: Instant;
  readonly to: Instant;
  /** `"Mon 23 Nov"`. */
  readonly name: string;
  readonly isWeekend: boolean;
}

/** The days of a timeline. They are as long as they are: 23 and 25 hours where clocks change. */
export const daysOf = ({ from, to, zone }: Timeline): readonly Day[] => {
  const days: Day[] = [];
  const last = Math.floor(wallAt(zone, to) / day);
  for (let date = Math.floor(wallAt(zone, from) / day); date <= last; date++) {
    const start = Math.max(from, resolveWall(zone, (date * day) as WallTime)) as Instant;
    const end = Math.min(to, resolveWall(zone, ((date + 1) * day) as WallTime)) as Instant;
    if (end > start)
      days.push({ from: start, to: end, name: sayDate(start, from, zone), isWeekend: weekday(date) > 5 });
  }
  return days;
};

/** The night in which clocks change: from the midnight before to six in the morning, as much of it as lies on the timeline. */
export const nightOf = (
  { at, zone }: ClockChange,
  { from, to }: Timeline,
): { readonly from: Instant; readonly to: Instant } => {
  const midnight = Math.floor(wallAt(zone, (at - 1) as Instant) / day) * day;
  const start = resolveWall(zone, midnight as WallTime);
  const end = Math.max(at, resolveWall(zone, (midnight + 6 * hour) as WallTime));
  return { from: Math.max(from, start) as Instant, to: Math.min(to, end) as Instant };
};

/** Where a moment lies, from 0 at the left to 100 at the right. */
export const percent = (at: Instant, { from, to }: Timeline): number =>
  Math.round(((at - from) / Math.max(1, to - from)) * 100_000) / 1_000;

/** A moment on the wall clock of a zone, to the second: `"Mon 23 Nov 2026 08:00:00 +01:00"`. */
export const sayExact = (at: Instant, zone: Zone): string =>
  `${sayDate(at, farAway, zone)} ${sayTime(at, zone)} ${formatOffset(offsetAt(zone, at))}`;

/** The same moment in UTC: `"2026-11-23 07:00:00"`. */
export const sayUtc = (at: Instant): string => new Date(at).toISOString().slice(0, 19).replace("T", " ");

/** In another year than any timeline, so that years are told. */
const farAway = 0 as Instant;
