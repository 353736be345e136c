import { ScheduleError } from "../errors.ts";
import { texts } from "../text/text.ts";
import type { Instant } from "./instant.ts";
import { dayNumber, formatDate, monthLength } from "./plain-date.ts";
import { day, formatTime, hour, minute, timeNumber } from "./plain-time.ts";
import {
  formatOffset,
  resolveWall,
  type WallTime,
  wallAt,
  wallToInstants,
  type Zone,
  zoneNamed,
} from "./zone.ts";

const pattern =
  /^(\d{4})-(\d{2})-(\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?(?:\s?(Z|[+-](?:[01]\d|2[0-3])(?::?[0-5]\d)?))?)?(?:\[([^\]]*)\])?$/i;

/** Whether a text begins as an ISO 8601 date does, and no words of a phrase follow: "2026-12-24 at 6pm" is none. */
export const looksIso = (text: string): boolean =>
  /^\d{4}-\d{2}-\d{2}(?:T|$|\s*\[|(?:\s[\d:.,+\s-]*z?(?:\[.*)?$))/i.test(text);

/**
 * Reads an ISO 8601 moment: `"2027-02-03"`, `"2027-02-03 04:05"`, `"2027-02-03T04:05:06.789+02:00"`. Without an offset it is
 * wall time in the zone, or in the one that is named behind it (`"2027-02-03 04:05[Asia/Tokyo]"`); a date alone is the start of its day.
 *
 * @throws ScheduleError `moment` when it is not written so, or does not exist; `zone` when the zone behind it is unknown.
 */
export const parseMoment = (text: string, zone: Zone): Instant => {
  const parts = pattern.exec(text.trim());
  const [year = 0, month = 0, date = 0, hours = 0, minutes = 0, seconds = 0] = [1, 2, 3, 4, 5, 6].map(
    (index) => Number(parts?.[index] ?? 0),
  );
  if (
    !parts ||
    year < 1 ||
    month < 1 ||
    month > 12 ||
    date < 1 ||
    date > monthLength(year, month) ||
    hours > 23 ||
    minutes > 59 ||
    seconds > 59
  ) {
    throw new ScheduleError({
      code: "moment",
      what: texts().errors.moment.what,
      given: text,
      accepted: texts().errors.moment.text,
    });
  }
  const fraction = Math.floor(Number(`0.${parts[7] ?? 0}`) * 1_000);
  const wall = dayNumber(year, month, date) * day + timeNumber(hours, minutes, seconds, fraction);
  const offset = parts[8] && offsetOf(parts[8]);
  if (typeof offset === "number") return (wall - offset) as Instant;
  return resolveWall(parts[9] === undefined ? zone : zoneNamed(parts[9]), wall as WallTime);
};

const offsetOf = (text: string): number => {
  if (/^z$/i.test(text)) return 0;
  const size = Number(text.slice(1, 3)) * hour + Number(text.slice(3).replace(":", "") || 0) * minute;
  return text[0] === "-" ? -size : size;
};

/** `"2027-02-03 04:05"` on the wall clock of a zone, with `+02:00` behind it where the clock shows that time twice. */
export const formatMoment = (at: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  const text = formatWall(wall);
  return wallToInstants(zone, wall)[0] === at ? text : `${text}${formatOffset(wall - at)}`;
};

/** `"2027-02-03T04:05:06+02:00"`, whole and unmistakable; milliseconds where they are not zero. */
export const formatIso = (at: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  const [date, time] = formatWall(wall).split(" ") as [string, string];
  return `${date}T${time.length === 5 ? `${time}:00` : time}${formatOffset(wall - at)}`;
};

const formatWall = (wall: WallTime): string => {
  const date = Math.floor(wall / day);
  return `${formatDate(date)} ${formatTime(wall - date * day)}`;
};
