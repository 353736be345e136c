import type { Instant } from "../time/instant.ts";
import { dateFields, weekday } from "../time/plain-date.ts";
import { day, formatTime, hour, minute, second } from "../time/plain-time.ts";
import { wallAt, type Zone } from "../time/zone.ts";

const weekdays = ["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"] as const;
const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"] as const;

/** A moment as a person looks for it: `"today 17:45"`, `"Mon 23 Nov 02:30"`, with the year when it is another one. */
export const sayMoment = (at: Instant, now: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  const [date, today] = [Math.floor(wall / day), Math.floor(wallAt(zone, now) / day)];
  const time = formatTime(Math.floor((wall - date * day) / second) * second);
  if (date === today) return `today ${time}`;
  const { year, month, day: dayOfMonth } = dateFields(date);
  const other = year === dateFields(today).year ? "" : ` ${year}`;
  return `${weekdays[weekday(date) - 1]} ${dayOfMonth} ${months[month - 1]}${other} ${time}`;
};

/** The time of day with seconds: `"17:45:00"`. */
export const sayTime = (at: Instant, zone: Zone): string => {
  const wall = wallAt(zone, at);
  const time = formatTime(Math.floor((wall - Math.floor(wall / day) * day) / second) * second);
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
