import type { Instant } from "../../time/instant.ts";
import { formatOffset } from "../../time/iso.ts";
import {
  type DateFields,
  type DayNumber,
  dateFields,
  dayNumber,
  formatDate,
  type PlainDate,
  parseDate,
} from "../../time/plain-date.ts";
import { day, formatTime, type PlainTime } from "../../time/plain-time.ts";
import { resolveWall, type WallTime, wallAt, wallToInstants, type Zone } from "../../time/zone.ts";

/** A moment as a wall shows it. */
export interface SpokenMoment {
  readonly date: DateFields;
  /** Left out where the whole day is meant. */
  readonly time?: PlainTime;
  /** `"+01:00"`, for the second of two moments that a wall shows alike. */
  readonly offset?: string;
}

/** `"2026-12-25 09:00"`, `"2026-10-25 02:30+01:00"`. */
export const isoMoment = ({ date, time, offset }: SpokenMoment): string =>
  `${formatDate(dayNumber(date.year, date.month, date.day))} ${time}${offset ?? ""}`;

/** Date and time. */
export const wallMoment = (at: Instant, zone: Zone): SpokenMoment => {
  const wall = wallAt(zone, at);
  const date = Math.floor(wall / day);
  return {
    date: dateFields(date),
    time: formatTime(wall - date * day),
    ...(wallToInstants(zone, wall)[0] !== at && { offset: formatOffset(wall - at) }),
  };
};

/** The date alone when the moment is the start of its day: "starting 25 November 2026". */
export const fromDay = (at: Instant, zone: Zone, meant?: PlainDate): SpokenMoment => {
  const date = meant === undefined ? dateAt(at, zone) : parseDate(meant);
  return startOf(date, zone) === at ? { date: dateFields(date) } : wallMoment(at, zone);
};

/** The date alone when the moment is the last of its day: "until 25 November 2026". */
export const throughDay = (at: Instant, zone: Zone): SpokenMoment => {
  const date = dateAt(at, zone);
  return startOf(date + 1, zone) - 1 === at ? { date: dateFields(date) } : wallMoment(at, zone);
};

const dateAt = (at: Instant, zone: Zone): DayNumber => Math.floor(wallAt(zone, at) / day);
const startOf = (date: DayNumber, zone: Zone): Instant => resolveWall(zone, (date * day) as WallTime);
