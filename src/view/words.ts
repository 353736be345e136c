import type { Instant } from "../time/instant.ts";
import { formatOffset } from "../time/iso.ts";
import { dateFields, weekday } from "../time/plain-date.ts";
import { day, formatTime, hour, minute, second } from "../time/plain-time.ts";
import { offsetAt, wallAt, type Zone } from "../time/zone.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A moment as a person looks for it: `"today 17:45"`, `"Mon 23 Nov 02:30"`, with the year when it is another one. */
export const sayMoment = (at: Instant, now: Instant, zone: Zone): string => {
  const [date, today] = [dateAt(at, zone), dateAt(now, zone)];
  return date === today ? `today ${clockAt(at, zone)}` : `${sayDate(at, now, zone)} ${clockAt(at, zone)}`;
};

/** The same as short as it stays clear: `"18:00"` today, `"Wed 18:00"` within a week, else with the date. */
export const sayShort = (at: Instant, now: Instant, zone: Zone): string => {
  const [date, today] = [dateAt(at, zone), dateAt(now, zone)];
  if (date === today) return clockAt(at, zone);
  return date > today && date - today < 7
    ? `${weekdays[weekday(date) - 1]} ${clockAt(at, zone)}`
    : sayMoment(at, now, zone);
};

/** The date: `"Mon 23 Nov"`, with the year when it is another one. */
export const sayDate = (at: Instant, now: Instant, zone: Zone): string => {
  const date = dateAt(at, zone);
  const { year, month, day: dayOfMonth } = dateFields(date);
  const other = year === dateFields(dateAt(now, zone)).year ? "" : ` ${year}`;
  return `${weekdays[weekday(date) - 1]} ${dayOfMonth} ${months[month - 1]}${other}`;
};

/** Date and time, whichever day it is: `"Sun 22 Nov 17:45"`. */
export const sayDateTime = (at: Instant, now: Instant, zone: Zone): string =>
  `${sayDate(at, now, zone)} ${clockAt(at, zone)}`;

/** The time of day, with seconds where they are not zero: `"17:45"`. */
export const clockAt = (at: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  return formatTime(Math.floor((wall - Math.floor(wall / day) * day) / second) * second);
};

/** The time of day with seconds: `"17:45:00"`. */
export const sayTime = (at: Instant, zone: Zone): string => {
  const time = clockAt(at, zone);
  return time.length === 5 ? `${time}:00` : time;
};

/** A length of time with its two largest units: `"4m 48s"`, `"8d 16h"`, `"12ms"`, `"1.8s"`. */
export const sayLength = (length: number): string => {
  if (length < second) return `${Math.round(length)}ms`;
  if (length < 10 * second) return `${(Math.floor(length / 100) / 10).toFixed(1)}s`;
  const parts = [
    [Math.floor(length / day), "d"],
    [Math.floor(length / hour) % 24, "h"],
    [Math.floor(length / minute) % 60, "m"],
    [Math.floor(length / second) % 60, "s"],
  ] as const;
  const first = parts.findIndex(([count]) => count > 0);
  const shown = parts.slice(first, first + 2).filter(([count]) => count > 0);
  return shown.map(([count, unit]) => `${count}${unit}`).join(" ");
};

/** How long something is still away or has gone on, in whole seconds: `"4m 48s"`, `"5s"`. */
export const sayWait = (length: number): string => {
  const seconds = Math.max(0, Math.ceil(length / second));
  return seconds < 10 ? `${seconds}s` : sayLength(seconds * second);
};

/** `"Europe/Berlin (UTC+1)"`. */
export const sayZone = (zone: Zone, now: Instant): string => {
  const offset = offsetAt(zone, now);
  const short = formatOffset(offset)
    .replace(/:00$/, "")
    .replace(/^([+-])0/, "$1");
  return zone.name === "UTC" || zone.name === `UTC${formatOffset(offset)}`
    ? zone.name
    : `${zone.name} (UTC${offset === 0 ? "" : short})`;
};

/** `"1 job"`, `"6 jobs"`, `"120,960 runs"`. */
export const counted = (count: number, thing: string, things = `${thing}s`): string =>
  `${grouped(count)} ${count === 1 ? thing : things}`;

/** A whole number, its thousands apart: `"86,400"`. */
export const grouped = (count: number): string => String(count).replaceAll(/\B(?=(?:\d{3})+$)/g, ",");

/** `"1st"`, `"2nd"`, `"11th"`. */
export const ordinal = (n: number): string => {
  const last = n % 100 >= 11 && n % 100 <= 13 ? 0 : n % 10;
  return `${n}${["th", "st", "nd", "rd"][last] ?? "th"}`;
};

const dateAt = (at: Instant, zone: Zone): number => Math.floor(wallAt(zone, at) / day);
